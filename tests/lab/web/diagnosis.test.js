import assert from "node:assert/strict";
import { test } from "node:test";
import { spectrum } from "../../../src/steepest/lab/web/model/curvature.js";
import { USUAL } from "../../../src/steepest/lab/web/model/data/fit/fit.js";
import { readTable } from "../../../src/steepest/lab/web/model/data/table.js";
import { roundedDown } from "../../../src/steepest/lab/web/model/diagnosis/advice.js";
import { cycle } from "../../../src/steepest/lab/web/model/diagnosis/cycle.js";
import { oscillations } from "../../../src/steepest/lab/web/model/diagnosis/oscillation.js";
import { fitted } from "../../../src/steepest/lab/web/model/diagnosis/rate.js";
import { sampledSteps, sampling } from "../../../src/steepest/lab/web/model/diagnosis/sampling.js";
import { stationaryPoint } from "../../../src/steepest/lab/web/model/diagnosis/stationary.js";
import { alongText, judge } from "../../../src/steepest/lab/web/model/diagnosis/verdict.js";
import { Optimizer } from "../../../src/steepest/lab/web/model/optimizer.js";
import { readObjective, readOptimizer } from "../../../src/steepest/lab/web/model/reading.js";
import { ranking } from "../../../src/steepest/lab/web/model/runs/ranking.js";
import { heights, kinds, outcomes, regions } from "../../../src/steepest/lab/web/model/sweep/outcomes.js";
import { objective, optimizer } from "./tapes.js";

const LIMITS = { steps: 100, tol: 1e-8, gtol: 0, seed: 0 };

/** A run on the bowl with these curvatures, and what it is a run of. */
function made(name, settings, start, ...curvatures) {
  const bowl = { ...objective("bowl", ...curvatures), view: curvatures.map(() => [-5, 5]) };
  const method = new Optimizer(optimizer(name, curvatures.length), settings, bowl, 0);
  const run = method.run(LIMITS, start);
  return { run, subject: { optimizer: method, objective: bowl, start, limits: LIMITS } };
}

/** A run on what a text says, and what it is a run of. */
function read(text, settings, start, data = null) {
  const told = readObjective(text, {}, data);
  const method = new Optimizer(readOptimizer("gd", {}, told.names.length), settings, told, 0);
  return { run: method.run(LIMITS, start), subject: { optimizer: method, objective: told, start, limits: LIMITS } };
}

/** A line through so many rows. */
function line(rows) {
  const lines = Array.from({ length: rows }, (_, row) => `${row % 7},${3 * (row % 7) + 1}`);
  return { ...USUAL, table: readTable(["x,y", ...lines].join("\n"), "line") };
}

function verdict(...given) {
  return judged(made(...given));
}

function judged({ run, subject }) {
  const working = judge(run, subject);
  for (;;) {
    const { done, value } = working.next();
    if (done) return value;
  }
}

test("eigenvectors belong to their eigenvalues, and huge entries do not overflow", () => {
  for (const scale of [1, 1e200]) {
    const matrix = [5, 2, 1, 2, 3, 0, 1, 0, -4].map((value) => value * scale);
    const { values, vectors } = spectrum(matrix);
    assert.deepEqual(
      values,
      [...values].sort((a, b) => a - b),
    );
    vectors.forEach((vector, k) => {
      for (let i = 0; i < 3; i++) {
        const product = vector.reduce((sum, part, j) => sum + matrix[3 * i + j] * part, 0);
        assert.ok(Math.abs(product - values[k] * vector[i]) < 1e-12 * scale);
      }
      assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-12);
    });
  }
});

test("the sampled steps are those of Python", () => {
  assert.deepEqual(sampledSteps(4, 5000), [0, 1, 2, 3, 4]);
  assert.deepEqual(sampledSteps(100, 10), [0, 1, 15, 29, 43, 57, 71, 85, 99, 100]);
});

test("a geometric series has its factor, another none", () => {
  const series = Array.from({ length: 30 }, (_, k) => 0.8 ** k);
  assert.ok(Math.abs(fitted(series) - 0.8) < 1e-9);
  assert.equal(fitted(series.map((_, k) => 1 / (k + 1))), null);
  assert.equal(fitted([1, 2]), null);
});

test("a cycle has its period, a slow spiral none", () => {
  const period = (lr) => {
    const { run, subject } = made("gd", { lr }, [3], 2);
    return cycle(sampling(run, subject.optimizer.program.objective).next().value);
  };
  assert.equal(period(1), 2);
  assert.equal(period(0.9999), 0);
});

test("the steep direction oscillates", () => {
  const { run, subject } = made("gd", { lr: 0.09 }, [10, 1], 2, 20);
  const seen = sampling(run, subject.optimizer.program.objective).next().value;
  const [first] = oscillations(seen);
  assert.deepEqual(first.direction.map(Math.abs), [0, 1]);
  const at = stationaryPoint(run, seen, subject.optimizer.program.objective);
  assert.equal(at.kind, "minimum");
  assert.ok(at.arrived);
});

