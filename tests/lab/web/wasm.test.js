import assert from "node:assert/strict";
import { test } from "node:test";
import { Program } from "../../../src/steepest/lab/web/model/runs/program.js";
import { CODES, FUNCTIONS } from "../../../src/steepest/lab/web/model/tape/operations.js";
import { Grid } from "../../../src/steepest/lab/web/model/tape/tape.js";
import { attempt, instantiate, lanesAtOnce, room } from "../../../src/steepest/lab/web/model/tape/wasm/instance.js";
import { ONE, Slots, TWO } from "../../../src/steepest/lab/web/model/tape/wasm/lanes.js";
import { F64, I32, Module, OP } from "../../../src/steepest/lab/web/model/tape/wasm/module.js";
import { bowl, optimizer, plain } from "./tapes.js";

const NUMBERS = [
  ...[0, -0, 1, -1, 0.5, -0.5, 2, -2, 3.7, -7.25, 1e-300, -5e-324, 1e300, -1.7e308, 700.5, -750],
  ...[Infinity, -Infinity, NaN, Math.PI, 2 ** 52 + 0.5, 4294967296],
];

/** An operation, compiled for so many numbers at once, as a function of lists of operands. */
function compiledOperation(name, lanes) {
  const count = name === "noise" ? 4 : Math.max(1, FUNCTIONS[name].length);
  const inputs = Array.from({ length: count }, (_, k) => k);
  const tape = { inputs: inputs.map(String), constants: [], operations: [[name, ...inputs]], outputs: { f: [count] } };
  const module = new Module();
  module.define("f", [], I32, (body) => {
    const slots = new Slots(body, tape, lanes);
    for (const slot of inputs) {
      body.integer(0);
      body.memory(lanes.load, 16 * slot);
      body.set(slots.at(slot));
    }
    slots.compute([count]);
    slots.store([count], 100);
    body.integer(0);
  });
  const { f } = instantiate(module);
  return (...operands) => {
    const memory = room(128);
    for (const [k, values] of operands.entries()) memory.set(values, 2 * k);
    f();
    return [...memory.subarray(100, 100 + lanes.count)];
  };
}

test("there is SIMD, or what follows proves less than it says", () => assert.equal(lanesAtOnce(), 2));

for (const name of CODES.keys()) {
  test(`${name} is the interpreter's, of one number and of two`, () => {
    const [one, two] = [ONE, TWO].map((lanes) => compiledOperation(name, lanes));
    const wanted = FUNCTIONS[name];
    for (const a of NUMBERS) {
      for (const b of NUMBERS) {
        const [c, d] = [a * b + 1, 3];
        const results = [wanted(a, b, c, d), wanted(b, a, d, c)];
        assert.deepEqual(one([a], [b], [c], [d]), results.slice(0, 1), `${name} of ${[a, b, c, d]}`);
        assert.deepEqual(two([a, b], [b, a], [c, d], [d, c]), results, `${name} of ${[a, b, c, d]}`);
      }
    }
  });
}

test("integers are written so that they are read", () => {
  const numbers = [0, 1, 63, 64, 127, 128, 8191, 8192, 16383, 16384, 1048575, 1048576, 2 ** 31 - 1];
  const module = new Module();
  for (const number of numbers) module.define(`f${number}`, [], I32, (body) => body.integer(number));
  const found = instantiate(module);
  assert.deepEqual(
    numbers.map((number) => found[`f${number}`]()),
    numbers,
  );
});

test("a function may have hundreds of variables, far apart in the memory", () => {
  const module = new Module();
  module.define("f", [F64], F64, (body) => {
    const locals = Array.from({ length: 300 }, () => body.local(F64));
    for (const [k, local] of locals.entries()) {
      body.get(k ? local - 1 : 0);
      body.float(1);
      body.emit(ONE.native.add);
      body.set(local);
    }
    body.integer(0);
    body.get(locals[299]);
    body.memory(ONE.store, 8 * 20000);
    body.get(locals[299]);
  });
  const memory = room(20001);
  assert.equal(instantiate(module).f(0.5), 300.5);
  assert.equal(memory[20000], 300.5);
});

