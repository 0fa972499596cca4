// @ts-check
/** The start of the runs as a handle on the surface: dragged, it stays on it. */
import { h, magnification } from "../ui/dom.js";

/** @typedef {import("./renderer.js").SurfaceRenderer} SurfaceRenderer */

const CELLS = 60; // along each side, in which the place under the pointer is looked for
const FINER = 4; // times that the best cell is searched more finely
const NEAR = 36; // square pixels: of places so near to each other the one in front is meant
const DIGITS = 4;

export class SurfaceHandle {
  /** The start that is shown. @type {number[]} */
  start = [];
  /** The renderer, once there is one. @type {SurfaceRenderer | null} */
  renderer = null;
  locked = false;

  /** @param {(start: number[], done: boolean) => void} onStart */
  constructor(onStart) {
    this.element = h("button", {
      type: "button",
      class: "steepest-grab",
      "aria-label": "start on the surface: drag it",
      title: "start: drag it",
      hidden: true,
    });
    const { element } = this;
    const move = (/** @type {PointerEvent} */ event, /** @type {boolean} */ done) => {
      if (!element.hasPointerCapture(event.pointerId) || !this.renderer) return;
      const { left, top } = this.renderer.canvas.getBoundingClientRect();
      const scale = magnification(this.renderer.canvas);
      const found = positionAt(this.renderer, (event.clientX - left) / scale, (event.clientY - top) / scale);
      onStart(found ?? this.start, done);
    };
    element.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) =>
      element.setPointerCapture(event.pointerId),
    );
    element.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => move(event, false));
    element.addEventListener("pointerup", (/** @type {PointerEvent} */ event) => move(event, true));
  }

  /** Put the handle where the start is; behind the surface it is faint. */
  draw() {
    const { renderer, element, start } = this;
    const point = renderer?.surface?.pointAt(start[0], start[1]);
    element.hidden = !point || this.locked;
    if (!point || !renderer) return;
    const { x, y, seen } = renderer.project(point);
    element.style.transform = `translate(${x}px, ${y}px)`;
    element.style.opacity = seen ? "1" : "0.45";
  }
}

/**
 * The position whose point on the surface is at a pixel, or nearest to it; null where there is no surface.
 * @param {SurfaceRenderer} renderer
 * @param {number} x
 * @param {number} y
 */
function positionAt({ surface, viewport }, x, y) {
  if (!surface) return null;
  const { camera } = viewport;
  const frame = viewport.frame();
  const out = [0, 0, 0];
  let best = { u: -1, v: -1, distance: Infinity, toward: -Infinity };
  const look = (/** @type {number} */ u, /** @type {number} */ v, /** @type {number} */ near) => {
    if (!surface.interpolate(u, v, out, 0, false)) return;
    const [across, up, toward] = camera.project(out[0], out[1], out[2]);
    const distance = (frame.x + frame.scale * across - x) ** 2 + (frame.y - frame.scale * up - y) ** 2;
    const better = Math.abs(distance - best.distance) < near ? toward > best.toward : distance < best.distance;
    if (better) best = { u, v, distance, toward };
  };
  for (let i = 0; i <= CELLS; i++) for (let j = 0; j <= CELLS; j++) look(i / CELLS, j / CELLS, NEAR);
  if (best.u < 0) return null;
  for (let round = 0, size = 1 / CELLS; round < FINER; round++, size /= 3) {
    const { u, v } = best;
    best.distance = Infinity;
    for (let i = -3; i <= 3; i++)
      for (let j = -3; j <= 3; j++)
        look(Math.max(0, Math.min(1, u + (i * size) / 3)), Math.max(0, Math.min(1, v + (j * size) / 3)), 0);
  }
  return surface.view.map(([low, high], axis) =>
    Number((low + (high - low) * (axis ? best.v : best.u)).toPrecision(DIGITS)),
  );
}
