// A browser that has WebAssembly but no SIMD: this file is a process of its own, in which `validate` says so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Program } from "../../../src/steepest/lab/web/model/runs/program.js";
import { Grid } from "../../../src/steepest/lab/web/model/tape/tape.js";
import { lanesAtOnce } from "../../../src/steepest/lab/web/model/tape/wasm/instance.js";
import { bowl, optimizer, plain } from "./tapes.js";

WebAssembly.validate = () => false;
const settings = { lr: 0.05, beta: 0.8 };
const limits = { steps: 300, tol: 1e-6, gtol: 0, seed: 0 };
const { tape, state } = optimizer("momentum", 2);
const programs = [Infinity, 0].map((patience) => Object.assign(new Program(tape, bowl(2, 4), state), { patience }));

test("one number goes at a time", () => assert.equal(lanesAtOnce(), 1));

test("a run is the interpreter's", () => {
  const [wanted, found] = programs.map((program) => plain(program.run([1, -2], settings, limits)));
  assert.deepEqual(found, wanted);
  assert.deepEqual(Object.keys(programs[1].compiled.functions), ["steps"]);
});

test("many runs are the interpreter's", () => {
  const starts = Float64Array.from({ length: 10 }, (_, k) => 3 * Math.cos(k));
  const [wanted, found] = programs.map((program) => program.runMany(starts, settings, limits));
  assert.deepEqual(found, wanted);
});

test("a grid is the interpreter's", () => {
  const axis = Float64Array.from({ length: 31 }, (_, k) => k / 7 - 2);
  const grids = [Infinity, 0].map((patience) => Object.assign(new Grid(bowl(2, 4)), { patience }));
  const [wanted, found] = grids.map((grid) => grid.evaluate(axis, axis));
  assert.deepEqual(found, wanted);
  assert.ok(grids[1].compiled);
});
