import assert from "node:assert/strict";
import { test } from "node:test";
import { eigenvalues, hessianAt } from "../../../src/steepest/lab/web/model/curvature.js";
import { asCommand, asCsv, asJson, asPython } from "../../../src/steepest/lab/web/model/export.js";
import {
  exact,
  general,
  powerText,
  pretty,
  short,
  ticks,
  valueTexts,
} from "../../../src/steepest/lab/web/model/format.js";
import { Program, quantityAt } from "../../../src/steepest/lab/web/model/runs/program.js";
import { OPERATIONS } from "../../../src/steepest/lab/web/model/shared.js";
import { Stability } from "../../../src/steepest/lab/web/model/stability.js";
import { fromFragment, toFragment } from "../../../src/steepest/lab/web/model/state.js";
import { Builder } from "../../../src/steepest/lab/web/model/tape/builder.js";
import { link } from "../../../src/steepest/lab/web/model/tape/lowering.js";
import { apply, BY_CODE, CODES } from "../../../src/steepest/lab/web/model/tape/operations.js";
import { Grid, Machine } from "../../../src/steepest/lab/web/model/tape/tape.js";
import { bowl, optimizer } from "./tapes.js";

const LIMITS = { steps: 30, tol: 0, gtol: 0, seed: 0 };
const close = (found, wanted, tolerance = 1e-12) =>
  assert.ok(Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${found} is not ${wanted}`);
const value = (name, ...values) => apply(CODES.get(name), ...values, ...[0, 0, 0, 0].slice(values.length));
const program = (name, ...curvatures) => {
  const { tape, state } = optimizer(name, curvatures.length);
  return new Program(tape, bowl(...curvatures), state);
};

test("every operation that Python knows has a function", () => {
  assert.deepEqual([...CODES.keys()], [...OPERATIONS, "noise"]);
  assert.ok(BY_CODE.every((each) => typeof each === "function"));
});

for (const [name, values, wanted] of [
  ["erf", [1], 0.8427007929497149],
  ["erf", [-4], -0.9999999845827421],
  ["sigmoid", [0], 0.5],
  ["softplus", [800], 800],
  ["softplus", [0], Math.log(2)],
  ["hypot", [3, 4], 5],
  ["where", [1, 7, 8], 7],
  ["where", [0, 7, 8], 8],
  ["pow", [1, Number.NaN], 1],
  ["pow", [-1, Number.POSITIVE_INFINITY], 1],
  ["atan2", [1, -1], 0.75 * Math.PI],
]) {
  test(`${name}(${values.join(", ")})`, () => close(value(name, ...values), wanted));
}

test("the builder folds constants and simplifies", () => {
  const builder = new Builder(["x"]);
  const two = builder.constant(2);
  assert.equal(builder.value(builder.emit("mul", two, builder.constant(3))), 6);
  assert.equal(builder.emit("neg", builder.emit("neg", 0)), 0);
  assert.equal(builder.emit("mul", builder.constant(1), 0), 0);
  assert.deepEqual(builder.operation(builder.emit("pow", 0, builder.constant(0.5))), ["sqrt", 0]);
  assert.deepEqual(builder.operation(builder.emit("pow", 0, two)), ["mul", 0, 0]);
  assert.equal(builder.emit("add", 0, two), builder.emit("add", two, 0));
});

test("a linked tape has the step's length apart from the position", () => {
  const machine = new Machine(link(optimizer("gd", 1).tape, bowl(2)));
  machine.registers.set([1e20, 0.25]);
  machine.execute();
  const { outputs } = machine.tape;
  assert.equal(Math.abs(machine.registers[outputs["±step"][0]]), 0.5e20);
});

test("gradient descent on a parabola shrinks by a constant factor", () => {
  const run = program("gd", 2).run([3], { lr: 0.3 }, LIMITS);
  assert.equal(run.steps, 30);
  for (let k = 0; k <= run.steps; k++) close(run.positions[k], 3 * 0.4 ** k);
  close(run.values[2], (3 * 0.16) ** 2);
  close(run.gradients[1], 2 * 3 * 0.4);
});

test("momentum on a parabola follows its recurrence", () => {
  const run = program("momentum", 1, 4).run([1, -2], { lr: 0.1, beta: 0.5 }, LIMITS);
  let [x, v] = [-2, 0];
  for (let k = 1; k <= run.steps; k++) {
    v = 0.5 * v + 4 * x;
    x -= 0.1 * v;
    close(run.positions[2 * k + 1], x);
    close(quantityAt(run, run.quantities[0], k)[1], v);
  }
});

for (const [start, hyperparameters, limits, kind, message] of [
  [3, { lr: 0.3 }, { tol: 1e-3 }, "converged", "converged after 10 steps: the last step, 0.000472 long, is shorter"],
  [3, { lr: 0.3 }, { gtol: 1e-2 }, "converged", "converged after 7 steps: the gradient's norm is smaller than gtol"],
  [3, { lr: 1.5 }, { steps: 4 }, "step_limit", "stopped at the step limit after 4 steps; the last one was 72 long"],
  [3, { lr: 1e200 }, {}, "diverged", "diverged at step 1: in the value, -6e+200*-1.2e+201 is larger than any number"],
]) {
  test(`the ending "${message}"`, () => {
    const { ending } = program("gd", 2).run([start], hyperparameters, { ...LIMITS, ...limits });
    assert.equal(ending.kind, kind);
    assert.ok(ending.message.startsWith(message), ending.message);
  });
}

test("an ending that is read after other runs tells of its own", () => {
  const kept = program("gd", 2);
  const limits = { ...LIMITS, steps: 4 };
  const settings = { lr: 1.5 };
  const { ending } = kept.run([3], settings, limits);
  settings.lr = 0.5;
  limits.tol = 0.25;
  assert.match(kept.run([1], settings, limits).ending.message, /^converged after 2 steps: .* tol = 0.25/);
  assert.equal(ending.message, "stopped at the step limit after 4 steps; the last one was 72 long");
});

test("a run of the same limit reuses its arrays", () => {
  const kept = program("gd", 2);
  const { positions } = kept.run([3], { lr: 0.3 }, LIMITS);
  assert.equal(kept.run([1], { lr: 0.3 }, LIMITS).positions, positions);
  assert.notEqual(kept.run([1], { lr: 0.3 }, { ...LIMITS, steps: 5 }).positions, positions);
});

test("a grid has the values of the function", () => {
  const values = new Grid(bowl(2, 4)).evaluate(Float64Array.of(-1, 0, 2), Float64Array.of(0, 3));
  assert.deepEqual([...values], [1, 0, 4, 19, 18, 22]);
});

test("the curvature of a bowl is that of its tape", () => {
  assert.deepEqual(hessianAt(new Machine(bowl(1, 4)), [5, 6]), [1, 0, 0, 4]);
  const found = eigenvalues([2, 1, 1, 2]);
  close(found[0], 1);
  close(found[1], 3);
});

test("gradient descent is stable up to 2 over the curvature, momentum up to 2 (1 + beta)", () => {
  close(new Stability(optimizer("gd", 1), 1).limit(8, { lr: 0.1 }), 0.25, 1e-6);
  close(new Stability(optimizer("momentum", 2), 2).limit(4, { lr: 0.1, beta: 0.9 }), 3.8 / 4, 1e-6);
  assert.equal(new Stability(optimizer("gd", 1), 1).limit(-1, { lr: 0.1 }), null);
});

for (const [number, text] of [
  [0, "0"],
  [1 / 3, "0.3333"],
  [-2.5, "−2.5"],
  [1e-7, "1e−7"],
  [1234567.8, "1.23e6"],
  [0.99999, "0.99999"],
  [Number.NaN, "undefined"],
  [Number.NEGATIVE_INFINITY, "−∞"],
]) {
  test(`${number} is shown as ${text}`, () => assert.equal(short(number), text));
}

test("numbers are written as Python writes them", () => {
  assert.equal(general(1e-5, 6), "1e-05");
  assert.equal(general(123456789, 6), "1.23457e+08");
  assert.equal(exact(1e21), "1e21");
  assert.deepEqual(ticks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.equal(powerText(1e-3), "10⁻³");
  assert.equal(pretty("beta_1"), "β₁");
});

const STATE = {
  schema: 1,
  objective: "x^2 + y^2",
  start: [1, 2],
  steps: 5,
  seed: 0,
  tol: 1e-8,
  gtol: 0,
  optimizers: [{ text: "gd", settings: { lr: 0.1 } }],
  data: null,
};

test("a state goes into a link and comes back", () => {
  assert.deepEqual(fromFragment(toFragment(STATE)), { state: STATE, fault: "" });
  assert.deepEqual(fromFragment(""), { state: null, fault: "" });
  assert.match(fromFragment("#nonsense").fault, /^the link is damaged/);
});

for (const [field, damaged, text] of [
  ["steps", 200_000, "'steps' is a whole number from 0 to 100,000"],
  ["start", [], "'start' is a list of 1 to 16 finite numbers"],
  ["zoom", [[1, 0]], "'zoom' is null, or a low and a high number for each parameter"],
  [
    "optimizers",
    [{ text: "gd", settings: { lr: null } }],
    "'optimizers[0].settings.lr' is a finite number or a formula in t and T",
  ],
]) {
  test(`a link with a damaged ${field} says so`, () => {
    const { state, fault } = fromFragment(toFragment({ ...STATE, [field]: damaged }));
    const kept = { ...STATE, start: field === "start" ? [] : STATE.start };
    delete kept[field === "start" ? "" : field];
    assert.deepEqual(state, kept);
    assert.equal(fault, `the link is damaged: ${text}; the rest of it is shown`);
  });
}

test("the runs as a command and as Python", () => {
  const values = [{ lr: 0.1 }];
  const command = "steepest run 'x^2 + y^2' --start=1,2 -o 'gd(lr=0.1)' --steps 5 --tol 1e-8";
  assert.equal(asCommand(STATE, values), command);
  const code = 'run = steepest.descend("x^2 + y^2", (1, 2), optimizer="gd(lr=0.1)", steps=5, tol=1e-8)\n';
  assert.equal(asPython(STATE, values), `import steepest\n\n${code}`);
  const equations = { ...STATE, optimizers: [{ text: "theta = theta - lr*g", settings: {} }] };
  assert.match(asCommand(equations, values), /-o 'theta = theta - 0.1\*g'/);
});

test("the runs as tables and as JSON", () => {
  const run = program("gd", 2).run([3], { lr: 0.25 }, { ...LIMITS, steps: 2 });
  const sceneRuns = [{ run, label: "gd", style: null, squares: new Set(), arrows: new Set() }];
  const lines = asCsv(sceneRuns, ["x"], "made").split("\n");
  assert.equal(lines[0], "run,optimizer,step,x,f,gradient_x,made_by");
  assert.deepEqual(lines.slice(1, 4), ["1,gd,0,3,9,6,made", "1,gd,1,1.5,2.25,3,", "1,gd,2,0.75,0.5625,1.5,"]);
  const state = { ...STATE, start: [3] };
  const data = JSON.parse(asJson(state, { plain: "x^2", names: ["x"] }, sceneRuns, "made", "1.0"));
  assert.deepEqual(data.runs[0].positions, [[3], [1.5], [0.75]]);
  assert.deepEqual(data.runs[0].values, [9, 2.25, 0.5625]);
});

test("values of several runs have few digits, and more where they would look alike", () => {
  assert.deepEqual(valueTexts([1 / 3]), ["f = 0.3333"]);
  assert.deepEqual(valueTexts([1 + 1e-9]), ["f = 1"]);
  assert.deepEqual(valueTexts([1.234567891, 1.234567891, 2]), ["f = 1.235", "f = 1.235", "f = 2"]);
  assert.deepEqual(valueTexts([1.00001, 1.00002, 5]), ["f = 1.00001", "f = 1.00002", "f = 5"]);
  assert.deepEqual(valueTexts([1 / 3, 1 / 3 + 1e-12]), ["f = 0.3333", "f = 0.3333"]);
  assert.deepEqual(valueTexts([NaN, -Infinity, 1e-9, 0]), ["f = undefined", "f = −∞", "f = 10⁻⁹", "f = 0"]);
});
