// @ts-check
/** The start of the runs as a handle on the plane: dragged, or moved with the arrow keys. */
import { pointText } from "../../model/format.js";
import { h } from "../../ui/dom.js";
import { DragHint } from "../../ui/stage/welcome.js";
import { valueAt } from "../objective_layer.js";
import { StartPointer } from "./start_pointer.js";

/** @typedef {import("../plane.js").Plane} Plane */
/** @typedef {import("../plane.js").Scene} Scene */

const LABEL = "start: drag it, or press the arrow keys";
const DIRECTIONS = /** @type {Record<string, number[]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});

export class StartHandle {
  /** @param {Plane} plane */
  constructor(plane) {
    this.plane = plane;
    this.element = h("button", { type: "button", class: "steepest-handle", role: "slider", "aria-label": LABEL });
    this.hint = new DragHint();
    this.pointer = new StartPointer(() => {
      plane.fit();
      plane.listeners.onZoom(null);
    });
    /** From the pointer to the start, while it is dragged. @type {{x: number, y: number} | null} */
    this.grip = null;
    this.element.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.grab(event));
    this.element.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      if (!this.grip) return;
      const { x, y } = plane.pixelOf(event);
      this.hint.done();
      plane.moveStart(x + this.grip.x, y + this.grip.y, false);
    });
    for (const name of ["pointerup", "pointercancel"]) this.element.addEventListener(name, () => this.release());
    this.element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.nudge(event));
  }

  /**
   * Put the handle where the start is.
   * @param {Scene} scene
   */
  draw(scene) {
    const { objective, start, grid, locked } = scene;
    const { area, zoomControls } = this.plane;
    const { element } = this;
    const shown = objective.names.length <= 2 && grid !== null;
    const x = area.toX(start[0]);
    const y = area.toY(objective.names.length === 1 ? valueAt(grid, start[0]) : start[1]);
    zoomControls.element.hidden = !shown;
    const inside = area.contains(x, y, 1);
    element.hidden = !shown || !inside || locked;
    this.plane.makeWay(scene, element.hidden ? null : { x, y });
    this.pointer.show(area, x, y, objective.names, start, shown && !inside && Number.isFinite(x + y));
    element.style.transform = `translate(${x}px, ${y}px)`;
    const ahead = scene.sceneRuns[scene.chosen]?.run;
    const leftward = ahead?.steps ? ahead.positions[ahead.count] < ahead.positions[0] : false;
    this.hint.show(x, y, area.width, leftward, element.hidden || scene.time ? null : () => this.plane.places.boxes());
    const text = pointText(objective.names, start);
    if (element.getAttribute("aria-valuetext") === text) return;
    element.setAttribute("aria-valuetext", text);
    element.setAttribute("aria-valuenow", String(start[0]));
    element.setAttribute("aria-valuemin", String(Math.min(start[0], area.box[0][0])));
    element.setAttribute("aria-valuemax", String(Math.max(start[0], area.box[0][1])));
  }

  /** @param {PointerEvent} event */
  grab(event) {
    const { area, element, scene } = this.plane;
    const { start } = /** @type {Scene} */ (scene);
    const pixel = this.plane.pixelOf(event);
    const y = start.length > 1 ? area.toY(start[1]) : pixel.y;
    this.element.setPointerCapture(event.pointerId);
    this.grip = { x: area.toX(start[0]) - pixel.x, y: y - pixel.y };
    element.classList.add("steepest-dragging");
  }

  release() {
    const { element, scene, listeners } = this.plane;
    if (this.grip) listeners.onStart([.../** @type {Scene} */ (scene).start], true);
    this.grip = null;
    element.classList.remove("steepest-dragging");
  }

  /** @param {KeyboardEvent} event */
  nudge(event) {
    const { area, listeners } = this.plane;
    const scene = /** @type {Scene} */ (this.plane.scene);
    const direction = DIRECTIONS[event.key];
    if (!direction || scene.locked) return;
    event.preventDefault();
    event.stopPropagation();
    this.hint.done();
    const flat = scene.start.length === 1;
    const share = event.shiftKey ? 0.1 : 0.01;
    const start = scene.start.map((value, axis) => {
      const sign = flat ? direction[0] + direction[1] : direction[axis];
      const [low, high] = area.box[axis];
      return sign ? area.rounded(value + sign * share * (high - low), axis) : value;
    });
    scene.start = start; // the next key may come before the next frame
    listeners.onStart(start, true);
  }
}
