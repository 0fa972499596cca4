"""The optimizers of other libraries, by name: what is read, and what is refused in one line."""

from __future__ import annotations

import copy
import inspect
import pickle
import sys
from typing import Any

import numpy as np
import optax
import pytest
import torch

import steepest
from steepest.errors import InputError, SteepestError
from steepest.optimizers import frameworks
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.libraries.reading import is_prefixed, read_library_optimizer
from steepest.optimizers.libraries.registry import LIBRARIES
from steepest.optimizers.settings import read_setting


@pytest.mark.parametrize(
    ("text", "read", "arguments"),
    [
        ("torch:Adam", "torch:Adam", {}),
        (" torch : adam ( 0.5 ) ", "torch:Adam(lr=0.5)", {"lr": 0.5}),
        ("torch:Adam(learning_rate=1/4)", "torch:Adam(lr=0.25)", {"lr": 0.25}),
        ("torch:Adam(betas=(0.8, 0.9), amsgrad=True)", "torch:Adam(betas=(0.8, 0.9), amsgrad=True)",
         {"betas": (0.8, 0.9), "amsgrad": True}),
        ("torch:LBFGS(line_search_fn='strong_wolfe', max_iter=5)", "torch:LBFGS(line_search_fn='strong_wolfe', max_iter=5)",
         {"line_search_fn": "strong_wolfe", "max_iter": 5}),
        ("optax:adam(lr=1e-2)", "optax:adam(learning_rate=0.01)", {"learning_rate": 0.01}),
        ("optax:contrib.prodigy(estim_lr_coef=-.5)", "optax:contrib.prodigy(estim_lr_coef=-0.5)", {"estim_lr_coef": -0.5}),
        ("scipy:bfgs(gtol=1e-9, hess_inv0=None)", "scipy:BFGS(gtol=1e-9, hess_inv0=None)", {"gtol": 1e-9, "hess_inv0": None}),
        ("torch:adam(lr=0.1/t, eps=1e-8)", "torch:Adam(lr=0.1/t, eps=1e-8)", {"lr": read_setting("lr", "0.1/t"), "eps": 1e-8}),
        ("scipy:l-bfgs-b(maxcor=3)", "scipy:L-BFGS-B(maxcor=3)", {"maxcor": 3}),
    ],
)  # fmt: skip
def test_names_are_read_and_read_back(text: str, read: str, arguments: dict[str, Any]) -> None:
    found = steepest.optimizer(text)
    assert isinstance(found, LibraryOptimizer)
    assert found.text == found.name_or_text + read.removeprefix(found.name) == read
    assert found.arguments == arguments
    again = steepest.optimizer(found.text)
    assert isinstance(again, LibraryOptimizer)
    assert again.arguments == arguments
    assert not found.is_custom
    assert found.equations == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("torch:Adm", "PyTorch has no optimizer 'Adm': did you mean torch:Adam?"),
        ("scipy:BFSG", "SciPy has no optimizer 'BFSG': did you mean scipy:BFGS?"),
        ("optax:zzz", "optax has no optimizer 'zzz': see steepest list optax"),
        ("scipy:", "SciPy has no optimizer '': see steepest list scipy"),
        ("pytroch:Adam", "there is no library 'pytroch': did you mean torch:Adam?"),
        ("keras:Adam", "there is no library 'keras': there are torch, optax, scipy, optimagic"),
        ("torch:Adam(momentum=0.9)", "torch:Adam has no hyperparameter 'momentum': it has lr, betas, eps, "),
        ("torch:Adam(beta=0.9)", "torch:Adam has no hyperparameter 'beta': did you mean betas?"),
        ("torch:Adam(lr=0.1, lr=0.2)", "the hyperparameter 'lr' is set twice"),
        ("torch:Adam(betas=(0.9, 1-1/t))", "betas has a formula in t and T among several numbers"),
        ("torch:Adam(lr=)", "lr has no value"),
        ("torch:LBFGS(line_search_fn=wolfe)", "line_search_fn is a number, or a text in quotes: line_search_fn='wolfe'"),
        (
            "torch:Adam(lr=0.1",
            "'torch:Adam(lr=0.1' is no optimizer: write torch:Adam, or torch:Adam(name=value) with a bracket at the end",
        ),
        (
            "scipy:L-BFGS-B gtol=1",
            "'scipy:L-BFGS-B gtol=1' is no optimizer: write scipy:L-BFGS-B, or scipy:L-BFGS-B(name=value) with ",
        ),
        (
            " torch : Adam[lr=0.1]",
            "'torch : Adam[lr=0.1]' is no optimizer: write torch:Adam, or torch:Adam(name=value) with a bracket",
        ),
        ("torch:Adam,SGD", "'torch:Adam,SGD' is no optimizer: write torch:Adam, or "),
        ("scipy:BFGS(bounds=1)", "scipy:BFGS has no hyperparameter 'bounds': it has tol, "),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(SteepestError) as caught:
        steepest.optimizer(text)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value) or "lr" in message


