// @ts-check
/** Runs: an optimizer's tape linked with an objective's, taken step by step, recorded, and how it ended. */

import { gradientBound, stepLength, tellFailure, tellStop } from "./ending.js";
import { failure } from "./failure.js";
import { TAPE } from "./shared.js";
import { used } from "./tape/builder.js";
import { IncrementalMachine } from "./tape/incremental.js";
import { link } from "./tape/lowering.js";
import { Machine } from "./tape/tape.js";

/** @typedef {import("./tape/builder.js").Tape} Tape */

const { STEP } = TAPE;
const NOT_RECORDED = new Set(TAPE.NOT_RECORDED);

/** @typedef {import("./ending.js").Ending} Ending */
/** @typedef {{steps: number, tol: number, gtol: number, seed: number}} Limits */
/** @typedef {{name: string, width: number, offset: number}} Quantity */
/**
 * One run: row k of `positions`, `values` and `gradients` is what it was after k steps; row k of `stepValues` is what
 * step k + 1 computed, a quantity's part of it beginning at its offset.
 * @typedef {{count: number, steps: number, positions: Float64Array, values: Float64Array, gradients: Float64Array,
 *   quantities: Quantity[], stepValues: Float64Array, width: number, ending: Ending, start: number[], limit: number}}
 *   Run
 */

/**
 * What a step computed of a quantity.
 * @param {Run} run
 * @param {Quantity} quantity
 * @param {number} step from 1
 */
export function quantityAt(run, { offset, width }, step) {
  const at = (step - 1) * run.width + offset;
  return run.stepValues.subarray(at, at + width);
}

/** An optimizer on an objective, linked once and run for every start and hyperparameter. */
export class Program {
  /**
   * @param {Tape} optimizer
   * @param {Tape} objective
   * @param {string[]} state
   * @param {{told: string, tape: Tape}[]} [forms] other ways to write the objective
   */
  constructor(optimizer, objective, state, forms = []) {
    this.forms = forms;
    this.pulls = pulls(optimizer, objective.inputs.length);
    this.count = objective.inputs.length;
    const tape = link(optimizer, objective);
    const { outputs } = tape;
    this.next = state.flatMap((name) => outputs[name]);
    this.step = new IncrementalMachine(tape, this.count + this.next.length);
    this.objective = new Machine(objective);
    this.held = optimizer.inputs.slice(this.count + this.next.length, -3);
    this.moves = Int32Array.from([...outputs.theta, ...this.next]);
    /** @type {Quantity[]} */
    this.quantities = [];
    /** @type {number[]} */
    const sources = [];
    for (const [name, slots] of Object.entries(outputs)) {
      if (NOT_RECORDED.has(name)) continue;
      this.quantities.push({ name, width: slots.length, offset: sources.length });
      sources.push(...slots);
    }
    this.sources = Int32Array.from(sources);
    /** @type {Run | null} */
    this.latest = null;
  }

  /**
   * Take up to `limits.steps` steps. The run before lends its arrays if it had the same limit: a drag allocates
   * nothing.
   * @param {number[]} start
   * @param {Record<string, number>} hyperparameters
   * @param {Limits} limits
   * @returns {Run}
   */
  run(start, hyperparameters, limits) {
    const run = this.prepare(start, limits.steps);
    const { step, count, moves, sources } = this;
    const { f, g } = step.tape.outputs;
    const difference = step.tape.outputs[STEP];
    const r = step.registers;
    const { positions, values, gradients, stepValues } = run;
    const value = f[0];
    const stateCount = moves.length;
    const width = sources.length;
    const shortest = limits.tol > 0 ? Math.max(limits.tol * limits.tol, 5e-324) : 0;
    const flattest = limits.gtol > 0 ? Math.max(limits.gtol * limits.gtol, 5e-324) : 0;
    const moved = new Float64Array(stateCount);
    const asked = gradientBound(limits, this.pulls, hyperparameters) ** 2;
    /** @type {number[]} */
    let last = [];
    for (let i = 0; i < count; i++) r[i] = positions[i] = start[i];
    r.fill(0, count, stateCount);
    step.begin([...this.held.map((name) => hyperparameters[name]), limits.steps, limits.seed]);
    let done = 0;
    let stop = "limit";
    let short = false;
    for (; done < limits.steps && !short; done++) {
      step.take(done + 1);
      const at = done * count;
      values[done] = r[value];
      for (let i = 0; i < count; i++) gradients[at + i] = r[g[i]];
      if (r[value] - r[value] !== 0) {
        stop = "left";
        break;
      }
      if (flattest && squares(r, g) < flattest) {
        stop = "gradient";
        break;
      }
      let defect = 0; // becomes not a number if anything is not finite
      for (let i = 0; i < stateCount; i++) {
        const next = r[moves[i]];
        moved[i] = next;
        defect += next - next;
      }
      if (defect !== 0) {
        stop = "broken";
        break;
      }
      for (let i = 0, to = done * width; i < width; i++) stepValues[to + i] = r[sources[i]];
      for (let i = 0; i < count; i++) positions[at + count + i] = moved[i];
      if (shortest)
        short = squares(r, difference) < shortest && squares(r, g) < asked && stepLength(run, done + 1) < limits.tol;
      if (done + 1 === limits.steps) last = difference.map((slot) => r[slot]);
      for (let i = 0; i < stateCount; i++) r[i] = moved[i];
    }
    run.steps = done;
    if (stop === "limit")
      stop = !this.finish(run)
        ? "left"
        : short
          ? "step"
          : squares(gradients.subarray(done * count), [...g.keys()]) < flattest
            ? "gradient"
            : "limit";
    run.ending = this.tell(stop, run, limits, hyperparameters, last);
    return run;
  }

