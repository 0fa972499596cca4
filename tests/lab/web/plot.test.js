import assert from "node:assert/strict";
import { test } from "node:test";
import { levelText } from "../../../src/steepest/lab/web/model/format.js";
import { clip } from "../../../src/steepest/lab/web/plot/canvas/clip.js";
import { SvgContext } from "../../../src/steepest/lab/web/plot/canvas/svg_context.js";
import { channels, mix, shades } from "../../../src/steepest/lab/web/plot/color.js";
import { levels, paint } from "../../../src/steepest/lab/web/plot/contour.js";
import { boxAround, curveLimits, equalScale } from "../../../src/steepest/lab/web/plot/limits/limits.js";
import { drawPairs } from "../../../src/steepest/lab/web/plot/paths/pair_plots.js";
import { PlotArea } from "../../../src/steepest/lab/web/plot/plot_area.js";
import { runStyle } from "../../../src/steepest/lab/web/plot/run_style.js";

const UNIT = [0, 1];
const THEME = {
  paper: "#ffffff",
  nowhere: "#808080",
  colormap: ["#000000", "#ff0000"],
  muted: 0,
  level: ["#0000ff", 1],
  colors: ["#111111", "#222222"],
  markers: ["o", "s"],
  dashes: [[], [4, 2]],
};
const even = (count) => Float64Array.from({ length: count }, (_, k) => k / (count - 1));
const run = (positions, values, kind = "converged") => ({
  positions: Float64Array.from(positions.flat()),
  values: Float64Array.from(values),
  count: positions[0].length ?? 1,
  steps: values.length - 1,
  ending: { kind },
});
/** A picture of 100 by 100 pixels over the unit square. */
const area = () => Object.assign(new PlotArea(), { width: 156, height: 138, box: [UNIT, UNIT] });

for (const [line, shares] of [
  [
    [0.2, 0.2, 0.8, 0.8],
    [0, 1],
  ],
  [
    [-1, 0.5, 1, 0.5],
    [0.5, 1],
  ],
  [
    [-1, -1, 2, 2],
    [1 / 3, 2 / 3],
  ],
  [[2, 0, 2, 1], null],
  [
    [0.5, 0.5, 0.5, 3],
    [0, 0.2],
  ],
  [[-1, 0, 0, 3], null],
]) {
  test(`the line ${line} is clipped to the unit square`, () => assert.deepEqual(clip(...line, UNIT, UNIT), shares));
}

test("pixels and positions are each other's inverse", () => {
  const plot = area();
  assert.deepEqual([plot.toX(0), plot.toX(1), plot.toY(0), plot.toY(1)], [46, 146, 110, 10]);
  assert.deepEqual(plot.fromPixels(plot.toX(0.25), plot.toY(0.75)), [0.25, 0.75]);
});

test("a zoom keeps what is under the pointer, a pan moves everything", () => {
  const plot = area();
  const before = plot.fromPixels(71, 35);
  assert.ok(plot.zoomAround(71, 35, 0.5));
  assert.deepEqual(plot.box, [
    [0.125, 0.625],
    [0.375, 0.875],
  ]);
  assert.deepEqual(plot.fromPixels(71, 35), before);
  assert.ok(plot.pan(100, 0));
  assert.deepEqual(plot.box[0], [-0.375, 0.125]);
});

test("an axis is neither too narrow for its numbers nor endless", () => {
  const plot = area();
  assert.ok(!plot.zoomAround(50, 50, 1e-14));
  assert.ok(!plot.zoomAround(50, 50, 1e13));
  assert.deepEqual(plot.box, [UNIT, UNIT]);
});

test("a coordinate has the digits that a pixel can tell", () => {
  const plot = area();
  plot.box = [
    [0, 1000],
    [0, 1],
  ];
  assert.equal(plot.rounded(123.456, 0), 120);
  assert.equal(plot.rounded(0.123456, 1), 0.12);
});

test("lines are cut a little beyond the picture", () => {
  const plot = area();
  assert.deepEqual(plot.clipped(50, 50, 60, 60), [50, 50, 60, 60]);
  assert.deepEqual(plot.clipped(50, 50, 366, 50), [50, 50, 166, 50]);
  assert.equal(plot.clipped(-500, 50, -400, 60), null);
});

test("levels of even values are even", () => {
  const found = levels(even(1001), Number.POSITIVE_INFINITY);
  assert.equal(found.spacing, "linear");
  assert.equal(found.levels.length, 17);
  for (const [k, level] of found.levels.entries()) assert.ok(Math.abs(level - k / 16) < 1e-12);
});

test("levels of a valley are logarithmic, of a constant two", () => {
  const valley = even(1001).map((share) => Math.exp(20 * share));
  const found = levels(valley, Number.POSITIVE_INFINITY);
  assert.equal(found.spacing, "log");
  assert.ok(found.levels.every((level, k) => !k || level > found.levels[k - 1]));
  assert.deepEqual([...levels(new Float64Array(9).fill(3), Number.POSITIVE_INFINITY).levels], [0, 6]);
  assert.deepEqual([...levels(new Float64Array(9).fill(Number.NaN), 0).levels], [-1, 1]);
});

test("bands are painted in their colors, nothing in that of nowhere", () => {
  const image = { width: 4, height: 2, data: new Uint8ClampedArray(4 * 4 * 2) };
  const paintAll = (value) => {
    paint(image, new Float64Array(4).fill(value), 2, 2, Float64Array.of(0, 1, 2), THEME, 1);
    return [...image.data.slice(0, 4)];
  };
  assert.deepEqual(paintAll(0.5), [0, 0, 0, 255]);
  assert.deepEqual(paintAll(1.5), [255, 0, 0, 255]);
  assert.deepEqual(paintAll(Number.NaN), [128, 128, 128, 255]);
});