@pytest.mark.parametrize("text", ["adam", "adam(lr=0.1)", "theta = theta - lr*g", "v = g; theta = theta - v", "", ":", "a b:c"])
def test_other_texts_are_not_prefixed(text: str) -> None:
    assert not is_prefixed(text)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_that_is_missing(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SteepestError) as caught:
        read_library_optimizer(f"{library}:Adam", {"lr": 1})  # which is not remembered
    assert str(caught.value) == f"{library}:Adam needs {LIBRARIES[library]}: pip install 'steepest[{library}]'"


def test_arguments_in_python() -> None:
    found = steepest.optimizer("torch:Adam(lr=0.5)", betas=(0.5, 0.6))
    assert found.text == "torch:Adam(lr=0.5, betas=(0.5, 0.6))"
    with pytest.raises(SteepestError, match="set twice"):
        steepest.optimizer("torch:Adam(lr=0.5)", lr=0.1)
    with pytest.raises(SteepestError, match="a class of PyTorch or optax or SciPy or optimagic, not the class dict"):
        steepest.optimizer(dict)


def test_values_that_cannot_be_written_appear_by_a_name() -> None:
    made = steepest.optimizer("optax:adamw", learning_rate=np.float32(0.5), mask=len)
    assert isinstance(made, LibraryOptimizer)
    assert not made.is_written
    assert made.code == "steepest.optimizer('optax:adamw', learning_rate=0.5, mask=mask)"
    assert "mask" not in made.values
    run = steepest.descend("x^2", 1, optimizer=steepest.optimizer("optax:sgd", learning_rate=np.float64(0.25)), steps=1)
    assert run.label == "optax:sgd(learning_rate=0.25)"


def test_an_optimizer_that_takes_anything() -> None:
    class Anything(torch.optim.SGD):
        def __init__(self, params: Any, **settings: Any) -> None:
            super().__init__(params, lr=settings.get("lr", 0.001) * settings.get("factor", 1))

    run = steepest.descend("x^2", 1, optimizer=steepest.optimizer(Anything, factor=10), lr=0.01, steps=1)
    assert run.label == "Anything(lr=0.01, factor=10)"
    assert run.positions[:, 0].tolist() == pytest.approx([1, 0.8])


@pytest.mark.parametrize("name", frameworks.IN_OPTAX)
def test_the_defaults_of_optax_that_show_tells_are_those_of_the_installed_library(name: str) -> None:
    call, defaults = frameworks.IN_OPTAX[name]
    found = inspect.signature(getattr(optax, call.removeprefix("optax."))).parameters
    theirs = {"beta1": "b1", "beta2": "b2", "alpha": "decay", "decay": "weight_decay"}
    for hyperparameter, value in defaults.items():
        assert found[theirs.get(hyperparameter, hyperparameter)].default == value
    assert found["learning_rate"].default in (inspect.Parameter.empty, None)


def test_an_optimizer_takes_further_hyperparameters() -> None:
    adam = steepest.optimizer(steepest.optimizer("adam", lr=0.5), beta1=0.8)
    assert adam.text == steepest.optimizer("adam", lr=0.5, beta1=0.8).text
    assert dict(adam.settings).keys() == {"lr", "beta1"}
    assert steepest.optimizer(steepest.optimizer("torch:SGD", lr=0.5), momentum=0.9).text == "torch:SGD(lr=0.5, momentum=0.9)"
    with pytest.raises(InputError, match="has no hyperparameter 'betta1': did you mean beta1"):
        steepest.optimizer(steepest.optimizer("adam"), betta1=0.8)


def test_a_copied_optimizer_knows_what_it_lacks() -> None:
    for copied in (pickle.loads(pickle.dumps(steepest.optimizer("optax:adam"))), copy.deepcopy(steepest.optimizer("optax:adam"))):
        with pytest.raises(InputError, match="optax:adam needs learning_rate"):
            steepest.descend("x^2", 1, optimizer=copied)


def test_a_rerun_takes_texts_as_settings() -> None:
    run = steepest.descend("x^2", 1, optimizer="torch:SGD", steps=3)
    assert run.rerun(settings={"lr": "0.05"}).positions.tolist() == run.rerun(settings={"lr": 0.05}).positions.tolist()


def test_progress_is_told_of_every_step_of_a_library() -> None:
    told: list[int] = []
    steepest.descend("x^2", 1, optimizer="torch:SGD", steps=5, progress=lambda done, _: told.append(done))
    assert told == [1, 2, 3, 4, 5]
