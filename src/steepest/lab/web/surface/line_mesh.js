// @ts-check
/**
 * Smooth lines of a constant width for WebGL, which has none: ribbons in the picture, mitered where they bend and round
 * where they turn.
 */

import { LINE } from "./surface_path.js";
import { attribute, uploadBuffer } from "./webgl.js";

/** @typedef {import("./webgl.js").Resources} Resources */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./viewport.js").Frame} Frame */

const LIFT = 0.012; // of a path above the surface, so that only what is in front hides it
const STEEPEST = 4;
const APART = 0.6; // pixels: closer points of a line are one
const BESIDE = 0.2;
const ALONG = 1.2; // pixels by which a simpler line may miss a point
const DEEP = 0.25 * LIFT;
// Numbers a point of a stroke: x, y, toward the camera, that per pixel right and down, how far the surface faces the
// camera, step.
const POINT_SIZE = 7;
// Numbers a vertex: four of its point, three of its offset to the side, side, beyond the end, length, step, style.
const CORNER_SIZE = 12;

/**
 * Lines as ribbons in the picture, two corners beside every point. One mesh serves for every picture: its arrays stay.
 */
export class LineMesh {
  /** @type {Camera} */
  camera;
  /** @type {Frame} */
  frame;

  constructor() {
    this.corners = new Float32Array(CORNER_SIZE * 4096);
    this.order = new Uint32Array(3 * 8192);
    /** The points of a stroke. */
    this.points = new Float64Array(POINT_SIZE * 1024);
    this.count = this.indices = this.style = 0;
  }

  /**
   * An empty mesh, for what this camera sees.
   * @param {Camera} camera
   * @param {Frame} frame
   */
  begin(camera, frame) {
    this.camera = camera;
    this.frame = frame;
    this.count = this.indices = 0;
  }

  /**
   * The ribbon of a line, for a style.
   * @param {{line: Float32Array, count: number}} line
   * @param {number} style
   */
  add({ line, count }, style) {
    this.style = style;
    if (this.points.length < POINT_SIZE * count) this.points = new Float64Array(2 * POINT_SIZE * count);
    const { points } = this;
    for (let row = 0, from = 0; row <= count; row++) {
      if (row < count && line[LINE * row + 5] >= 0) continue;
      this.stroke(points, this.seen(line, from, row, points));
      from = row + 1;
    }
  }

  /**
   * The points of a stroke in the picture, without those too close.
   * @param {Float32Array} line
   * @param {number} from
   * @param {number} to
   * @param {Float64Array} points
   */
  seen(line, from, to, points) {
    const { right, away, sine, cosine } = this.camera;
    const { scale, x: x0, y: y0 } = this.frame;
    let kept = 0;
    for (let row = from; row < to; row++) {
      const source = LINE * row;
      const x = line[source];
      const y = line[source + 1];
      const z = line[source + 2];
      const along = line[source + 3];
      const up = line[source + 4];
      const surface = x * away[0] + y * away[1];
      const at = POINT_SIZE * kept;
      const px = x0 + scale * (x * right[0] + y * right[1]);
      const py = y0 - scale * (sine * surface + cosine * z);
      if (
        kept &&
        row < to - 1 &&
        Math.abs(px - points[at - POINT_SIZE]) + Math.abs(py - points[at - POINT_SIZE + 1]) < APART
      )
        continue;
      const across = -along * right[0] - up * right[1];
      const deep = -along * away[0] - up * away[1]; // of the normal, with 1 upward
      const rising = sine * deep + cosine;
      const facing = sine - cosine * deep;
      const steep = Math.max(Math.abs(facing), 1e-6) * Math.sign(facing || 1);
      points[at] = px;
      points[at + 1] = py;
      points[at + 2] = sine * z - cosine * surface + LIFT * Math.sign(facing);
      points[at + 3] = bounded(-across / steep) / scale;
      points[at + 4] = bounded(rising / steep) / scale;
      points[at + 5] = facing;
      points[at + 6] = line[source + 5];
      kept++;
    }
    return this.simpler(points, kept);
  }

  /**
   * The same stroke without the points that a straight line would not miss, neither where it is nor when.
   * @param {Float64Array} points
   * @param {number} count
   */
  simpler(points, count) {
    if (count < 3) return count;
    const needed = new Uint8Array(count);
    const parts = [0, count - 1];
    needed[0] = needed[count - 1] = 1;
    while (parts.length) {
      const last = Number(parts.pop());
      const first = Number(parts.pop());
      const from = POINT_SIZE * first;
      const to = POINT_SIZE * last;
      const right = points[to] - points[from];
      const down = points[to + 1] - points[from + 1];
      const nearer = points[to + 2] - points[from + 2];
      const length = Math.sqrt(right * right + down * down) || 1;
      const steps = points[to + 6] - points[from + 6] || 1;
      const rx = right / length;
      const ry = down / length;
      let most = 1;
      let worst = 0;
      for (let index = first + 1, at = from + POINT_SIZE; index < last; index++, at += POINT_SIZE) {
        const share = (points[at + 6] - points[from + 6]) / steps;
        const x = points[at] - points[from] - share * right;
        const y = points[at + 1] - points[from + 1] - share * down;
        const along = x * rx + y * ry;
        const beside = x * ry - y * rx;
        const deep = points[at + 2] - points[from + 2] - (share + along / length) * nearer;
        const error = Math.max(
          Math.abs(beside) * (1 / BESIDE),
          Math.abs(along) * (1 / ALONG),
          Math.abs(deep) * (1 / DEEP),
        );
        if (error > most) {
          most = error;
          worst = index;
        }
      }
      if (!worst) continue;
      needed[worst] = 1;
      parts.push(first, worst, worst, last);
    }
    let kept = 0;
    for (let index = 0; index < count; index++)
      if (needed[index]) points.copyWithin(POINT_SIZE * kept++, POINT_SIZE * index, POINT_SIZE * (index + 1));
    return kept;
  }

