// A browser without WebAssembly, or a policy that refuses it: this file is a process of its own, which has none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Program } from "../../../src/steepest/lab/web/model/runs/program.js";
import { Grid } from "../../../src/steepest/lab/web/model/tape/tape.js";
import { lanesAtOnce } from "../../../src/steepest/lab/web/model/tape/wasm/instance.js";
import { bowl, optimizer } from "./tapes.js";

WebAssembly.Module = class {
  constructor() {
    throw new WebAssembly.CompileError("refused by a policy");
  }
};
const limits = { steps: 40_000, tol: 0, gtol: 0, seed: 0 }; // more than is interpreted where there is WebAssembly
const { tape, state } = optimizer("gd", 2);

test("no number goes at once", () => assert.equal(lanesAtOnce(), 0));

test("a long run is interpreted to its end", () => {
  const program = new Program(tape, bowl(1, 2), state);
  const run = program.run([1, 1], { lr: 2 ** -16 }, limits);
  assert.equal(program.compiled, null);
  assert.equal(run.steps, 40_000);
  for (const k of [1, 100, 30_000]) {
    const wanted = [1, 2].map((curvature) => (1 - curvature * 2 ** -16) ** k);
    wanted.forEach((value, i) => {
      assert.ok(Math.abs(run.positions[2 * k + i] - value) < 1e-12);
    });
  }
  const again = program.run([1, 1], { lr: 2 ** -16 }, limits);
  assert.equal(again.ending.kind, "step_limit");
});

test("many runs are interpreted", () => {
  const program = new Program(tape, bowl(1, 2), state);
  const { steps, positions } = program.runMany(Float64Array.of(1, 1, -2, 0), { lr: 0.5 }, { ...limits, steps: 3 });
  assert.deepEqual([...steps], [3, 3]);
  assert.deepEqual([...positions], [0.125, 0, -0.25, 0]);
});

test("a picture is interpreted", () => {
  const axis = Float64Array.from({ length: 900 }, (_, k) => k / 100 - 4.5);
  const grid = new Grid(bowl(2, 4));
  const values = grid.evaluate(axis, axis);
  assert.equal(grid.compiled, null);
  assert.equal(values[3 * 900 + 7], 2 * 0.5 * axis[7] * axis[7] + 0.5 * 4 * axis[3] * axis[3]);
});