  /**
   * Take a step again from rounded inputs: the gradient, the position, the state.
   * @param {Run} run
   * @param {number} step from 0
   * @param {(value: number) => number} rounded
   */
  repeat({ positions, stepValues, width }, step, rounded) {
    const { step: machine, count, moves, next, sources } = this;
    const r = machine.registers;
    for (let i = 0; i < count; i++) r[i] = rounded(positions[step * count + i]);
    next.forEach((slot, i) => {
      r[count + i] = step ? rounded(stepValues[(step - 1) * width + sources.indexOf(slot)]) : 0;
    });
    machine.take(step + 1);
    return [...machine.tape.outputs.g, ...moves].map((slot) => r[slot]);
  }

  /**
   * @param {number[]} start
   * @param {number} limit
   * @returns {Run}
   */
  prepare(start, limit) {
    const { count, latest } = this;
    if (latest && latest.limit === limit) {
      latest.start = start;
      return latest;
    }
    this.latest = {
      count,
      limit,
      start,
      steps: 0,
      quantities: this.quantities,
      width: this.sources.length,
      positions: new Float64Array((limit + 1) * count),
      values: new Float64Array(limit + 1),
      gradients: new Float64Array((limit + 1) * count),
      stepValues: new Float64Array(limit * this.sources.length),
      ending: { kind: "", message: "" },
    };
    return this.latest;
  }

  /**
   * The value and the gradient at the last position; whether the value is finite.
   * @param {Run} run
   */
  finish(run) {
    const { objective, count } = this;
    const { f, g } = objective.tape.outputs;
    const r = objective.registers;
    for (let i = 0; i < count; i++) r[i] = run.positions[run.steps * count + i];
    objective.execute();
    run.values[run.steps] = r[f[0]];
    for (let i = 0; i < count; i++) run.gradients[run.steps * count + i] = r[g[i]];
    return Number.isFinite(r[f[0]]);
  }

  /**
   * @param {string} stop
   * @param {Run} run
   * @param {Limits} limits
   * @param {Record<string, number>} hyperparameters
   * @param {number[]} last what the last step added
   * @returns {Ending}
   */
  tell(stop, run, limits, hyperparameters, last) {
    const { steps } = run;
    const { outputs } = this.step.tape;
    if (stop === "broken") {
      const cause = failure(
        this.step,
        [...outputs.theta, ...this.next],
        ["g", ...this.quantities.map(({ name }) => name), "theta"],
      );
      return tellFailure(steps, steps + 1, cause, "fg".includes(cause?.quantity ?? "-") ? this.cure(run) : "");
    }
    if (stop === "left") {
      this.finish(run);
      return tellFailure(steps, steps, failure(this.objective, this.objective.tape.outputs.f, ["f"]), this.cure(run));
    }
    return tellStop(stop, run, last, limits, hyperparameters, this.pulls);
  }

  /**
   * What to write instead, if that is finite at the last position.
   * @param {Run} run
   */
  cure({ positions, steps, count }) {
    const found = this.forms.find(({ tape }) => {
      const machine = new Machine(tape);
      const r = machine.registers;
      r.set(positions.subarray(steps * count, (steps + 1) * count));
      machine.execute();
      return [...tape.outputs.f, ...tape.outputs.g].every((slot) => Number.isFinite(r[slot]));
    });
    return found ? `; ${found.told}` : "";
  }
}

/**
 * See `steepest.optimizers.optimizer.Optimizer.decays_weights`.
 * @param {Tape} optimizer
 * @param {number} count
 */
function pulls({ operations, outputs, inputs, constants }, count) {
  const first = inputs.length + constants.length;
  const moves = new Set(outputs.theta);
  return operations.some((_, k) => {
    const at = operations.length - 1 - k;
    const operation = operations[at];
    const [name] = operation;
    const slots = used(operation);
    const step = moves.has(first + at) && (name === "add" || name === "sub");
    if (step) for (const slot of slots) moves.add(slot);
    return !step && !["value", "gradient", "hessian"].includes(name) && slots.some((slot) => slot < count);
  });
}

/**
 * @param {Float64Array} registers
 * @param {number[]} slots
 */
function squares(registers, slots) {
  let sum = 0;
  for (let i = 0; i < slots.length; i++) sum += registers[slots[i]] * registers[slots[i]];
  return sum;
}
