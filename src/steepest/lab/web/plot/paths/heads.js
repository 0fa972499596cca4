// @ts-check
/** Where the runs are now. Those at one place share a disk in their colors, as in Python's pictures. */
import { OVERLAP } from "../../model/shared.js";
import { drawHead, pixelAt } from "./path.js";

/** @typedef {import("../plane.js").Scene} Scene */
/** @typedef {import("../plot_area.js").PlotArea} PlotArea */
/**
 * A run's place among those that are at one place with it.
 * @typedef {{number: number, count: number, leader: number}} Share
 */

const RADIUS = 10; // pixels of a disk
const ARC = 24; // corners of a part of it

/**
 * For each run its share of the marker at its place: the port of `steepest.plot.scene.overlap.shares`.
 * @param {number[][]} places in shares of the view
 * @returns {Share[]}
 */
export function shares(places) {
  /** @type {number[]} */
  const leaders = [];
  places.forEach(([x, y], index) => {
    const near = (/** @type {number} */ each) =>
      leaders[each] === each && Math.hypot(places[each][0] - x, places[each][1] - y) < OVERLAP.SAME_PLACE;
    leaders.push([...leaders.keys()].find(near) ?? index);
  });
  return leaders.map((leader, index) => ({
    number: leaders.slice(0, index).filter((each) => each === leader).length,
    count: leaders.filter((each) => each === leader).length,
    leader,
  }));
}

/**
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 */
export function drawHeads(context, area, scene) {
  const { sceneRuns, time, theme } = scene;
  const pixels = sceneRuns.map(({ run }) => pixelAt(area, scene, run, Math.min(time, run.steps)));
  const found = shares(pixels.map(([x, y]) => [x / area.plotWidth, y / area.plotHeight]));
  sceneRuns.forEach((sceneRun, index) => {
    const { count, number, leader } = found[index];
    if (count === 1) {
      drawHead(context, area, scene, sceneRun);
      return;
    }
    const [x, y] = pixels[leader];
    const corner = (/** @type {number} */ part) => {
      const angle = (2 * Math.PI * (number + part)) / count;
      return [x + RADIUS * Math.sin(angle), y - RADIUS * Math.cos(angle)]; // clockwise from the top
    };
    context.beginPath();
    context.moveTo(x, y);
    for (let k = 0; k <= ARC; k++) context.lineTo(...corner(k / ARC));
    context.closePath();
    context.fillStyle = sceneRun.style.color;
    context.strokeStyle = theme.paper;
    context.lineWidth = 1.2;
    context.fill();
    context.stroke();
  });
}
