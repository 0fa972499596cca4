// @ts-check
/**
 * Zooming and panning the plane: buttons, the wheel, a drag of the mouse, two fingers; a tap moves the start, with
 * Shift many.
 */
import { h, iconButton } from "../dom.js";

/** @typedef {import("../../plot/plane.js").Plane} Plane */
/** @typedef {{x: number, y: number}} Pixel */

const DRAG = 5; // pixels from which on a press is a drag
const HELP = 2000; // milliseconds that the help for the wheel stays

export class ZoomControls {
  /** @param {Plane} plane */
  constructor(plane) {
    this.plane = plane;
    this.element = h(
      "div",
      { class: "steepest-zoom" },
      iconButton("plus", "zoom in", () => this.zoomBy(1 / 1.5)),
      iconButton("minus", "zoom out", () => this.zoomBy(1.5)),
      iconButton("fit", "fit the view to the runs", () => {
        plane.fit();
        plane.listeners.onZoom(null);
      }),
    );
    const key = /Mac|iPad|iPhone/.test(navigator.platform) ? "⌘" : "Ctrl";
    this.help = h(
      "p",
      { class: "steepest-help", hidden: true },
      `${key} + wheel zooms; so does the wheel after a click here`,
    );
    this.helping = 0;
    /** Where each pointer that is down was last. @type {Map<number, Pixel>} */
    this.pointers = new Map();
    this.dragging = false;
    const { canvas } = plane;
    canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.press(event));
    canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.drag(event));
    canvas.addEventListener("pointerup", (/** @type {PointerEvent} */ event) => this.release(event));
    canvas.addEventListener("pointercancel", (/** @type {PointerEvent} */ event) => {
      this.pointers.delete(event.pointerId);
      plane.settle();
    });
    canvas.addEventListener("pointerleave", () => plane.readout.peek(null));
    canvas.addEventListener("wheel", (/** @type {WheelEvent} */ event) => this.wheel(event), { passive: false });
  }

  /** @param {number} factor */
  zoomBy(factor) {
    const [x, y] = this.plane.center;
    this.plane.zoomAround(x, y, factor);
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button) return;
    this.pointers.set(event.pointerId, this.plane.pixelOf(event));
    this.plane.canvas.setPointerCapture(event.pointerId);
    this.dragging = this.pointers.size > 1;
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const { plane, pointers } = this;
    const before = pointers.get(event.pointerId);
    const now = plane.pixelOf(event);
    if (!before) {
      plane.readout.peek(now);
      return;
    }
    if (!this.dragging && Math.hypot(now.x - before.x, now.y - before.y) < DRAG) return;
    this.dragging = true;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, now);
    if (other) this.pinch(other, before, now);
    else if (event.pointerType === "mouse") plane.moveView(plane.area.pan(now.x - before.x, now.y - before.y));
  }

  /** @param {PointerEvent} event */
  release(event) {
    const { plane, pointers } = this;
    const pixel = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (pixel && !this.dragging && !plane.scene?.locked) {
      if (event.shiftKey) plane.startMany(pixel.x, pixel.y);
      else plane.moveStart(pixel.x, pixel.y, true);
    }
    plane.settle();
  }

  /**
   * @param {Pixel} still
   * @param {Pixel} before
   * @param {Pixel} now
   */
  pinch(still, before, now) {
    const distance = Math.max(1, Math.hypot(now.x - still.x, now.y - still.y));
    const factor = Math.hypot(before.x - still.x, before.y - still.y) / distance;
    this.plane.zoomAround((now.x + still.x) / 2, (now.y + still.y) / 2, factor);
  }

  /** Say how the wheel zooms, for a while: alone it scrolls the page. */
  explain() {
    this.help.hidden = false;
    window.clearTimeout(this.helping);
    this.helping = window.setTimeout(() => {
      this.help.hidden = true;
    }, HELP);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    const { plane } = this;
    if (!event.ctrlKey && !event.metaKey && !plane.element.contains(document.activeElement)) {
      this.explain();
      return;
    }
    event.preventDefault();
    const { x, y } = plane.pixelOf(event);
    plane.zoomAround(x, y, Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))));
  }
}