  /**
   * A stroke through points: mitered where it bends, round where it turns.
   * @param {Float64Array} points
   * @param {number} count
   */
  stroke(points, count) {
    this.reserve(count);
    let length = 0;
    let dx = 1;
    let dy = 0;
    for (let index = 0; index < count; index++) {
      const at = POINT_SIZE * index;
      const inward = [dx, dy];
      if (index < count - 1) {
        const right = points[at + POINT_SIZE] - points[at];
        const down = points[at + POINT_SIZE + 1] - points[at + 1];
        const whole = Math.hypot(right, down);
        if (whole > 1e-6) [dx, dy] = [right / whole, down / whole];
      }
      if (index)
        length += Math.hypot(points[at] - points[at - POINT_SIZE], points[at + 1] - points[at - POINT_SIZE + 1]);
      const cosine = inward[0] * dx + inward[1] * dy;
      const bent = index && index < count - 1;
      if (bent && cosine > 0.2) {
        const mx = inward[0] + dx;
        const my = inward[1] + dy;
        const times = 2 / (mx * mx + my * my);
        this.pair(points, at, -my * times, mx * times, 0, 0, 0, length);
        this.join();
        continue;
      }
      if (index) {
        this.pair(points, at, -inward[1], inward[0], 0, 0, 0, length);
        this.join();
        this.cap(points, at, inward[0], inward[1], length);
      }
      if (index < count - 1) {
        this.cap(points, at, -dx, -dy, length);
        this.pair(points, at, -dy, dx, 0, 0, 0, length);
      }
    }
  }

  /**
   * Half a round end.
   * @param {Float64Array} points
   * @param {number} at
   * @param {number} dx
   * @param {number} dy
   * @param {number} length
   */
  cap(points, at, dx, dy, length) {
    this.pair(points, at, -dy, dx, 0, 0, 0, length);
    this.pair(points, at, -dy, dx, dx, dy, 1, length);
    this.join();
  }

  /**
   * Two corners beside a point.
   * @param {Float64Array} points
   * @param {number} at
   * @param {number} ox
   * @param {number} oy
   * @param {number} dx
   * @param {number} dy
   * @param {number} beyond
   * @param {number} length
   */
  pair(points, at, ox, oy, dx, dy, beyond, length) {
    const { corners } = this;
    for (const side of [-1, 1]) {
      const to = CORNER_SIZE * this.count++;
      const x = side * ox + dx;
      const y = side * oy + dy;
      corners[to] = points[at];
      corners[to + 1] = points[at + 1];
      corners[to + 2] = points[at + 2];
      corners[to + 3] = points[at + 5];
      corners[to + 4] = x;
      corners[to + 5] = y;
      corners[to + 6] = x * points[at + 3] + y * points[at + 4];
      corners[to + 7] = side;
      corners[to + 8] = beyond;
      corners[to + 9] = length;
      corners[to + 10] = points[at + 6];
      corners[to + 11] = this.style;
    }
  }

  /** Two triangles between the last two pairs. */
  join() {
    const { order, count } = this;
    const at = this.indices;
    order[at] = count - 4;
    order[at + 1] = order[at + 3] = count - 3;
    order[at + 2] = order[at + 4] = count - 2;
    order[at + 5] = count - 1;
    this.indices += 6;
  }

  /**
   * Room for a stroke of so many points.
   * @param {number} count
   */
  reserve(count) {
    const corners = CORNER_SIZE * (this.count + 14 * count);
    const indices = this.indices + 24 * count;
    if (corners > this.corners.length) this.corners = grown(this.corners, new Float32Array(2 * corners));
    if (indices > this.order.length) this.order = grown(this.order, new Uint32Array(2 * indices));
  }

  /** @param {Resources} tools */
  upload({ gl, strip, corners, order }) {
    gl.bindVertexArray(strip);
    uploadBuffer(gl, gl.ARRAY_BUFFER, corners, this.corners.subarray(0, CORNER_SIZE * this.count));
    for (const [location, size, first] of [
      [0, 4, 0],
      [1, 3, 16],
      [2, 4, 28],
      [3, 1, 44],
    ]) {
      attribute(gl, location, size, 4 * CORNER_SIZE, first);
    }
    uploadBuffer(gl, gl.ELEMENT_ARRAY_BUFFER, order, this.order.subarray(0, this.indices));
    gl.bindVertexArray(null);
  }
}

/**
 * @template {Float32Array | Uint32Array} T
 * @param {T} from
 * @param {T} to
 * @returns {T}
 */
function grown(from, to) {
  to.set(from);
  return to;
}

/** @param {number} slope */
const bounded = (slope) => Math.min(Math.max(slope, -STEEPEST), STEEPEST);
