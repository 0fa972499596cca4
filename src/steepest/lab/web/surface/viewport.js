// @ts-check
/** How a surface lies in its canvas: the camera, the zoom, the pan, and the size in CSS pixels. */

import { SURFACE } from "../model/shared.js";
import { Camera } from "./camera.js";

/** @typedef {import("./camera.js").Point} Point */
/** Pixels a unit, and where the origin is. @typedef {{scale: number, x: number, y: number}} Frame */

const { RISE, FLOOR } = SURFACE;
const ROOM = { beside: 12, above: 8, below: 16 };
const LOWEST = 6;
const HIGHEST = 88; // degrees
const CLOSEST = 12;

export class Viewport {
  camera = new Camera(-60, 40);
  zoom = 1;
  pan = [0, 0];
  width = 1;
  height = 1;
  /** Half the sides of the surface's base. */
  half = [0.5, 0.5];

  /** Where the box is: as large as fits from every side, so that turning does not change its size. @returns {Frame} */
  frame() {
    const { sine, cosine } = this.camera;
    const radius = Math.hypot(...this.half);
    const tall = RISE - FLOOR;
    const room = [this.width - 2 * ROOM.beside, this.height - ROOM.above - ROOM.below];
    const scale = Math.max(Math.min(room[0] / (2 * radius), room[1] / Math.hypot(tall, 2 * radius)), 1) * this.zoom;
    const low = cosine * FLOOR - sine * radius;
    const high = cosine * RISE + sine * radius;
    return {
      scale,
      x: this.width / 2 + this.pan[0],
      y: ROOM.above + room[1] / 2 + (scale * (low + high)) / 2 + this.pan[1],
    };
  }

  /**
   * Where a point is in the canvas.
   * @param {Point} point
   */
  project([x, y, z]) {
    const frame = this.frame();
    const [across, up] = this.camera.project(x, y, z);
    return { x: frame.x + frame.scale * across, y: frame.y - frame.scale * up };
  }

  /**
   * Look from a direction, in degrees.
   * @param {number} azimuth
   * @param {number} elevation
   */
  orbit(azimuth, elevation) {
    const turned = ((((azimuth + 180) % 360) + 360) % 360) - 180;
    this.camera = new Camera(turned, Math.min(Math.max(elevation, LOWEST), HIGHEST));
  }

  /**
   * Come nearer by a factor, with what is at a place of the canvas staying there; false at either end.
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  approach(factor, x, y) {
    const before = this.frame();
    const zoom = Math.min(Math.max(this.zoom * factor, 1), CLOSEST);
    if (zoom === this.zoom) return false;
    const times = zoom / this.zoom;
    this.zoom = zoom;
    const after = this.frame();
    this.move(x + (before.x - x) * times - after.x, y + (before.y - y) * times - after.y);
    return true;
  }

  /**
   * Move the picture, so far that its middle stays in view.
   * @param {number} right
   * @param {number} down
   */
  move(right, down) {
    const reach = [0.5 * (this.zoom - 1) * this.width, 0.5 * (this.zoom - 1) * this.height];
    this.pan = [this.pan[0] + right, this.pan[1] + down].map((shift, axis) =>
      Math.min(Math.max(shift, -reach[axis]), reach[axis]),
    );
  }

  reset() {
    [this.zoom, this.pan] = [1, [0, 0]];
  }
}
