"""`steepest lab`: what the page is given."""

from collections.abc import Callable
from typing import Any

import pytest

from steepest.lab.server import run as server
from steepest.runs import descent

Steepest = Callable[..., Any]


def test_the_first_state_is_made_without_a_run(steepest: Steepest, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr(descent, "descend", pytest.fail)
    monkeypatch.setattr(server, "serve", lambda *arguments: served.extend(arguments))
    words = ("-o", "gd", "-o", "adam(lr=0.05)", "--lr", "0.001", "--steps", "7", "--no-browser")
    assert steepest("lab", "rosenbrock", *words).code == 0
    (state,) = [each["state"] for each in served if isinstance(each, dict)]
    assert (state["objective"], state["start"], state["steps"], state["seed"]) == ("rosenbrock", [-1.2, 1.0], 7, 0)
    assert [each["text"] for each in state["optimizers"]] == ["gd", "adam"]
    assert state["optimizers"][1]["settings"]["lr"] == 0.05


def test_the_page_is_given_a_table(steepest: Steepest, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr(server, "serve", lambda *arguments: served.extend(arguments))
    words = ("lab", "price ~ w*size + b", "--data", "houses", "--scale", "z", "--batch", "8", "--no-browser")
    assert steepest(*words).code == 0
    (state,) = [each["state"] for each in served if isinstance(each, dict)]
    data = state["data"]
    assert state["objective"] == "price ~ w*size + b" and (data["scale"], data["batch"]) == ("z", 8)
    assert data["table"]["names"] == ["size", "rooms", "age", "price"] and len(data["table"]["columns"][2]) == 60
    served.clear()
    assert steepest("lab", "price ~ linear", "--data", "houses", "--no-browser").code == 0
    assert [each["state"]["objective"] for each in served if isinstance(each, dict)] == [
        "price(w1,w2,w3,b) ~ w1*size + w2*rooms + w3*age + b"
    ]
    refused = steepest("lab", "species ~ softmax", "--data", "iris", "--no-browser")
    assert refused.code == 2 and "the page does not show softmax" in refused.err


def test_recordings_stand_alone(steepest: Steepest, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr(server, "serve", lambda *arguments: served.extend(arguments))
    assert steepest("lab", "rosenbrock", "-o", "scipy:BFGS", "--no-browser").code == 0
    (document,) = [each for each in served if isinstance(each, dict)]
    assert document["state"]["optimizers"] == [] and len(document["recordings"]) == 1