test("the view that is known is kept where the paths are inside", () => {
  const base = [
    [-2, 2],
    [-1, 3],
  ];
  const path = run(
    [
      [1, 1],
      [0.5, 0.5],
      [0, 0],
    ],
    [2, 0.5, 0],
  );
  assert.deepEqual(
    boxAround([path], [1, 1], base, () => new Float64Array()),
    base,
  );
});

test("a view without one has the path and room beside it", () => {
  const path = run([[3], [1], [0]], [9, 1, 0]);
  const [[low, high]] = boxAround([path], [3], null, () => new Float64Array());
  assert.ok(low <= -1.8 && high >= 3);
});

test("a box is widened for one scale unless that takes too much", () => {
  const box = [
    [0, 2],
    [0, 1],
  ];
  assert.deepEqual(equalScale(box, 1), [
    [0, 2],
    [-0.5, 1.5],
  ]);
  const long = [
    [0, 10],
    [0, 1],
  ];
  assert.equal(equalScale(long, 1), long);
});

test("a curve is shown up to where the runs were, a pole is not", () => {
  const values = even(801).map((share) => share * share);
  const [low, high] = curveLimits([0, 1], values, [run([[1], [0]], [1, 0])]);
  assert.ok(low < 0 && low > -0.2 && high > 1 && high < 1.2);
  const pole = even(801).map((share) => 1 / (share - 0.5));
  const [bottom, top] = curveLimits([0, 1], pole, [run([[1], [0.9]], [2, 2.5])]);
  assert.ok(top < 60 && bottom > -200);
  assert.deepEqual(curveLimits([0, 1], new Float64Array(3).fill(Number.NaN), []), [-1, 1]);
});

test("the branch beyond a pole does not flatten a curve, a step is no pole", () => {
  const at = even(801).map((share) => 7.2 * share - 4.2);
  const limits = (/** @type {(x: number) => number} */ curve, /** @type {number[]} */ places) =>
    curveLimits([-4.2, 3], at.map(curve), [run([places], places.map(curve))]);
  const visited = [-3, -2.5, -2];
  const [low, high] = limits((x) => 1 / (x + 3.9) + x, visited);
  assert.ok(low > -6 && high < 30, `${low} ${high}`);
  const [bottom, top] = limits((x) => 1 / (x + 3.9) + 1 / (x - 2.8), visited);
  assert.ok(bottom > -30 && top < 30, `${bottom} ${top}`);
  const step = limits((x) => (x < -3.9 ? -5 : 1), [-4, 2]);
  assert.ok(step[0] < -5 && step[1] > 1);
});

test("runs differ by color first, then by marker and dashes", () => {
  const styles = [0, 1, 2].map((index) => runStyle(THEME, index));
  assert.deepEqual(styles[1], { color: "#222222", marker: "s", dash: [4, 2] });
  assert.equal(styles[2].color, styles[0].color);
  assert.notEqual(styles[2].marker, styles[0].marker);
});

test("colors are mixed channel by channel", () => {
  assert.deepEqual(channels("#ff8001"), [255, 128, 1]);
  assert.deepEqual(mix("#000000", "#ffffff", 0.5), [128, 128, 128]);
  assert.deepEqual(shades(THEME, 2), [
    [0, 0, 0],
    [255, 0, 0],
  ]);
});

test("a picture is written as SVG with what made it", () => {
  const context = new SvgContext(20, 10, "#ffffff");
  context.save();
  context.beginPath();
  context.rect(1, 2, 3, 4);
  context.clip();
  context.beginPath();
  context.moveTo(0, 0.123456);
  context.lineTo(5, 5);
  context.stroke();
  context.fillText("a < b", 1, 2);
  context.restore();
  const text = context.text("x < y", "made by & for");
  assert.match(text, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 20 10" width="20" height="10">/);
  assert.match(text, /<title>x &lt; y<\/title><desc>made by &amp; for<\/desc>/);
  assert.match(text, /<path d="M0 0.12L5 5" fill="none"/);
  assert.equal(text.split("<g ").length, text.split("</g>").length);
});

test("numbers along the axes of pairs stay within the picture, however many digits they have", () => {
  const positions = Float64Array.of(0, 0, 0, 4e5, 250000, -330000);
  const run = { count: 3, steps: 1, positions, values: Float64Array.of(1, 0) };
  const theme = { ink: "#111111", quiet: "#777777", faint: "#dddddd", paper: "#ffffff" };
  const style = { color: "#d55e00", marker: "o", dash: [] };
  const scene = { objective: { names: ["a", "b", "c"] }, start: [0, 0, 0], time: 1, chosen: 0, theme, show: [] };
  const context = new SvgContext(600, 400, "#ffffff");
  const seen = [];
  const fillText = context.fillText.bind(context);
  context.fillText = (text, x, y, most) => {
    if (context.textAlign === "right" && /\d/.test(text)) seen.push([text, x, most]);
    fillText(text, x, y, most);
  };
  drawPairs(context, { width: 600, height: 400 }, { ...scene, sceneRuns: [{ run, style, label: "gd" }] });
  assert.ok(
    seen.some(([text]) => text === "200000"),
    JSON.stringify(seen),
  );
  for (const [text, x, most] of seen) assert.ok(x - most >= 0, `${text} at ${x}, up to ${most} wide`);
});

test("a border of heights that is but rounding beside 0 is 0", () => {
  const told = (...given) => given.map((_, k) => levelText(given, k));
  assert.deepEqual(told(-4.44e-16, 4.3123, 12.9), ["0", "4.31", "12.9"]);
  assert.deepEqual(told(-4.44e-16, 1e-16, 5e-16), ["−4.4e−16", "1e−16", "5e−16"]);
});
