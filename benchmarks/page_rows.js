// Milliseconds of a step of gradient descent over 100,000 rows in the page: compiled, and where that is refused.
import { Table } from "../src/steepest/lab/web/model/data/table.js";
import { Optimizer } from "../src/steepest/lab/web/model/optimizer.js";
import { readObjective, readOptimizer } from "../src/steepest/lab/web/model/reading.js";

const ROWS = 100_000;
const STEPS = 100;
let state = 7;
const next = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const x = Float64Array.from({ length: ROWS }, () => 4 * next() - 2);
const y = x.map((value) => 3 * value - 1 + next());
const z = x.map((value) => Number(value + next() > 0.5));
const table = new Table(["x", "y", "z"], [x, y, z], "rows");
for (const [model, loss] of [
  ["y ~ w*x + b", "mse"],
  ["y ~ w*x + b", "huber"],
  ["z ~ sigmoid(w*x + b)", "log"],
]) {
  const data = { table, loss, scale: "none", batch: null, order: "shuffle", one: null, dropMissing: false };
  const { program } = new Optimizer(readOptimizer("gd", {}, 2), {}, readObjective(model, {}, data), 0);
  const run = (steps) => program.run([0.1, 0.2], { lr: 1e-3 }, { steps, tol: 0, gtol: 0, seed: 0 });
  const [compiled, interpreted] = [undefined, null].map((machine) => {
    run(5);
    const stages = program.step.rows.calls.flatMap(({ sums }) => sums.stages);
    if (machine === null) for (const stage of stages) stage.compiled = null;
    const began = performance.now();
    run(STEPS);
    return ((performance.now() - began) / STEPS).toFixed(2);
  });
  console.log(`${model} by ${loss}, ${ROWS.toLocaleString("en-US")} rows: ${compiled} ms a step, ${interpreted} ms interpreted`);
}
