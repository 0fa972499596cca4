// @ts-check
/** Runs: an optimizer's tape linked with an objective's, taken step by step, recorded, and how it ended. */

import { TAPE } from "../shared.js";
import { constantCount, used } from "../tape/builder.js";
import { failure } from "../tape/failure.js";
import { IncrementalMachine } from "../tape/incremental.js";
import { link } from "../tape/lowering.js";
import { Machine } from "../tape/tape.js";
import { attempt } from "../tape/wasm/instance.js";
import { CompiledRuns } from "../tape/wasm/runs.js";
import { gradientBound, stepLength, tellFailure, tellStop } from "./ending.js";

/** @typedef {import("../tape/builder.js").Tape} Tape */

const { STEP } = TAPE;
const NOT_RECORDED = new Set(TAPE.NOT_RECORDED);
const LEAST_OVER_ROWS = 500; // times as long as another step one over a small table takes
const ROW_OPERATIONS = 7; // operations on numbers of a row in the time of a step that is compiled
const PATIENCE = 60_000; // operations that are interpreted in the time that it takes to compile a program

/** @typedef {import("../data/batches.js").Batches} Batches */
/** @typedef {import("./ending.js").Ending} Ending */
/** @typedef {{steps: number, tol: number, gtol: number, seed: number}} Limits */
/** @typedef {keyof typeof import("../tape/wasm/steps.js").STOP | "paused"} Stop */
/**
 * What the stopping tests compare with: squares of lengths, but for `tol`; a run converges when all steps of an epoch
 * are short, which is 1 where each takes all rows.
 * @typedef {{shortest: number, flattest: number, asked: number, tol: number, epoch: number}} Bounds
 */
/**
 * The slots of a step's tape that matter: what moves, what is recorded, the value, the gradient, what the step adds.
 * @typedef {{count: number, moves: number[], sources: number[], f: number, g: number[], difference: number[]}} Parts
 */
/**
 * How many steps were taken, why no more, and what the last one added.
 * @typedef {{done: number, stop: Stop, last: number[]}} Taken
 */
