"""Timing whole comparisons: the candidates take turns, medians are compared."""

from __future__ import annotations

import gc
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

TURN = 0.005  # seconds that a turn lasts at least

__all__ = ["machine", "paired", "processes", "processor_times", "ratio", "take_turns"]


def take_turns(candidates: Mapping[str, Callable[[], Any]], rounds: Mapping[str, int] | int) -> dict[str, float]:
    """The median seconds of each candidate; each has a turn a round while it has rounds left, and one before.

    A turn of a quick candidate is several runs in a row, so that it is not measured with cold caches alone.
    """
    left = {name: rounds if isinstance(rounds, int) else rounds[name] for name in candidates}
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for function in candidates.values():
        function()
    repeats = {name: turn(function) for name, function in candidates.items()}
    while any(left.values()):
        for name, function in candidates.items():
            if not left[name]:
                continue
            left[name] -= 1
            gc.collect()
            times[name].append(seconds(function, repeats[name]))
    return {name: median(own) for name, own in times.items()}


def processor_times(candidates: Mapping[str, Callable[[], Any]], total: float, least: int = 15) -> dict[str, list[float]]:
    """The seconds of processor time that a run of each candidate takes, in each round; a round is one run of each.

    Every other round goes the other way, as a candidate is quicker behind one that left its code and data in the caches.
    Of these, the least is what other work on the machine disturbs least; two candidates are compared by `paired`.

    Args:
        total: the seconds after which no further round begins.
        least: the rounds that there are at least.
    """
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for function in candidates.values():
        function()
    began, rounds, order = time.process_time(), 0, list(candidates.items())
    while rounds < least or time.process_time() - began < total:
        if rounds % 20 == 0:
            gc.collect()
        for name, function in order:
            begin = time.process_time()
            function()
            times[name].append(time.process_time() - begin)
        rounds += 1
        order.reverse()
    return times


def paired(times: Mapping[str, Sequence[float]], name: str, to: str) -> float:
    """How many times longer one candidate takes than another: the median over the rounds."""
    return median(each / other for each, other in zip(times[name], times[to], strict=True))


def turn(function: Callable[[], Any]) -> int:
    """How many runs make a turn; the first guess is a run with cold caches, several times as long as the next."""
    guess = max(1, round(TURN / seconds(function)))
    return guess if guess == 1 else max(1, round(TURN / seconds(function, guess)))


def seconds(function: Callable[[], Any], repeats: int = 1) -> float:
    """How long one run takes, of several in a row."""
    begin = time.perf_counter()
    for _ in range(repeats):
        function()
    return (time.perf_counter() - begin) / repeats


def processes(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, float]:
    """The median seconds of each command from start to end."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(command: Sequence[str]) -> Callable[[], Any]:
        return lambda: subprocess.run(command, check=True, capture_output=True, env=environment)

    return take_turns({name: run(command) for name, command in commands.items()}, rounds)


def ratio(times: Mapping[str, float], name: str, to: str = "steepest") -> float:
    """How many times longer one candidate takes than another."""
    return times[name] / times[to]


def machine() -> str:
    """The machine and the Python in a line."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
