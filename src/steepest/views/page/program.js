// @ts-check
/** Runs: an optimizer's tape linked with an objective's, taken step by step, recorded, and how it ended. */
import { STEP, link, used } from "./builder.js";
import { general } from "./format.js";
import { DOMAINS, overflows, power } from "./operations.js";
import { Staged } from "./staged.js";
import { Machine } from "./tape.js";

/** @typedef {import("./builder.js").Tape} Tape */

const NOT_RECORDED = new Set(["theta", "f", "g", STEP]);

/** @typedef {{kind: string, message: string}} Ending */
/** @typedef {{steps: number, tol: number, gtol: number, seed: number}} Limits */
/** @typedef {{name: string, width: number, offset: number}} Quantity */
/**
 * One run: row k of `positions`, `values` and `gradients` is what it was after k steps; row k of `carried` is what step k + 1
 * computed, a quantity's part of it beginning at its offset.
 * @typedef {{count: number, steps: number, positions: Float64Array, values: Float64Array, gradients: Float64Array, quantities: Quantity[], carried: Float64Array, width: number, ending: Ending, start: number[], limit: number}} Run
 */

/** What a step computed of a quantity. @param {Run} run @param {Quantity} quantity @param {number} step from 1 */
export function quantityAt(run, { offset, width }, step) {
  const at = (step - 1) * run.width + offset;
  return run.carried.subarray(at, at + width);
}