test("a run that grows is continued before it is said to diverge", () => {
  const found = verdict("gd", { lr: 0.21 }, [10, 1], 2, 20);
  assert.equal(found.title, "diverges");
  assert.equal(found.text, "from step 1 along y: lr·λ = 0.21·20 = 4.2, and gd is stable below 2");
  assert.equal(found.advice.lr, 0.0909);
});

test("on a hill there is nothing to set, and beside one f falls without end", () => {
  assert.equal(verdict("gd", { lr: 0.1 }, [0], -2).title, "on top of a hill");
  const falling = verdict("gd", { lr: 0.1 }, [1], -2);
  assert.equal(falling.title, "diverges");
  assert.ok(falling.text.startsWith("f falls without end"), falling.text);
  assert.equal(falling.advice, null);
});

test("a run that has no first step does not fall", () => {
  const { title, text, advice } = judged(read("x^2", { lr: 0.1 }, [1e200]));
  assert.equal(title, "diverges");
  assert.equal(text, "at the start: the value is larger than any number of the machine (1.8e308)");
  assert.equal(advice, null);
});

test("a verdict leaves the run that is shown as it is", () => {
  const { run, subject } = made("momentum", { lr: 0.9, beta: 0.5 }, [3, 1], 2, 20);
  const before = structuredClone({ positions: run.positions, values: run.values, steps: run.steps });
  for (const _ of judge(run, subject));
  assert.deepEqual({ positions: run.positions, values: run.values, steps: run.steps }, before);
});

test("a value that is too large to fall is not said to", () => {
  const { title, text } = judged(read("1e308 - y^2", { lr: 0.1 }, [2]));
  assert.equal(title, "diverges");
  assert.equal(text, "the steps grow without end, while f stays 1e308 to its last digit");
});

test("how long a trial may be is counted in rows, not on the clock", (context) => {
  let time = 0;
  context.mock.method(performance, "now", () => (time += 1000));
  const tried = (rows) => judged(read("y ~ w*x + b", { lr: 1e-4 }, [0, 0], line(rows))).advice;
  assert.ok(tried(200), "a slow machine tries, too");
  assert.ok(tried(20_000));
  assert.equal(tried(20_001), null);
});

test("a learning rate is rounded down to four digits", () => {
  assert.deepEqual([2 / 22, 0.1 * 2.5, 1 / 3, 0.3 * 10, 1234567].map(roundedDown), [0.0909, 0.25, 0.3333, 3, 1234000]);
});

test("directions are told by the parameters' names", () => {
  assert.equal(alongText([0, -1], ["x", "y"]), "along y");
  assert.equal(alongText([-0.6, 0.8], ["x", "y"]), "along (0.6, −0.8)");
});

test("outcomes come coarsely first, every one once", () => {
  const { subject } = made("gd", { lr: 0.1 }, [3], 2);
  const rates = Array.from({ length: 40 }, (_, k) => 0.002 * 1.2 ** k);
  const asked = [];
  const found = [];
  const strides = [];
  const run = (lr) => {
    asked.push(rates.indexOf(lr));
    return subject.optimizer.spare.run([3], { lr }, LIMITS);
  };
  for (const stride of outcomes(rates, run, found)) if (stride) strides.push(stride);
  assert.deepEqual(strides, [16, 8, 4, 2, 1]);
  assert.deepEqual(asked.slice(0, 3), [0, 16, 32]);
  assert.deepEqual(
    [...asked].sort((a, b) => a - b),
    [...rates.keys()],
  );
  const parts = regions(kinds(found, 9, 0));
  assert.deepEqual(
    parts.map(({ kind }) => kind),
    ["slow", "fast", "oscillates", "unstable"],
  );
  assert.deepEqual([parts[0].from, parts[3].to], [0, 40]);
  assert.ok(rates[parts[3].from] > 1 && rates[parts[3].from - 1] <= 1, "unstable beyond 2/λ");
  const high = heights(found, 9, 0);
  assert.equal(high[39], 1);
  assert.equal(Math.min(...high), 0);
  assert.ok(high[0] > 0.9 && high[0] < 1);
});

test("runs rank by the step at which they came down", () => {
  const runs = [0.1, 0.4, 0.001].map((lr) => made("gd", { lr }, [3], 2).run);
  const { below, ranks } = ranking(runs, 0);
  assert.equal(below, 1e-3);
  assert.deepEqual(
    ranks.map(({ index, step }) => [index, step]),
    [
      [1, 3],
      [0, 21],
      [2, null],
    ],
  );
  for (const { index, step } of ranks.slice(0, 2)) {
    assert.ok(runs[index].values[step] < below && runs[index].values[step - 1] >= below);
  }
  assert.equal(ranking([made("gd", { lr: 1 }, [3], 2).run], 0), null);
});

test("where no run comes below 1e-3 the least power of ten that one reached is told", () => {
  const { below } = ranking([made("gd", { lr: 0.02 }, [3], 2).run], 0);
  assert.equal(below, 0.01);
});