test("what cannot be compiled is interpreted", () => {
  const broken = () => {
    const module = new Module();
    module.define("f", [], I32, (body) => body.emit(OP.I32_ADD)); // with nothing to add
    return instantiate(module);
  };
  assert.throws(broken, WebAssembly.CompileError);
  assert.equal(attempt(broken), null);
});

const SETTINGS = { lr: 0.01, beta: 0.9 };
const made = (patience) => {
  const { tape, state } = optimizer("momentum", 2);
  return Object.assign(new Program(tape, bowl(2, 4), state), { patience });
};

test("a run goes on in WebAssembly where its interpreter stopped, over any number of calls", () => {
  for (const steps of [0, 1, 2, 1023, 1024, 1025, 5000]) {
    const limits = { steps, tol: 0, gtol: 0, seed: 0 };
    const [wanted, ...found] = [Infinity, 0, 1, 1000].map((patience) =>
      plain(made(patience).run([1, -2], SETTINGS, limits)),
    );
    for (const each of found) assert.deepEqual(each, wanted, `${steps} steps`);
  }
});

test("a program compiles when it has interpreted enough, and runs of few steps add up", () => {
  const program = made(100);
  const limits = { steps: 40, tol: 0, gtol: 0, seed: 0 };
  const compiled = Array.from({ length: 4 }, () => program.run([1, 1], SETTINGS, limits) && Boolean(program.compiled));
  assert.deepEqual(compiled, [false, false, true, true]);
});

test("programs and grids share their memory without a trace", () => {
  const limits = { steps: 300, tol: 0, gtol: 0, seed: 0 };
  const [one, other] = [made(0), made(0)];
  const first = plain(one.run([1, 2], SETTINGS, limits));
  other.run([-3, 5], { lr: 0.1, beta: 0.1 }, { ...limits, steps: 700 });
  const axis = Float64Array.from({ length: 901 }, (_, k) => k / 100);
  Object.assign(new Grid(bowl(1, 3)), { patience: 0 }).evaluate(axis, axis); // the memory grows
  assert.deepEqual(plain(one.run([1, 2], SETTINGS, limits)), first);
});

test("many runs end as each of them does, also an odd number of them", () => {
  const limits = { steps: 500, tol: 1e-6, gtol: 0, seed: 0 };
  for (const count of [1, 2, 7]) {
    const starts = Float64Array.from({ length: 2 * count }, (_, k) => 4 * Math.sin(k + 1));
    const { steps, positions, values, stops } = made(0).runMany(starts, SETTINGS, limits);
    assert.equal(steps.length, count);
    for (let k = 0; k < count; k++) {
      const run = made(Infinity).run([...starts.subarray(2 * k, 2 * k + 2)], SETTINGS, limits);
      assert.deepEqual(
        [steps[k], values[k], ...positions.subarray(2 * k, 2 * k + 2)],
        [run.steps, run.values[run.steps], ...run.positions.subarray(2 * run.steps, 2 * run.steps + 2)],
      );
      assert.equal(stops[k] === "step", run.ending.kind === "converged");
    }
  }
  assert.deepEqual(made(0).runMany(new Float64Array(0), SETTINGS, limits).stops, []);
});

for (const [columns, rows] of [
  [1, 1],
  [2, 3],
  [401, 300],
  [40000, 2],
]) {
  test(`a grid of ${columns} by ${rows} is the interpreter's`, () => {
    const x = Float64Array.from({ length: columns }, (_, k) => k - columns / 3);
    const y = Float64Array.from({ length: rows }, (_, k) => 1 / (k - 1));
    for (const [tape, axis] of [
      [bowl(2, 4), y],
      [bowl(3), null],
    ]) {
      const [wanted, found] = [Infinity, 0].map((patience) => {
        const grid = Object.assign(new Grid(tape), { patience });
        const values = grid.evaluate(x, axis);
        assert.equal(Boolean(grid.compiled), patience === 0);
        return values;
      });
      assert.deepEqual(found, wanted);
    }
  });
}
