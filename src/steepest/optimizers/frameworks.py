"""How PyTorch, optax and Keras name the zoo's optimizers and hyperparameters, and where their defaults differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from steepest.errors import InputError, clipped

PREFIXES = frozenset(("torch.optim", "optim", "optax", "tf.keras.optimizers", "keras.optimizers", "optimizers"))
NAMES = {
    "sgd": "gd", "gradientdescent": "gd", "steepestdescent": "gd", "batchgradientdescent": "gd", "vanillagd": "gd",
    "sgdm": "momentum", "sgdmomentum": "momentum", "momentumsgd": "momentum", "sgdwithmomentum": "momentum",
    "gdmomentum": "momentum", "polyakmomentum": "heavy_ball", "nag": "nesterov",
    "nesterovmomentum": "nesterov", "nesterovsgd": "nesterov",
    "nesterovacceleratedgradient": "nesterov", "acceleratedgradient": "nesterov", "signgd": "signsgd", "bb": "barzilai_borwein",
    "polyaksgd": "polyak_step", "polyakstepsize": "polyak_step", "langevin": "noisy_gd", "newtonraphson": "newton",
    "newtonmethod": "newton", "newtonsmethod": "newton", "sharpnessawareminimization": "sam",
    "normalizedgradientdescent": "normalized_gd",
    "clippedgradientdescent": "clipped_gd", "gradientclipping": "clipped_gd", "centeredrmsprop": "rmsprop_centered",
}  # fmt: skip
OTHERWISE_IN_OPTAX = {
    "amsgrad": "takes the maximum after the bias correction",
    "nadam": "has no schedule for its momentum",
    "radam": "corrects the second moment before eps is added",
    "rmsprop": "adds eps under the root and has decay = 0.9",
    "adagrad": "starts its sum at 0.1 and adds eps under the root",
    "noisy_sgd": "anneals its noise",
}
VARIANTS = {  # an argument that is true, or a number other than 0, selects another optimizer of the zoo
    ("gd", "momentum"): "momentum", ("momentum", "nesterov"): "nesterov", ("adam", "amsgrad"): "amsgrad",
    ("rmsprop", "centered"): "rmsprop_centered", ("rmsprop", "momentum"): "rmsprop_momentum", ("adam", "nesterov"): "nadam",
}  # fmt: skip
HYPERPARAMETERS = {
    "learning_rate": ("lr",), "step_size": ("lr",), "stepsize": ("lr",), "eta": ("lr",), "momentum": ("beta",), "mu": ("beta",),
    "beta_1": ("beta1",), "b1": ("beta1",), "beta_2": ("beta2",), "b2": ("beta2",), "betas": ("beta1", "beta2"),
    "epsilon": ("eps",), "weight_decay": ("decay",), "wd": ("decay",), "momentum_decay": ("psi",), "decay": ("alpha",),
    "rho": ("alpha",), "clipnorm": ("max_norm",), "clip_norm": ("max_norm",), "f_min": ("f_star",),
}  # fmt: skip
PARAMETERS = ("params", "model.parameters()", "self.parameters()", "net.parameters()")
NOTHING = ("0", "0.0", "False", "None", "0.", "false")


class Counterpart(NamedTuple):
    """The same optimizer in PyTorch or optax: the call that creates it, and the defaults that it has there."""

    call: str
    defaults: dict[str, float]


ADAM = {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
RMSPROP = {"lr": 0.01, "alpha": 0.99, "eps": 1e-8}
COUNTERPARTS = {
    "gd": Counterpart("torch.optim.SGD", {"lr": 0.001}),
    "momentum": Counterpart("torch.optim.SGD(momentum=0.9)", {"lr": 0.001}),
    "nesterov": Counterpart("torch.optim.SGD(momentum=0.9, nesterov=True)", {"lr": 0.001}),
    "adagrad": Counterpart("torch.optim.Adagrad", {"lr": 0.01, "eps": 1e-10}),
    "rmsprop": Counterpart("torch.optim.RMSprop", RMSPROP),
    "rmsprop_centered": Counterpart("torch.optim.RMSprop(centered=True)", RMSPROP),
    "rmsprop_momentum": Counterpart("torch.optim.RMSprop(momentum=0.9)", RMSPROP),
    "adadelta": Counterpart("torch.optim.Adadelta", {"lr": 1.0, "rho": 0.9, "eps": 1e-6}),
    "adam": Counterpart("torch.optim.Adam", ADAM),
    "adamw": Counterpart("torch.optim.AdamW", ADAM | {"decay": 0.01}),
    "adamax": Counterpart("torch.optim.Adamax", ADAM | {"lr": 0.002}),
    "amsgrad": Counterpart("torch.optim.Adam(amsgrad=True)", ADAM),
    "nadam": Counterpart("torch.optim.NAdam", ADAM | {"lr": 0.002, "psi": 0.004}),
    "radam": Counterpart("torch.optim.RAdam", ADAM),
    "lion": Counterpart("optax.lion", {"beta1": 0.9, "beta2": 0.99, "decay": 0.001}),
    "adabelief": Counterpart("optax.adabelief", {"beta1": 0.9, "beta2": 0.999, "eps": 1e-16}),
    "signsgd": Counterpart("optax.sign_sgd", {}),
}
"""The optimizers that take the same steps; a test compares steps and defaults with the installed libraries."""
B = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
IN_OPTAX = {
    "gd": Counterpart("optax.sgd", {}),
    "adagrad": Counterpart("optax.adagrad", {"eps": 1e-7}),
    "rmsprop": Counterpart("optax.rmsprop", {"alpha": 0.9, "eps": 1e-8}),
    "adadelta": Counterpart("optax.adadelta", {"rho": 0.9, "eps": 1e-6}),
    "adam": Counterpart("optax.adam", B),
    "adamw": Counterpart("optax.adamw", B | {"decay": 1e-4}),
    "adamax": Counterpart("optax.adamax", B),
    "amsgrad": Counterpart("optax.amsgrad", B),
    "nadam": Counterpart("optax.nadam", B),
    "radam": Counterpart("optax.radam", B),
}
"""optax's optimizers of the same name, where PyTorch's is the one that takes the same steps; it has no default for `lr`."""


def counterpart(name: str, defaults: Mapping[str, float]) -> str:
    """The same optimizer in PyTorch or optax, and which of its defaults differ there.

    >>> counterpart("adam", {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8})
    'torch.optim.Adam, whose default is lr = 0.001'
    """
    call, other_defaults = COUNTERPARTS[name]
    other = [f"{key} = {value:g}" for key, value in other_defaults.items() if defaults.get(key) != value]
    if not other:
        return call
    return f"{call}, whose default{'s are' if len(other) > 1 else ' is'} {' and '.join(other)}"


def zoo_name(written: str, zoo: Mapping[str, object]) -> str | None:
    """The zoo's name of an optimizer by a name that is common elsewhere, such as `SGD` or `torch.optim.RMSprop`; else None.

    Args:
        written: the name as it was typed.
        zoo: the optimizers by the zoo's names.

    Raises:
        InputError: for a name that optax gives to other equations.

    >>> zoo_name("torch.optim.SGD", {"gd": None})
    'gd'
    """
    prefix, _, word = written.rpartition(".")
    if not re.fullmatch(r"[A-Za-z][\w '-]*", word):
        return None
    if prefix and prefix not in PREFIXES:
        return None
    if prefix == "optax" and word in OTHERWISE_IN_OPTAX:
        ours = f"write {word} for PyTorch's" if word in zoo else "write noisy_gd for a constant temperature"
        raise InputError(f"optax's {word} {OTHERWISE_IN_OPTAX[word]}, and the zoo has none that does: {ours}")
    if word in zoo:
        return word
    squeezed = "".join(sign for sign in word.lower() if sign.isalnum())
    return NAMES.get(squeezed) or next((name for name in zoo if name.replace("_", "") == squeezed), None)


def translate_arguments(name: str, arguments: Mapping[str, str], zoo: Mapping[str, tuple[str, ...]]) -> tuple[str, dict[str, str]]:
    """The zoo's optimizer and hyperparameters for the arguments of other libraries.

    Args:
        name: the zoo's name of the optimizer.
        arguments: hyperparameters as text, by the names of any library.
        zoo: the hyperparameters of each optimizer.

    Raises:
        InputError: for an argument whose effect no optimizer of the zoo has.

    >>> translate_arguments("gd", {"learning_rate": "0.1", "momentum": "0.9"}, {"gd": ("lr",), "momentum": ("lr", "beta")})
    ('momentum', {'lr': '0.1', 'beta': '0.9'})
    """
    settings = dict(arguments)
    for (plain, argument), variant in VARIANTS.items():
        if name == plain and argument in settings and argument not in zoo[name]:
            chosen = settings[argument] not in NOTHING
            if argument != "momentum" or not chosen:
                del settings[argument]
            name = variant if chosen else name
    for argument, value in list(settings.items()):
        if argument in zoo[name]:
            continue
        ours = HYPERPARAMETERS.get(argument, ())
        if ours and all(word in zoo[name] for word in ours):
            del settings[argument]
            _add(settings, argument, ours, value)
        elif argument in OTHER_ARGUMENTS and value in NOTHING:
            del settings[argument]
        elif argument in OTHER_ARGUMENTS:
            add_decay = "add the decay to the function, such as + 0.01*x^2/2"
            advice = add_decay if argument == "weight_decay" else "leave it out, or write the equations"
            raise InputError(f"the zoo's {name} has no {argument}: {advice}")
    return name, settings


OTHER_ARGUMENTS = frozenset((
    "weight_decay", "dampening", "maximize", "foreach", "capturable", "differentiable", "fused", "lr_decay", "momentum", "nesterov",
    "centered", "amsgrad", "initial_accumulator_value", "decoupled_weight_decay", "clipnorm", "clipvalue", "use_ema", "name",
))  # fmt: skip


def _add(settings: dict[str, str], argument: str, ours: tuple[str, ...], value: str) -> None:
    """Put the value of another library's argument under our names; `betas=(0.9, 0.999)` has two."""
    values = [part.strip() for part in value.strip().strip("()[]").split(",")] if len(ours) > 1 else [value]
    if len(values) != len(ours):
        raise InputError(f"{argument} is a pair of numbers, such as {argument}=(0.9, 0.999), not {clipped(value)}")
    for word, each in zip(ours, values, strict=True):
        if word in settings:
            raise InputError(f"the hyperparameter '{word}' is set twice, as {argument} too")
        settings[word] = each