/** An optimizer on an objective, linked once and run for every start and hyperparameter. */
export class Program {
  /** @param {Tape} optimizer @param {Tape} objective @param {string[]} state */
  constructor(optimizer, objective, state) {
    this.count = objective.inputs.length;
    const tape = link(optimizer, objective), { outputs } = tape;
    this.next = state.flatMap((name) => outputs[name]);
    this.step = new Staged(tape, this.count + this.next.length);
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

  /** Take up to `limits.steps` steps. The run before lends its arrays if it had the same limit: a drag allocates nothing. @param {number[]} start @param {Record<string, number>} hyperparameters @param {Limits} limits @returns {Run} */
  run(start, hyperparameters, limits) {
    const run = this.prepare(start, limits.steps);
    const { step, count, moves, sources } = this, { f, g } = step.tape.outputs, difference = step.tape.outputs[STEP];
    const r = step.registers, { positions, values, gradients, carried } = run, value = f[0], moving = moves.length, width = sources.length;
    const shortest = limits.tol > 0 ? Math.max(limits.tol * limits.tol, 5e-324) : 0;
    const flattest = limits.gtol > 0 ? Math.max(limits.gtol * limits.gtol, 5e-324) : 0;
    const moved = new Float64Array(moving);
    for (let i = 0; i < count; i++) r[i] = positions[i] = start[i];
    r.fill(0, count, moving);
    step.begin([...this.held.map((name) => hyperparameters[name]), limits.steps, limits.seed]);
    let done = 0, stop = "limit", short = false;
    for (; done < limits.steps && !short; done++) {
      step.take(done + 1);
      const at = done * count;
      values[done] = r[value];
      for (let i = 0; i < count; i++) gradients[at + i] = r[g[i]];
      if (r[value] - r[value] !== 0) { stop = "left"; break; }
      if (flattest && squares(r, g) < flattest) { stop = "gradient"; break; }
      let defect = 0; // becomes not a number if anything is not finite
      for (let i = 0; i < moving; i++) {
        const next = r[moves[i]];
        moved[i] = next;
        defect += next - next;
      }
      if (defect !== 0) { stop = "broken"; break; }
      for (let i = 0, to = done * width; i < width; i++) carried[to + i] = r[sources[i]];
      if (shortest) short = squares(r, difference) < shortest;
      for (let i = 0; i < count; i++) positions[at + count + i] = moved[i];
      for (let i = 0; i < moving; i++) r[i] = moved[i];
    }
    run.steps = done;
    if (stop === "limit") stop = this.finish(run) ? (short ? "step" : "limit") : "left";
    run.ending = this.tell(stop, run, limits);
    return run;
  }

  /** What a step gives once more, with all that it begins with rounded: the gradient, the place, the state. @param {Run} run @param {number} step from 0 @param {(value: number) => number} rounded */
  again({ positions, carried, width }, step, rounded) {
    const { step: machine, count, moves, next, sources } = this, r = machine.registers;
    for (let i = 0; i < count; i++) r[i] = rounded(positions[step * count + i]);
    next.forEach((slot, i) => { r[count + i] = step ? rounded(carried[(step - 1) * width + sources.indexOf(slot)]) : 0; });
    machine.take(step + 1);
    return [...machine.tape.outputs.g, ...moves].map((slot) => r[slot]);
  }

  /** @param {number[]} start @param {number} limit @returns {Run} */
  prepare(start, limit) {
    const { count, latest } = this;
    if (latest && latest.limit === limit) {
      latest.start = start;
      return latest;
    }
    this.latest = {
      count, limit, start, steps: 0, quantities: this.quantities, width: this.sources.length,
      positions: new Float64Array((limit + 1) * count), values: new Float64Array(limit + 1), gradients: new Float64Array((limit + 1) * count),
      carried: new Float64Array(limit * this.sources.length), ending: { kind: "", message: "" },
    };
    return this.latest;
  }

  /** The value and the gradient at the last position; whether the value is finite. @param {Run} run */
  finish(run) {
    const { objective, count } = this, { f, g } = objective.tape.outputs, r = objective.registers;
    for (let i = 0; i < count; i++) r[i] = run.positions[run.steps * count + i];
    objective.execute();
    run.values[run.steps] = r[f[0]];
    for (let i = 0; i < count; i++) run.gradients[run.steps * count + i] = r[g[i]];
    return Number.isFinite(r[f[0]]);
  }

  /** @param {string} stop @param {Run} run @param {Limits} limits @returns {Ending} */
  tell(stop, run, limits) {
    if (stop === "broken") return tellFailure(run.steps + 1, failure(this.step, [...this.step.tape.outputs.theta, ...this.next]), "the position");
    if (stop === "left") {
      this.finish(run);
      return tellFailure(run.steps, failure(this.objective, this.objective.tape.outputs.f), "the value");
    }
    const after = `after ${run.steps} step${run.steps === 1 ? "" : "s"}`;
    const length = run.steps ? stepLength(run, run.steps) : 0;
    if (stop === "step") {
      return { kind: "converged", message: `converged ${after}: the last step, ${general(length, 3)} long, is shorter than tol = ${general(limits.tol, 6)}` };
    }
    if (stop === "gradient") return { kind: "converged", message: `converged ${after}: the gradient's norm is smaller than gtol = ${general(limits.gtol, 6)}` };
    return { kind: "step_limit", message: `stopped at the step limit ${after}` + (run.steps ? `; the last one was ${general(length, 3)} long` : "") };
  }
}

/** How long step `step` was. @param {Run} run @param {number} step */
export function stepLength(run, step) {
  const { count, positions } = run, differences = [];
  for (let i = 0; i < count; i++) differences.push(positions[step * count + i] - positions[(step - 1) * count + i]);
  return Math.hypot(...differences);
}

/** @param {Float64Array} registers @param {number[]} slots */
function squares(registers, slots) {
  let sum = 0;
  for (let i = 0; i < slots.length; i++) sum += registers[slots[i]] * registers[slots[i]];
  return sum;
}

/** @typedef {{overflow: boolean, operation: string, arguments: number[]}} Failure */

/** Where outputs that are not finite come from; a branch of `where` that is not taken is not looked at. @param {Machine} machine @param {number[]} outputs @returns {Failure | null} */
function failure(machine, outputs) {
  machine.executeAll();
  const { tape, registers: r, first } = machine;
  const waiting = outputs.filter((slot) => !Number.isFinite(r[slot])), seen = new Set();
  let origin = Infinity;
  while (waiting.length) {
    const slot = /** @type {number} */ (waiting.pop());
    if (seen.has(slot) || slot < first) continue;
    seen.add(slot);
    const operation = tape.operations[slot - first];
    const [condition, a, b] = used(operation);
    const taken = operation[0] === "where" ? [condition, r[condition] !== 0 ? a : b] : used(operation);
    const causes = taken.filter((each) => !Number.isFinite(r[each]));
    waiting.push(...causes);
    if (!causes.length) origin = Math.min(origin, slot);
  }
  if (origin === Infinity) return null;
  const operation = tape.operations[origin - first];
  const values = used(operation).map((slot) => r[slot]);
  return { overflow: overflows(operation[0], values), operation: operation[0], arguments: values };
}

/** @param {number} step @param {Failure | null} cause @param {string} what @returns {Ending} */
function tellFailure(step, cause, what) {
  const when = step ? `at step ${step}` : "at the start";
  if (!cause || cause.overflow) return { kind: "diverged", message: `diverged ${when}: ${what} is larger than any number of the machine (1.8e308)` };
  const { operation, arguments: values } = cause;
  const given = values.map((value) => general(value, 6)).join(operation === "div" ? "/" : " and ");
  const word = operation === "div" ? "a quotient" : operation === "pow" ? "a power" : operation;
  return { kind: "undefined", message: `undefined ${when}: ${word} needs ${DOMAINS[operation]} and got ${given}` };
}
