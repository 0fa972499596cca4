// @ts-check
/**
 * What lies over the surface's picture: the numbers and names along the axes, known points, and the steps of the runs.
 */

import { levelText, numbers } from "../model/format.js";
import { SURFACE, SURFACE_AXES, SURFACE_PATH } from "../model/shared.js";
import { CachedLayer } from "../plot/canvas/cached_layer.js";
import { markerPath } from "../plot/marker.js";
import { sees } from "./visibility.js";

/** @typedef {import("./camera.js").Point} Point */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {import("./surface_path.js").SurfacePath} SurfacePath */
/** @typedef {import("./viewport.js").Viewport} Viewport */
/** @typedef {import("./webgl.js").Theme} Theme */
/** @typedef {import("./renderer.js").Run} Run */
/** @typedef {import("./renderer.js").Marker} Marker */
/** @typedef {{x: number, y: number, step: number}} Dot */
/** What is drawn of a renderer. @typedef {import("./renderer.js").SurfaceRenderer} SurfaceRenderer */

const POINT = 4 / 3; // pixels
const { HIDDEN, TICKS, CLEAR, NAME_CLEAR, SHARPEST, HEIGHTS_APART, FARTHER } = SURFACE_AXES;
const { DOT } = SURFACE_PATH;
const DOTS_APART = 9; // pixels
const MOST_DOTS = 120;
const TICK = 5; // pixels
const HEIGHT_NAME = 20;
const PLAIN = "11.5px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";
const ITALIC =
  "italic 18px 'Latin Modern Math', 'STIX Two Math', 'Cambria Math', 'Times New Roman', 'DejaVu Serif', serif";
const DIGIT = { wide: 6.4, high: 8.5 }; // pixels, in the font of the numbers
const NAME = { wide: 10, high: 13 };
/** A marker's shape, its size, and whether it is filled. */
const MARKERS = /** @type {Record<string, [string, number, number]>} */ ({
  minimum: ["*", 1.9, 1],
  "lowest point found": ["*", 1.9, 1],
  "local minimum": ["*", 1.3, 0],
  saddle: ["x", 0.8, 0],
  "flat spot": ["x", 0.8, 0],
});

