"""The page in Chromium: script time of a frame while the start is dragged, time to the first picture."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import steepest
from steepest.lab.bundle import FOLDER
from steepest.objectives.fit import read_fit

__all__ = ["lab"]

OPTIMIZERS = ("gd", "momentum", "nesterov", "adam", "rmsprop")
MANY = (*OPTIMIZERS, "adagrad", "adamw", "adadelta", "nadam", "amsgrad", "lion", "heavy_ball")
FRAMES, WARM, STEPS, LONG = 300, 60, 500, 5_000
STARTS, EDITS, ROWS = 9, 110, 100_000
SOFTWARE = ("--no-sandbox", "--enable-unsafe-swiftshader")
# From the navigation until the first frame is painted in which the function, the paths and the markers are: the plane is
# named once all of them are drawn, and the message is the first task after the frame.
SHOWN = """
const look = () => {
  if (!document.querySelector(".steepest-plane [role=img]")?.ariaLabel) requestAnimationFrame(look);
  else {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { window.shown = performance.now(); };
    port2.postMessage(null);
  }
};
requestAnimationFrame(look);
"""
# The same until the numbers beside it are written, which come last.
WRITTEN = """
() => new Promise((done) => {
  const look = () => {
    if (!document.querySelector(".steepest-ending")?.textContent) requestAnimationFrame(look);
    else done(performance.now());
  };
  look();
})
"""
# The time that callbacks of frames, of timers, of the moment and of the hand take, added up for each frame in which there was any.
TIMED = """
const nextFrame = window.requestAnimationFrame.bind(window), soon = window.queueMicrotask.bind(window), own = new WeakMap();
const later = window.setTimeout.bind(window);
let spent = 0;
window.times = [];
const timed = (call) => function (...given) {
  const began = performance.now();
  try { return call.apply(this, given); } finally { spent += performance.now() - began; }
};
window.requestAnimationFrame = (call) => nextFrame(timed(call));
window.queueMicrotask = (call) => soon(timed(call));
window.setTimeout = (call, ...more) => later(timed(call), ...more);
const { addEventListener, removeEventListener } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function (name, call, ...options) {
  if (typeof call === "function" && !own.has(call)) own.set(call, timed(call));
  return addEventListener.call(this, name, own.get(call) ?? call, ...options);
};
EventTarget.prototype.removeEventListener = function (name, call, ...options) {
  return removeEventListener.call(this, name, own.get(call) ?? call, ...options);
};
const count = () => later(() => { // after what this frame ran, and what came before it
  if (spent) window.times.push(spent);
  spent = 0;
  nextFrame(count);
});
nextFrame(count);
"""
PLAYED = """
([warm, frames]) => new Promise((done) => {
  const times = [];
  let last = performance.now();
  const look = (now) => {
    times.push(now - last);
    last = now;
    const plays = document.querySelector(".steepest-play").textContent === "Pause";
    if (plays && times.length < warm + frames) requestAnimationFrame(look);
    else done(times.slice(warm));
  };
  requestAnimationFrame(look);
})
"""
# From a key until the frame that shows the new formula's picture is painted: the first task after it. The frame is asked for
# first, so that what the page does after it comes after the message. Also how much of it is work, not waiting for the frame.
TYPED = """
(text) => new Promise((done) => {
  const field = document.querySelector(".steepest-formula");
  field.value = text;
  const began = performance.now();
  let handled = began;
  requestAnimationFrame(() => {
    const waited = performance.now() - handled;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done([performance.now() - began, performance.now() - began - waited]);
    port2.postMessage(null);
  });
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  handled = performance.now();
})
"""
TYPING = 150  # milliseconds between two keys


def lab() -> None:
    """The page: milliseconds to the first picture, of script a frame, from a key to the picture."""
    from playwright.sync_api import sync_playwright

    runs = steepest.compare("rosenbrock", OPTIMIZERS, (-1.2, 1.0), steps=STEPS)
    print("The page in Chromium\n")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, served() as address:
        path = Path(folder) / "descent.html"
        runs.save(path)
        sizes = [path.stat().st_size for path in FOLDER.rglob("*.*s")]
        print(f"modules and styles {sum(sizes) / 1000:.0f} kB, the single file {path.stat().st_size / 1000:.0f} kB")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(SOFTWARE))
        for name, url in (("the single file", path.as_uri()), ("from steepest lab", address)):
            pairs = [first_picture(browser, url) for _ in range(STARTS)]
            picture, numbers = (sorted(times)[STARTS // 2] for times in zip(*pairs, strict=True))
            print(f"start to the first picture, {name}: median {picture:.0f} ms, to the numbers beside it {numbers:.0f} ms")
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.add_init_script(TIMED)
        tab.goto(path.as_uri())
        tab.locator(".steepest-ending").first.wait_for()
        what = f"{len(OPTIMIZERS)} optimizers x {STEPS} steps, script time of a frame"
        print(f"dragging the start, {what}: {spread(dragged(tab, tab.locator('.steepest-handle'), 200, 90))}")
        print(f"dragging a slider, {what}: {spread(dragged(tab, tab.get_by_role('slider', name='lr').first, 40, 0))}")
        print(f"playing, {what.partition(',')[0]}, from frame to frame: {spread(played(tab))}")
        tab.get_by_role("button", name="surface", exact=True).click()
        tab.wait_for_timeout(500)
        print(f"surface, dragging a slider, {what}: {spread(dragged(tab, tab.get_by_role('slider', name='lr').first, 40, 0))}")
        print(f"surface, turning it, {what}: {spread(dragged(tab, tab.locator('.steepest-surface'), 200, 90))}")
        tab.close()
        many = steepest.compare("rosenbrock", MANY, (-1.2, 1.0), lr=0.001, steps=LONG, tol=0)
        many.save(path)
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.goto(path.as_uri())
        tab.locator(".steepest-ending").first.wait_for()
        print(f"playing, {len(MANY)} optimizers x {LONG} steps, from frame to frame: {spread(played(tab))}")
        tab.close()
        function = steepest.objective("f(x, y) = (1 - x)^2 + k (y - x^2)^2", let={"k": 100})
        steepest.compare(function, OPTIMIZERS, (-1.2, 1.0), steps=STEPS, lr=1e-4).save(path)
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.add_init_script(TIMED)
        tab.goto(path.as_uri())
        tab.locator(".steepest-ending").first.wait_for()
        slider = tab.get_by_role("slider", name="k", exact=True)
        print(f"dragging a constant, {what}: {spread(dragged(tab, slider, 40, 0))}")
        tab.close()
        over_rows().save(path)
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.goto(path.as_uri())
        tab.get_by_text("step limit").first.wait_for()
        print(f"playing, 2 optimizers x {STEPS} steps over {ROWS:,} rows, from frame to frame: {spread(played(tab))}")
        tab.close()
        whole, work = typed(browser, address)
        print(f"a formula edited, from the key to the picture: {spread(whole)}; without waiting for the frame: {spread(work)}")
        browser.close()
    subprocess.run(["node", Path(__file__).parent / "page_rows.js"], check=True)


def over_rows() -> Any:
    """Runs of a fit of many rows."""
    import numpy as np

    generator = np.random.default_rng(3)
    x = generator.uniform(-2, 2, ROWS)
    objective = read_fit("y ~ w*x + b", {"x": x, "y": 3 * x - 1 + generator.normal(0, 1, ROWS)})
    return steepest.compare(objective, ["gd", "momentum(lr=0.01)"], lr=0.01, steps=STEPS, tol=0)


@contextmanager
def served() -> Iterator[str]:
    """The address of a lab in a process of its own."""
    command = [sys.executable, "-m", "steepest", "lab", "rosenbrock", "--no-browser", *(f"-o{name}" for name in OPTIMIZERS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def first_picture(browser: Any, url: str) -> tuple[float, float]:
    """Milliseconds from the beginning of the navigation to the first picture, and to the numbers beside it."""
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.add_init_script(SHOWN)
    tab.goto(url)
    written: float = tab.evaluate(WRITTEN)
    shown: float = tab.evaluate("() => window.shown")
    tab.close()
    return shown, written


def dragged(tab: Any, handle: Any, right: int, down: int) -> list[float]:
    """Script time of every frame of a drag, in milliseconds."""
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    for k in range(FRAMES + WARM):
        if k == WARM:
            tab.evaluate("() => { times.length = 0; }")
        tab.mouse.move(x + (k * 3) % (right or 1), y + (k * 2) % (down or 1))
    tab.mouse.up()
    times: list[float] = tab.evaluate("() => times")
    return sorted(times)


def played(tab: Any) -> list[float]:
    """Milliseconds from each frame to the next while the runs are played."""
    tab.keyboard.press("Home")
    tab.get_by_role("button", name="play (space)").click()
    times: list[float] = tab.evaluate(PLAYED, [WARM, FRAMES])
    tab.keyboard.press("Space")
    return sorted(times)


def typed(browser: Any, address: str) -> tuple[list[float], list[float]]:
    """Milliseconds from an edit until its picture is painted, each of a new formula; and those of them that are work."""
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.goto(address)
    tab.locator(".steepest-ending").first.wait_for()
    times = []
    for k in range(EDITS):
        times.append(tab.evaluate(TYPED, f"(1-x)^2 + {k + 2}*(y-x^2)^2"))
        tab.wait_for_timeout(TYPING)
    tab.close()
    whole, work = zip(*times[EDITS // 10 :], strict=True)
    return sorted(whole), sorted(work)


def spread(times: list[float]) -> str:
    return f"median {times[len(times) // 2]:.1f} ms, 95th percentile {times[int(0.95 * len(times))]:.1f} ms"
