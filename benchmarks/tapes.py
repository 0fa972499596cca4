"""The page's tapes in Chromium: a step beside the same step by hand, many runs, pictures, and what it takes to compile."""

from __future__ import annotations

import json
import shutil
from typing import Any

from steepest.lab.bundle import bundle

__all__ = ["tapes"]

STEPS = 500
STARTS, MANY = 1_000, 200
SIDE = 400
AGREE = 1e-9
SOFTWARE = ("--no-sandbox", "--enable-unsafe-swiftshader")
# A page that is isolated so has a clock of 5 microseconds; any other one of 100.
ISOLATED = {
    "content-type": "text/html",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
}
SETTINGS = {"lr": 0.002, "beta": 0.9, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
# Steps as one would write them, recording positions, values, gradients and what the optimizer carries, as the page does.
RECORDS = """
const place = new Float64Array(2 * STEPS + 2), value = new Float64Array(STEPS + 1), slope = new Float64Array(2 * STEPS + 2);
const first = new Float64Array(2 * STEPS), second = new Float64Array(2 * STEPS);
"""
READ = """
const method = model_reading.readOptimizer(OPTIMIZER, {}, START.length);
const { tape } = model_reading.readObjective(OBJECTIVE);
const CASE = { optimizer: method.tape, objective: tape, state: method.state, start: START };
"""
HAND = {
    ("adam", "rosenbrock", (-1.2, 1.0)): """
  let x = -1.2, y = 1, a = 0, b = 0, c = 0, d = 0;
  for (let t = 1; t <= STEPS; t++) {
    const u = 1 - x, s = y - x * x, g = -2 * u - 400 * x * s, h = 200 * s, k = 2 * t - 2;
    value[t - 1] = u * u + 100 * s * s; slope[k] = g; slope[k + 1] = h;
    a = beta1 * a + (1 - beta1) * g; b = beta1 * b + (1 - beta1) * h;
    c = beta2 * c + (1 - beta2) * g * g; d = beta2 * d + (1 - beta2) * h * h;
    const e = 1 - Math.pow(beta1, t), f = 1 - Math.pow(beta2, t);
    x -= lr * (a / e) / (Math.sqrt(c / f) + eps); y -= lr * (b / e) / (Math.sqrt(d / f) + eps);
    place[k + 2] = x; place[k + 3] = y; first[k] = a; first[k + 1] = b; second[k] = c; second[k + 1] = d;
  }
  return x;""",
    ("momentum", "himmelblau", (0.0, 0.0)): """
  let x = 0, y = 0, a = 0, b = 0;
  for (let t = 1; t <= STEPS; t++) {
    const p = x * x + y - 11, q = x + y * y - 7, g = 4 * x * p + 2 * q, h = 2 * p + 4 * y * q, k = 2 * t - 2;
    value[t - 1] = p * p + q * q; slope[k] = g; slope[k + 1] = h;
    a = beta * a + g; b = beta * b + h;
    x -= lr * a; y -= lr * b;
    place[k + 2] = x; place[k + 3] = y; first[k] = a; first[k + 1] = b;
  }
  return x;""",
    ("gd", "sin(x)cos(y)", (1.2, 0.4)): """
  let x = 1.2, y = 0.4;
  for (let t = 1; t <= STEPS; t++) {
    const s = Math.sin(x), c = Math.cos(y), g = Math.cos(x) * c, h = -s * Math.sin(y), k = 2 * t - 2;
    value[t - 1] = s * c; slope[k] = g; slope[k + 1] = h;
    x -= lr * g; y -= lr * h;
    place[k + 2] = x; place[k + 3] = y;
  }
  return x;""",
}
# The shortest of many turns, in nanoseconds of one call: what another process takes away lengthens a turn, never shortens it.
TURNS = """
const { Program } = runs_program, { Grid } = tape_tape;
const turns = (candidates, calls, rounds = 61) => {
  const times = candidates.map(() => []);
  for (let round = -10; round < rounds; round++)
    candidates.forEach((run, k) => {
      const began = performance.now();
      for (let call = 0; call < calls; call++) run();
      if (round >= 0) times[k].push((performance.now() - began) / calls * 1e6);
    });
  return times.map((all) => Math.min(...all));
};
const settings = { lr, beta, beta1, beta2, eps }, limits = { steps: STEPS, tol: 0, gtol: 0, seed: 0 };
const fresh = (patience) => {
  const made = new Program(CASE.optimizer, CASE.objective, CASE.state);
  return Object.assign(made, patience === undefined ? {} : { patience });
};
const gears = [fresh(0), fresh(Infinity)], starts = Float64Array.from({ length: 2 * STARTS }, (_, k) => 3 * Math.sin(k + 1));
"""
MEASURED = """() => {
  const [kept, interpreted] = gears, short = { ...limits, steps: MANY };
  let k = 0;
  const other = () => ({ ...settings, lr: lr + 1e-9 * (k++ % 100) });
  const grids = [0, Infinity].map((patience) => Object.assign(new Grid(CASE.objective), { patience }));
  const axis = Float64Array.from({ length: SIDE }, (_, k) => 4 * k / SIDE - 2), into = new Float64Array(SIDE * SIDE);
  kept.compile();
  const perStep = turns([
    hand, () => kept.run(CASE.start, settings, limits), () => kept.run(CASE.start, other(), limits),
    () => interpreted.run(CASE.start, settings, limits),
  ], 100, 120).map((time) => time / STEPS);
  const apart = Math.abs(hand() - kept.run(CASE.start, settings, limits).positions[2 * STEPS]);
  return {
    perStep, apart,
    many: turns([() => kept.runMany(starts, settings, short), () => interpreted.runMany(starts, settings, short)], 1, 21),
    grid: turns(grids.map((grid) => () => grid.evaluate(axis, axis, into)), 1, 21),
    ready: turns([
      () => fresh(0), () => fresh(0).compile(), () => fresh(Infinity).run(CASE.start, settings, limits),
      () => fresh(0).run(CASE.start, settings, limits),
    ], 1, 61),
  };
}"""


def tapes() -> None:
    """A step's nanoseconds on the tape and by hand; milliseconds of many runs, of a picture, and to compile."""
    from playwright.sync_api import sync_playwright

    print("The page's tapes in Chromium\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(SOFTWARE))
        for optimizer, objective, start in HAND:
            found = measured(browser, optimizer, objective, start)
            hand, ours, moved, interpreted = found["perStep"]
            many, grid, ready = ([time / 1e6 for time in found[name]] for name in ("many", "grid", "ready"))
            print(f"{optimizer} on {objective}, start {start}")
            print(f"  a step: by hand {hand:.1f} ns, tape {ours:.1f} ns ({ours / hand:.2f} times as long)", end="")
            print(f", with another lr each time {moved:.1f} ns ({moved / hand:.2f}), interpreted {interpreted:.1f} ns")
            print(f"  {STARTS:,} starts x {MANY} steps: {many[0]:.1f} ms, interpreted {many[1]:.1f} ms")
            print(f"  a grid of {SIDE} x {SIDE}: {grid[0]:.2f} ms, interpreted {grid[1]:.2f} ms")
            linked, compiled, first, both = ready
            print(f"  a new program: linked {linked:.2f} ms, and compiled {compiled:.2f} ms; linked and {STEPS} steps ", end="")
            print(f"interpreted {first:.2f} ms, compiled {both:.2f} ms")
        browser.close()


def measured(browser: Any, optimizer: str, objective: str, start: tuple[float, float]) -> dict[str, Any]:
    """What the page measures of one optimizer on one function of two parameters."""
    numbers = SETTINGS | {"STEPS": STEPS, "STARTS": STARTS, "MANY": MANY, "SIDE": SIDE}
    given = ", ".join(f"{name} = {value}" for name, value in numbers.items())
    hand = f"function hand() {{{HAND[optimizer, objective, start]}\n}}"
    tab = browser.new_page()
    tab.route("**", lambda route: route.fulfill(body="<!doctype html>", headers=ISOLATED))
    tab.goto("http://localhost/")
    names = f"const [OPTIMIZER, OBJECTIVE, START] = {json.dumps([optimizer, objective, start])}, {given}; {READ}"
    tab.add_script_tag(content=f"{bundle('model/runs/program.js', 'model/reading.js')}\n{names}\n{RECORDS}{hand}{TURNS}")
    found: dict[str, Any] = tab.evaluate(MEASURED)
    tab.close()
    assert found["apart"] < AGREE, found["apart"]
    return found