/**
 * A run over data that was paused, and what it goes on with: the position and the state after so many steps.
 * @typedef {{run: Run, bounds: Bounds, limits: Limits, hyperparameters: Record<string, number>, done: number,
 *   moving: Float64Array}} Pending
 */
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
   * @param {() => {told: string, tape: Tape}[]} [forms] other ways to write the objective
   * @param {((seed: number) => Batches) | null} [batches] the rows of each step; null for all
   */
  constructor(optimizer, objective, state, forms = () => [], batches = null) {
    this.forms = forms;
    this.batches = batches;
    this.count = objective.inputs.length - constantCount(objective);
    this.pulls = pulls(optimizer, this.count);
    /** The values of the objective's constants. @type {number[]} */
    this.constants = objective.inputs.slice(this.count).map(() => NaN);
    const tape = link(optimizer, objective);
    const { outputs } = tape;
    this.next = state.flatMap((name) => outputs[name]);
    this.step = new IncrementalMachine(tape, this.count + this.next.length);
    this.objective = new Machine(objective);
    this.held = optimizer.inputs.slice(this.count + this.next.length, -3);
    /** What a run is given beside its start: the hyperparameters, the constants, how many steps, the seed. */
    this.given = new Float64Array(this.held.length + this.constants.length + 2);
    /** @type {Quantity[]} */
    this.quantities = [];
    /** @type {number[]} */
    const sources = [];
    for (const [name, slots] of Object.entries(outputs)) {
      if (NOT_RECORDED.has(name)) continue;
      this.quantities.push({ name, width: slots.length, offset: sources.length });
      sources.push(...slots);
    }
    /** @type {Parts} */
    this.parts = {
      ...{ count: this.count, moves: [...outputs.theta, ...this.next], sources },
      ...{ f: outputs.f[0], g: outputs.g, difference: outputs[STEP] },
    };
    /** Steps to interpret before WebAssembly takes over. */
    this.patience = Math.ceil(PATIENCE / tape.operations.length);
    /** @type {CompiledRuns | null | undefined} */
    this.compiled = undefined;
    /** @type {Run | null} */
    this.latest = null;
    /** A run that goes on. @type {Pending | null} */
    this.pending = null;
  }

  /** How many times as long a step takes as one that WebAssembly takes, about: over a table it goes through the rows. */
  get cost() {
    const { rows } = this.step;
    return rows ? Math.max(LEAST_OVER_ROWS, rows.work / ROW_OPERATIONS) : 1;
  }

  /**
   * Give the objective's constants other values; nothing is compiled anew.
   * @param {number[]} values
   */
  setConstants(values) {
    this.constants = values;
    this.objective.registers.set(values, this.count);
  }

  /**
   * Take up to `limits.steps` steps. The run before lends its arrays if it had the same limit: a drag allocates
   * nothing.
   * @param {number[]} start
   * @param {Record<string, number>} hyperparameters
   * @param {Limits} limits
   * @param {number} [until] when a run over data pauses, in the milliseconds of `performance.now`; see `goOn`
   * @returns {Run}
   */
  run(start, hyperparameters, limits, until = Infinity) {
    const run = this.latest?.limit === limits.steps ? this.latest : this.newRun(limits.steps);
    this.latest = run;
    run.start = start;
    const bounds = this.begin(hyperparameters, limits);
    const taken = this.descend(run, start, bounds, until);
    return this.conclude({ run, bounds, limits, hyperparameters, done: 0 }, taken);
  }

  /**
   * Go on with a run that was paused.
   * @param {number} until
   */
  goOn(until) {
    const { pending } = this;
    if (!pending) return;
    const { run, bounds, done, moving } = pending;
    this.step.registers.set(moving); // a step may have been repeated meanwhile
    this.conclude(pending, this.interpret(run, bounds, done, run.limit, until));
  }

  /**
   * Tell how a run ended, or keep what it goes on with: of its last position the value is not known yet.
   * @param {Omit<Pending, "moving">} pending
   * @param {Taken} taken
   */
  conclude(pending, { done, stop, last }) {
    const { run, bounds, limits, hyperparameters } = pending;
    this.pending = null;
    run.steps = done;
    if (stop === "paused") {
      const moving = this.step.registers.slice(0, this.parts.moves.length);
      this.pending = { ...pending, done, moving };
      run.steps = done - 1;
      run.ending = { kind: "running", message: `step ${run.steps} of ${run.limit}: the run goes on` };
      return run;
    }
    const settled = stop === "limit" || stop === "step" ? this.settle(stop, run, bounds) : stop;
    run.ending = this.tell(settled, run, limits, hyperparameters, last);
    return run;
  }

  /**
   * Runs of which only the end is kept.
   * @param {Float64Array} starts a row for each run
   * @param {Record<string, number>} hyperparameters
   * @param {Limits} limits
   * @returns {{steps: Int32Array, positions: Float64Array, values: Float64Array, states: Float64Array, stops: Stop[]}}
   *   of each run, how many steps it took, where it ended, the value there, the position with the state, and why it ended
   */
  runMany(starts, hyperparameters, limits) {
    const { count, patience } = this;
    const width = this.parts.moves.length;
    const bounds = this.begin(hyperparameters, limits);
    const total = starts.length / count;
    const states = new Float64Array(total * width);
    for (let k = 0; k < total; k++) for (let i = 0; i < count; i++) states[k * width + i] = starts[k * count + i];
    const [steps, values] = [new Int32Array(total), new Float64Array(total)];
    const compiled = limits.steps && total * limits.steps > patience ? this.compile() : null;
    /** @type {Stop[]} */
    let stops;
    if (compiled?.functions.pair) {
      stops = compiled.takePairs(states, steps, limits.steps, bounds);
    } else {
      const run = this.newRun(limits.steps);
      stops = Array.from(steps, (_, k) => {
        const { done, stop } = this.descend(run, starts.subarray(k * count, (k + 1) * count), bounds);
        steps[k] = done;
        states.set(this.step.registers.subarray(0, width), k * width);
        return stop;
      });
    }
    const positions = new Float64Array(total * count);
    const end = this.newRun(0);
    for (let k = 0; k < total; k++) {
      for (let i = 0; i < count; i++) positions[k * count + i] = end.positions[i] = states[k * width + i];
      const settled = this.settle(stops[k], end, bounds);
      if (stops[k] === "limit" || stops[k] === "step") stops[k] = settled;
      values[k] = end.values[0];
    }
    return { steps, positions, values, states, stops };
  }

  /**
   * Before the first step: hand over what stays the same.
   * @param {Record<string, number>} hyperparameters
   * @param {Limits} limits
   * @returns {Bounds}
   */
  begin(hyperparameters, limits) {
    const { steps, tol, gtol, seed } = limits;
    const batches = this.batches?.(seed) ?? null;
    if (this.step.rows) this.step.rows.batches = batches;
    if (this.objective.rows) this.objective.rows.batches = batches;
    const { given, held, constants } = this;
    for (let i = 0; i < held.length; i++) given[i] = hyperparameters[held[i]];
    given.set(constants, held.length);
    given[given.length - 2] = steps;
    given[given.length - 1] = seed;
    this.step.begin(given);
    const square = (/** @type {number} */ length) => (length > 0 ? Math.max(length * length, 5e-324) : 0);
    const asked = gradientBound(limits, this.pulls, hyperparameters) ** 2;
    const flattest = batches ? 0 : square(gtol); // the gradient of a batch ends no run
    return { shortest: square(tol), flattest, asked, tol, epoch: batches?.stepsAnEpoch ?? 1 };
  }

  /**
   * Take the steps: WebAssembly takes them where there is any, as soon as it pays.
   * @param {Run} run
   * @param {ArrayLike<number>} start
   * @param {Bounds} bounds
   * @param {number} [until]
   * @returns {Taken}
   */
  descend(run, start, bounds, until = Infinity) {
    const { registers } = this.step;
    const { count, moves } = this.parts;
    for (let i = 0; i < moves.length; i++) registers[i] = i < count ? start[i] : 0;
    for (let i = 0; i < count; i++) run.positions[i] = start[i];
    let done = 0;
    if (this.patience) {
      const taken = this.interpret(run, bounds, 0, Math.min(this.patience, run.limit), until);
      if (taken.stop !== "limit" || taken.done === run.limit) {
        this.patience -= taken.done;
        return taken;
      }
      done = taken.done;
      this.patience = 0;
    }
    const compiled = this.compile();
    return compiled ? compiled.take(run, bounds, done) : this.interpret(run, bounds, done, run.limit, until);
  }

  /** The steps in WebAssembly; null where the browser has none. */
  compile() {
    if (this.compiled === undefined) {
      this.compiled = this.step.rows ? null : attempt(() => new CompiledRuns(this.step, this.parts));
      this.patience = 0;
    }
    return this.compiled;
  }

  /**
   * Take steps by the interpreter, from the position and the state in its registers.
   * @param {Run} run
   * @param {Bounds} bounds
   * @param {number} done how many were taken before
   * @param {number} most
   * @param {number} until when it pauses, after at least one step
   * @returns {Taken}
   */
  interpret(run, { shortest, flattest, asked, tol, epoch }, done, most, until) {
    const { step } = this;
    const { count, moves, sources, f, g, difference } = this.parts;
    const { positions, values, gradients, stepValues, width, limit } = run;
    const r = step.registers;
    const stateCount = moves.length;
    const moved = new Float64Array(stateCount);
    /** @type {number[]} */
    let last = [];
    let short = false;
    for (; done < most && !short; done++) {
      step.take(done + 1);
      const at = done * count;
      values[done] = r[f];
      for (let i = 0; i < count; i++) gradients[at + i] = r[g[i]];
      if (r[f] - r[f] !== 0) return { done, stop: "left", last };
      if (squares(r, g) < flattest) return { done, stop: "gradient", last };
      let defect = 0; // becomes not a number if anything is not finite
      for (let i = 0; i < stateCount; i++) {
        const next = r[moves[i]];
        moved[i] = next;
        defect += next - next;
      }
      if (defect !== 0) return { done, stop: "broken", last };
      for (let i = 0, to = done * width; i < width; i++) stepValues[to + i] = r[sources[i]];
      for (let i = 0; i < count; i++) positions[at + count + i] = moved[i];
      if (squares(r, difference) < shortest) short = squares(r, g) < asked && atRest(run, done + 1, epoch, tol);
      if (done + 1 === limit) last = difference.map((slot) => r[slot]);
      for (let i = 0; i < stateCount; i++) r[i] = moved[i];
      if (until < Infinity && step.rows && !short && done + 1 < run.limit && performance.now() >= until)
        return { done: done + 1, stop: "paused", last };
    }
    return { done, stop: short ? "step" : "limit", last };
  }

  /**
   * Why a run ended whose steps did not fail, after a look at the value and the gradient at the last position.
   * @param {Stop} stop
   * @param {Run} run
   * @param {Bounds} bounds
   * @returns {Stop}
   */
  settle(stop, run, { flattest }) {
    if (!this.finish(run)) return "left";
    const { registers, tape } = this.objective;
    return stop === "limit" && squares(registers, tape.outputs.g) < flattest ? "gradient" : stop;
  }

  /**
   * Take a step again from rounded inputs: the gradient, the position, the state.
   * @param {Run} run
   * @param {number} step from 0
   * @param {(value: number) => number} rounded
   */
  repeat({ positions, stepValues, width }, step, rounded) {
    const { step: machine, count, next } = this;
    const { moves, sources } = this.parts;
    const r = machine.registers;
    for (let i = 0; i < count; i++) r[i] = rounded(positions[step * count + i]);
    next.forEach((slot, i) => {
      r[count + i] = step ? rounded(stepValues[(step - 1) * width + sources.indexOf(slot)]) : 0;
    });
    machine.take(step + 1);
    return [...machine.tape.outputs.g, ...moves].map((slot) => r[slot]);
  }

  /**
   * Room for a run.
   * @param {number} limit
   * @returns {Run}
   */
  newRun(limit) {
    const { count, quantities } = this;
    const width = this.parts.sources.length;
    return {
      ...{ count, limit, start: [], steps: 0, quantities, width },
      positions: new Float64Array((limit + 1) * count),
      values: new Float64Array(limit + 1),
      gradients: new Float64Array((limit + 1) * count),
      stepValues: new Float64Array(limit * width),
      ending: { kind: "", message: "" },
    };
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
    if (objective.rows) objective.rows.step = run.steps + 1; // of whose batch the value is
    objective.execute();
    if (objective.rows) objective.rows.step = 0;
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
    if (stop === "left") this.finish(run);
    const epoch = this.step.rows?.batches?.stepsAnEpoch ?? 1;
    if (stop !== "left" && stop !== "broken")
      return tellStop(stop, run, last, limits, hyperparameters, this.pulls, epoch);
    const { rows } = this.objective;
    if (rows && stop === "left") rows.step = steps + 1; // of whose batch the value is
    const cause = this.cause(stop);
    if (rows) rows.step = 0;
    const curable = stop === "left" || "fg".includes(cause?.quantity ?? "-");
    return tellFailure(steps, stop === "left" ? steps : steps + 1, cause, curable ? this.cure(run) : "");
  }

  /**
   * What was not finite, from the inputs that are in the registers of the step or of the objective.
   * @param {"left" | "broken"} stop
   */
  cause(stop) {
    if (stop === "left") return failure(this.objective, this.objective.tape.outputs.f, ["f"]);
    const { theta } = this.step.tape.outputs;
    const quantities = ["g", ...this.quantities.map(({ name }) => name), "theta"];
    return failure(this.step, [...theta, ...this.next], quantities);
  }

  /**
   * What to write instead, if that is finite at the last position.
   * @param {Run} run
   */
  cure({ positions, steps, count }) {
    const found = this.forms().find(({ tape }) => {
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
 * Whether all steps of an epoch, of which `step` is the last, are shorter than the tolerance as they are recorded.
 * @param {Run} run
 * @param {number} step
 * @param {number} epoch
 * @param {number} tol
 */
function atRest(run, step, epoch, tol) {
  if (step < epoch) return false;
  for (let each = step; each > step - epoch; each--) if (!(stepLength(run, each) < tol)) return false;
  return true;
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
