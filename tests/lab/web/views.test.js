import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Grid } from "../../../src/steepest/lab/web/model/tape/tape.js";
import { boxAround } from "../../../src/steepest/lab/web/plot/limits/limits.js";
import { widened } from "../../../src/steepest/lab/web/plot/limits/neighborhood.js";

const VIEWS = readFileSync(new URL("../../plot/scene/views.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

for (const { formula, start, rates, base, tape, runs, view } of VIEWS) {
  test(`the page shows the same part of ${formula} from ${start} with lr ${rates} as Python`, () => {
    const grid = new Grid(tape);
    const given = runs.map(({ positions, values, ending }) => ({
      positions: Float64Array.from(positions),
      values: values.map((value) => value ?? Number.NaN),
      steps: values.length - 1,
      count: start.length,
      ending: { kind: ending },
    }));
    const found = boxAround(given, start, base, ([x, y]) => grid.evaluate(x, y ?? null));
    for (const [i, [low, high]] of found.entries()) {
      const tolerance = 1e-9 * (view[i][1] - view[i][0]);
      assert.ok(
        Math.abs(low - view[i][0]) <= tolerance && Math.abs(high - view[i][1]) <= tolerance,
        `${found}, ${view}`,
      );
    }
  });
}

test("a view without a spread of values, or of none, is left as it is", () => {
  const box = [[0, 1]];
  const evaluate = (value) => (axes) => new Float64Array(axes[0].length).fill(value);
  for (const value of [3, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(widened(box, box, [0.5], evaluate(value)), box);
  }
});