export class Overlay {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    Object.assign(this.canvas.style, { position: "absolute", pointerEvents: "none" });
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.layer = new CachedLayer();
    /** The steps of each run that have a dot. @type {Dot[][]} */
    this.dots = [];
  }

  /**
   * Choose the steps that have a dot, for a new camera.
   * @param {Surface} surface
   * @param {Viewport} viewport
   * @param {SurfacePath[]} paths
   */
  arrange(surface, viewport, paths) {
    this.dots = paths.map((path) => dots(path, surface, viewport));
  }

  /**
   * Draw everything.
   * @param {SurfaceRenderer} renderer
   */
  draw(renderer) {
    const { context } = this;
    const { surface, density, markers, surfaceRuns, colors: theme, viewport, step } = renderer;
    const { width, height } = viewport;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    if (!surface) return;
    this.drawLabels(renderer, surface);
    // Markers are smaller in a small picture.
    const grain = Math.min(Math.max(Math.min(width, 1.3 * height) / 520, 0.75), 1);
    const size = (theme.mark_size ?? 7.5) * POINT * grain;
    const view = { surface, viewport };
    for (const { kind, position } of markers) {
      const point = surface.pointAt(position[0], position[1]);
      const [shape, large, filled] = MARKERS[kind] ?? MARKERS.saddle;
      const cross = shape === "x";
      const fill = filled ? theme.minimum : cross ? null : theme.paper;
      const line = cross ? theme.saddle : theme.ink;
      this.drawMarker(view, shape, point, large * size, fill, line, (cross ? 1.6 : 0.8) * POINT);
    }
    for (const [index, dots] of this.dots.entries()) {
      this.drawDots(dots, surfaceRuns[index].run, step, (theme.dot_size ?? 4) * POINT * grain, theme);
    }
    const starts = surfaceRuns.map(({ run }) => `${run.points[0]} ${run.points[1]}`);
    surfaceRuns.forEach(({ run, path }, index) => {
      const over = Math.min(starts.slice(index + 1).filter((start) => start === starts[index]).length, 3);
      const ring = size + (1 + 3.4 * over) * POINT * grain;
      this.drawMarker(view, run.marker ?? "o", pointOf(path, 0), ring, null, run.color, 1.6 * POINT);
    });
    for (const { run, path } of surfaceRuns) {
      this.drawMarker(
        view,
        run.marker ?? "o",
        pointAtStep(path, surface, step),
        size,
        run.color,
        theme.paper,
        1.1 * POINT,
      );
    }
  }

  /**
   * The numbers and the names along the axes.
   * @param {SurfaceRenderer} renderer
   * @param {Surface} surface
   */
  drawLabels({ viewport, names, spacing, colors: theme }, surface) {
    const labels = axisLabels(surface, viewport, names);
    const heights = heightLabels(surface, viewport);
    const key = [JSON.stringify([labels, heights]), theme.ink, spacing];
    this.layer.show(this.context, viewport.width, key, (context) => {
      [context.font, context.fillStyle] = [PLAIN, theme.quiet];
      if (spacing !== "linear") context.fillText("heights on a logarithmic scale", 4, 14);
      [context.textAlign, context.textBaseline] = ["center", "middle"];
      [context.font, context.fillStyle] = [PLAIN, theme.quiet];
      for (const { name, text, x, y } of labels) {
        if (!name) context.fillText(text, text.startsWith("\u2212") ? x - 1.8 : x, y); // the digits are centered
      }
      context.textAlign = "right";
      [context.strokeStyle, context.lineWidth] = [theme.quiet, 1];
      context.beginPath();
      for (const { x, y, text } of uncrowded(heights)) {
        context.fillText(text, x - TICK - 4, y);
        context.moveTo(x - TICK, y);
        context.lineTo(x, y);
      }
      context.moveTo(heights[0].x, heights[0].y);
      const top = heights[heights.length - 1];
      context.lineTo(top.x, top.y);
      context.stroke();
      [context.font, context.fillStyle] = [ITALIC, theme.ink];
      context.fillText("f", top.x - TICK - 4, top.y - HEIGHT_NAME);
      context.textAlign = "center";
      for (const { name, text, x, y } of labels) if (name) context.fillText(text, x, y);
    });
  }

  /**
   * The steps of a run that can be told apart.
   * @param {Dot[]} dots
   * @param {Run} run
   * @param {number} until
   * @param {number} size
   * @param {Theme} theme
   */
  drawDots(dots, run, until, size, theme) {
    const { context } = this;
    for (const { x, y, step } of dots) {
      if (step > until) break;
      markerPath(context, run.marker ?? "o", x, y, size / 2);
      [context.fillStyle, context.strokeStyle, context.lineWidth] = [run.color, theme.paper, 0.5 * POINT];
      context.fill();
      context.stroke();
    }
  }

  /**
   * A marker, faint where the surface hides it.
   * @param {{surface: Surface, viewport: Viewport}} view
   * @param {string} shape
   * @param {Point | null} point
   * @param {number} size
   * @param {string | null} fill
   * @param {string} line
   * @param {number} lineWidth
   */
  drawMarker({ surface, viewport }, shape, point, size, fill, line, lineWidth) {
    if (!point) return;
    const { context } = this;
    const { x, y } = viewport.project(point);
    context.globalAlpha = sees(surface, viewport.camera, viewport.frame().scale, ...point) ? 1 : HIDDEN;
    markerPath(context, shape, x, y, size / 2);
    if (fill && shape !== "x") {
      context.fillStyle = fill;
      context.fill();
    }
    [context.strokeStyle, context.lineWidth] = [line, lineWidth];
    context.stroke();
    context.globalAlpha = 1;
  }
}

/**
 * The numbers and the names along the two sides of the floor that are near the camera.
 * @param {Surface} surface
 * @param {Viewport} viewport
 * @param {readonly string[]} names
 */
export function axisLabels(surface, viewport, names) {
  const { camera } = viewport;
  const found = [];
  for (const axis of [0, 1]) {
    const other = 1 - axis;
    const side = camera.away[other] > -1e-9 ? -1 : 1;
    const outward = unit([side * camera.right[other], -side * camera.sine * camera.away[other]]);
    const along = unit([camera.right[axis], -camera.sine * camera.away[axis]]);
    const across = [Math.abs(along[1]), Math.abs(along[0])]; // of the side of the floor
    const slant = Math.max(Math.abs(outward[0] * along[1] - outward[1] * along[0]), SHARPEST);
    let reach = 0; // of the numbers from the floor
    const ticks = numbers(surface.view[axis], viewport.width < 420 ? TICKS - 1 : TICKS);
    const texts = ticks.map((tick) => ({ ...tick, name: false }));
    for (const { share, text, name } of [...texts, { share: 0.5, text: names[axis] ?? "", name: true }]) {
      const point = /** @type {Point} */ ([0, 0, SURFACE.FLOOR]);
      point[axis] = (2 * share - 1) * surface.half[axis];
      point[other] = side * surface.half[other];
      const { x, y } = viewport.project(point);
      const { wide, high } = name ? NAME : DIGIT;
      const half = (across[0] * wide * text.length + across[1] * high) / 2;
      const far = (name ? Math.max(reach + NAME_CLEAR * POINT, CLEAR * POINT) : CLEAR * POINT) + half;
      if (!name) reach = Math.max(reach, far + half);
      found.push({ text, name, x: x + (far / slant) * outward[0], y: y + (far / slant) * outward[1] });
    }
  }
  return found;
}

