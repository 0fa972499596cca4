"""The page in Chromium: script time of a frame while the start is dragged, time to the first picture, time of a step."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import steepest
from steepest import page
from steepest.standalone import bundle

__all__ = ["lab"]

OPTIMIZERS = ("gd", "momentum", "nesterov", "adam", "rmsprop")
FRAMES, STEPS = 300, 500
AGREE = 1e-9
TIMED = """
const next = window.requestAnimationFrame.bind(window);
window.times = [];
window.requestAnimationFrame = (draw) => next((now) => {
  const began = performance.now();
  draw(now);
  times.push(performance.now() - began);
});
"""
# Steps as one would write them, recording positions, values, gradients and what the optimizer carries, as the page does.
RECORDS = """
const place = new Float64Array(2 * STEPS + 2), value = new Float64Array(STEPS + 1), slope = new Float64Array(2 * STEPS + 2);
const first = new Float64Array(2 * STEPS), second = new Float64Array(2 * STEPS);
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
RACE = """
const median = (run) => {
  for (let k = 0; k < 300; k++) run();
  const times = Array.from({ length: 41 }, () => {
    const began = performance.now();
    for (let k = 0; k < 200; k++) run();
    return performance.now() - began;
  });
  return times.sort((one, other) => one - other)[20] / 200 / STEPS * 1e6;
};
const program = new program_js.Program(CASE.optimizer, CASE.objective, CASE.state);
const limits = { steps: STEPS, tol: 0, gtol: 0, seed: 0 };
const ours = median(() => program.run(CASE.start, { lr, beta, beta1, beta2, eps }, limits)), byHand = median(hand);
const apart = Math.abs(hand() - program.latest.positions[2 * STEPS]);
globalThis.result = [ours, byHand, apart];
"""
SETTINGS = {"lr": 0.002, "beta": 0.9, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def lab() -> None:
    """The page: milliseconds of script a frame, milliseconds to the first picture, nanoseconds a step."""
    from playwright.sync_api import sync_playwright

    runs = steepest.compare("rosenbrock", OPTIMIZERS, (-1.2, 1.0), steps=STEPS)
    print("The page in Chromium\n")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "descent.html"
        runs.save(path)
        sizes = [(page.FOLDER / name).stat().st_size for name in (*page.MODULES, page.STYLES)]
        print(f"modules and styles {sum(sizes) / 1000:.0f} kB, the single file {path.stat().st_size / 1000:.0f} kB")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.add_init_script(TIMED)
        tab.goto(path.as_uri())
        tab.locator(".steepest-ending").first.wait_for()
        first = tab.evaluate("() => Math.max(...performance.getEntriesByType('paint').map((entry) => entry.startTime))")
        print(f"start to the first picture {first:.0f} ms")
        times = sorted(dragged(tab))
        print(f"dragging the start, {len(OPTIMIZERS)} optimizers x {STEPS} steps: script time of a frame {spread(times)}")
        for optimizer, objective, start in HAND:
            ours, hand = raced(browser, optimizer, objective, start)
            print(
                f"a step of {optimizer} on {objective}: tape {ours:.0f} ns, by hand {hand:.0f} ns, {ours / hand:.1f} times as long"
            )
        browser.close()


def dragged(tab: Any) -> list[float]:
    """Script time of every frame of a drag."""
    box = tab.locator(".steepest-handle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    for k in range(FRAMES + 60):
        if k == 60:
            tab.evaluate("() => { times.length = 0; }")
        tab.mouse.move(x + (k * 3) % 200, y + (k * 2) % 90)
    tab.mouse.up()
    times: list[float] = tab.evaluate("() => times")
    return times


def raced(browser: Any, optimizer: str, objective: str, start: tuple[float, float]) -> tuple[float, float]:
    """Nanoseconds a step, of the tape and of the same step written by hand."""
    method, function = page.optimizer(optimizer, 2), page.objective(objective)
    case = {"optimizer": method["tape"], "objective": function["tape"], "state": method["state"], "start": start}
    given = ", ".join(f"{name} = {value}" for name, value in SETTINGS.items())
    hand = f"function hand() {{{HAND[optimizer, objective, start]}\n}}"
    tab = browser.new_page()
    tab.set_content("<!doctype html>")
    names = f"const STEPS = {STEPS}, CASE = {json.dumps(case)}, {given};"
    tab.add_script_tag(content=f"{bundle().partition('const element_js')[0]}\n{names}\n{RECORDS}{hand}{RACE}")
    ours, by_hand, apart = tab.evaluate("() => result")
    assert apart < AGREE, apart
    return ours, by_hand


def spread(times: list[float]) -> str:
    return f"median {times[len(times) // 2]:.1f} ms, 95th percentile {times[int(0.95 * len(times))]:.1f} ms"
