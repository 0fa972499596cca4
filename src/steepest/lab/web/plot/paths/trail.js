// @ts-check
/** The steps that a run has taken, drawn on as time goes on: a line with its halo, and a dot for each step. */
import { markerPath } from "../marker.js";
import { pixelAt } from "./path.js";

/** @typedef {import("../plane.js").Scene} Scene */
/** @typedef {import("../plot_area.js").PlotArea} PlotArea */
/** @typedef {import("../../model/store.js").SceneRun} SceneRun */
/** Two ends of a line, and whether it goes on from the one before it. @typedef {{ends: number[], goesOn: boolean}} Piece */

const SAME = 0.5; // pixels: a step that is shorter is not drawn
const DOTS_APART = 7; // pixels

export class Trail {
  /** The step that was reached. */
  step = 0;
  /** Pixels that were drawn, which tells where the dashes go on. */
  length = 0;
  interrupted = true;
  dot = [Infinity, Infinity];
  dots = 0;

  /**
   * @param {PlotArea} area
   * @param {Scene} scene
   * @param {SceneRun} sceneRun
   */
  constructor(area, scene, sceneRun) {
    this.area = area;
    this.scene = scene;
    this.sceneRun = sceneRun;
    this.pixel = pixelAt(area, scene, sceneRun.run, 0);
  }

  /**
   * Draw on, up to a step or between two.
   * @param {any} halos the context of the halos
   * @param {any} lines that of the lines and the dots, which may be the same
   * @param {number} until
   */
  extend(halos, lines, until) {
    const { style, run } = this.sceneRun;
    const { theme } = this.scene;
    const { length } = this;
    const isCurve = run.count === 1; // on a curve a halo would hide it
    const pieces = this.pieces(until);
    if (pieces.length) {
      if (!isCurve) {
        halos.strokeStyle = theme.paper;
        halos.lineJoin = halos.lineCap = "round";
        halos.lineWidth = 4.4;
        halos.globalAlpha = 0.75;
        stroke(halos, pieces);
        halos.globalAlpha = 1;
      }
      lines.strokeStyle = style.color;
      lines.lineWidth = isCurve ? 1.3 : 2;
      lines.lineJoin = "round";
      lines.lineCap = "butt";
      lines.setLineDash(style.dash.map((part) => part * 2));
      lines.lineDashOffset = length;
      stroke(lines, pieces);
      lines.setLineDash([]);
      lines.lineDashOffset = 0;
    }
    this.drawDots(lines, until);
  }

  /**
   * The lines from where it is to a step, without those that are too short to be seen.
   * @param {number} until
   */
  pieces(until) {
    const { area, scene, sceneRun } = this;
    /** @type {Piece[]} */
    const found = [];
    while (this.step < until) {
      this.step = Math.min(Math.floor(this.step) + 1, until);
      const [ax, ay] = this.pixel;
      const [bx, by] = pixelAt(area, scene, sceneRun.run, this.step);
      if (Math.abs(bx - ax) + Math.abs(by - ay) < SAME) continue;
      const ends = area.clipped(ax, ay, bx, by);
      if (ends) {
        found.push({ ends, goesOn: !this.interrupted });
        this.length += Math.hypot(ends[2] - ends[0], ends[3] - ends[1]);
      }
      this.interrupted = !ends || ends[2] !== bx || ends[3] !== by;
      this.pixel = [bx, by];
    }
    return found;
  }

  /**
   * @param {any} context
   * @param {number} until
   */
  drawDots(context, until) {
    const { area, scene, sceneRun } = this;
    const { run, style } = sceneRun;
    context.fillStyle = style.color;
    for (; this.dots <= until; this.dots++) {
      const [x, y] = pixelAt(area, scene, run, this.dots);
      if (Math.hypot(x - this.dot[0], y - this.dot[1]) < DOTS_APART || !area.contains(x, y)) continue;
      this.dot = [x, y];
      markerPath(context, style.marker, x, y, run.count === 1 ? 4 : 3);
      context.fill();
    }
  }
}

/**
 * @param {any} context
 * @param {Piece[]} pieces
 */
function stroke(context, pieces) {
  context.beginPath();
  for (const [index, { ends, goesOn }] of pieces.entries()) {
    if (!goesOn || !index) context.moveTo(ends[0], ends[1]);
    context.lineTo(ends[2], ends[3]);
  }
  context.stroke();
}
