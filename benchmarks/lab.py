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
TIMED = """
const next = window.requestAnimationFrame.bind(window);
window.times = [];
window.requestAnimationFrame = (draw) => next((now) => {
  const began = performance.now();
  draw(now);
  times.push(performance.now() - began);
});
"""
# Adam on Rosenbrock's function as one would write it, recording positions, values, gradients and both moments as the page does.
HAND = """
const place = new Float64Array(2 * STEPS + 2), value = new Float64Array(STEPS + 1), slope = new Float64Array(2 * STEPS + 2);
const first = new Float64Array(2 * STEPS), second = new Float64Array(2 * STEPS);
function hand() {
  let x = -1.2, y = 1, a = 0, b = 0, c = 0, d = 0;
  for (let t = 1; t <= STEPS; t++) {
    const u = 1 - x, s = y - x * x, g = -2 * u - 400 * x * s, h = 200 * s, k = 2 * t - 2;
    value[t - 1] = u * u + 100 * s * s; slope[k] = g; slope[k + 1] = h;
    a = 0.9 * a + 0.1 * g; b = 0.9 * b + 0.1 * h; c = 0.999 * c + 0.001 * g * g; d = 0.999 * d + 0.001 * h * h;
    const e = 1 - Math.pow(0.9, t), f = 1 - Math.pow(0.999, t);
    x -= 0.05 * (a / e) / (Math.sqrt(c / f) + 1e-8); y -= 0.05 * (b / e) / (Math.sqrt(d / f) + 1e-8);
    place[k + 2] = x; place[k + 3] = y; first[k] = a; first[k + 1] = b; second[k] = c; second[k + 1] = d;
  }
  return x;
}
"""
RACE = """
const best = (run) => {
  for (let k = 0; k < 300; k++) run();
  const times = Array.from({ length: 41 }, () => {
    const began = performance.now();
    for (let k = 0; k < 20; k++) run();
    return performance.now() - began;
  });
  return times.sort((one, other) => one - other)[20] / 20 / STEPS * 1e6;
};
const program = new tape_js.Program(CASE.optimizer, CASE.objective, CASE.state);
const limits = { steps: STEPS, tol: 0, gtol: 0, seed: 0 }, values = { lr: 0.05, beta1: 0.9, beta2: 0.999, eps: 1e-8 };
globalThis.result = [best(() => program.run([-1.2, 1], values, limits)), best(hand)];
"""


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
        ours, hand = raced(browser)
        print(f"a step of Adam: tape {ours:.0f} ns, written by hand {hand:.0f} ns, {ours / hand:.1f} times as long\n")
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


def raced(browser: Any) -> tuple[float, float]:
    """Nanoseconds a step, of the tape and of the same step written by hand."""
    method, function = page.optimizer("adam", 2), page.objective("rosenbrock")
    case = json.dumps({"optimizer": method["tape"], "objective": function["tape"], "state": method["state"]})
    modules = bundle().partition("const element_js")[0]
    tab = browser.new_page()
    tab.set_content("<!doctype html>")
    tab.add_script_tag(content=f"{modules}\nconst STEPS = {STEPS}, CASE = {case};\n{HAND}{RACE}")
    ours, hand = tab.evaluate("() => result")
    return ours, hand


def spread(times: list[float]) -> str:
    return f"median {times[len(times) // 2]:.1f} ms, 95th percentile {times[int(0.95 * len(times))]:.1f} ms"