/**
 * @param {number[]} vector
 */
function unit(vector) {
  const length = Math.hypot(...vector);
  return vector.map((part) => part / length);
}

/**
 * The numbers along the height axis, which stands at the corner farthest to the left, of two at the one farther away:
 * levels lie at equal heights.
 * @param {Surface} surface
 * @param {Viewport} viewport
 */
export function heightLabels({ half, levels, bands }, viewport) {
  const { right, away } = viewport.camera;
  const corners = [-1, 1].flatMap((a) => [-1, 1].map((b) => [a * half[0], b * half[1]]));
  const across = corners.map(([x, y]) => x * right[0] + y * right[1] - FARTHER * (x * away[0] + y * away[1]));
  const [x, y] = corners[across.indexOf(Math.min(...across))];
  const shares = bands % 4 ? [0, bands] : [0, bands / 4, bands / 2, (3 * bands) / 4, bands];
  return shares.map((level) => {
    const at = viewport.project([x, y, (SURFACE.RISE * level) / bands]);
    return { x: at.x, y: at.y, text: levelText(levels, level) };
  });
}

/**
 * Numbers of the height axis, from below, without those that are too near to the one before.
 * @template {{y: number}} Label
 * @param {Label[]} heights
 */
export function uncrowded(heights) {
  let next = Number.POSITIVE_INFINITY;
  return heights.filter(({ y }) => {
    if (y > next) return false;
    next = y - HEIGHTS_APART * POINT;
    return true;
  });
}

/**
 * The point of a step; null outside.
 * @param {{places: Float64Array}} path
 * @param {number} step
 * @returns {Point | null}
 */
function pointOf({ places }, step) {
  const [x, y, z] = places.subarray(3 * step, 3 * step + 3);
  return x === undefined || Number.isNaN(x) ? null : [x, y, z];
}

/**
 * Where a run is at a step, or between two.
 * @param {SurfacePath} path
 * @param {Surface} surface
 * @param {number} at
 * @returns {Point | null}
 */
export function pointAtStep({ unit, places }, surface, at) {
  const last = (unit.length >> 1) - 1;
  const step = Math.min(Math.max(at, 0), last);
  const from = Math.floor(step);
  const share = step - from;
  if (last < 0 || !share) return pointOf({ places }, from);
  const [u, v] = [0, 1].map(
    (axis) => unit[2 * from + axis] + share * (unit[2 * from + 2 + axis] - unit[2 * from + axis]),
  );
  const found = [0, 0, 0];
  return surface.interpolate(u, v, found, 0, false) ? [found[0], found[1], found[2]] : null;
}

/**
 * The steps in front that are long enough to be told apart.
 * @param {SurfacePath} path
 * @param {Surface} surface
 * @param {Viewport} viewport
 */
function dots({ unit, places }, surface, viewport) {
  const found = /** @type {Dot[]} */ ([]);
  const { scale } = viewport.frame();
  const last = (unit.length >> 1) - 1;
  const long = (/** @type {number} */ step) =>
    step >= 0 &&
    step < last &&
    Math.hypot(unit[2 * step + 2] - unit[2 * step], unit[2 * step + 3] - unit[2 * step + 1]) >= DOT;
  for (let step = 1; step <= last && found.length < MOST_DOTS; step++) {
    const point = pointOf({ places }, step);
    if (!point || !(long(step - 1) || long(step))) continue;
    const { x, y } = viewport.project(point);
    if (found.some((dot) => Math.hypot(dot.x - x, dot.y - y) < DOTS_APART)) continue;
    if (sees(surface, viewport.camera, scale, ...point)) found.push({ x, y, step });
  }
  return found;
}
