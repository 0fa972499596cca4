// @ts-check
/** Runs: an optimizer's tape linked with an objective's, taken step by step, recorded, and how it ended. */
import { link, STEP, used } from "./builder.js";
import { general } from "./format.js";
import { Staged } from "./incremental.js";
import { DOMAINS, overflows } from "./operations.js";
import { Machine } from "./tape.js";

/** @typedef {import("./builder.js").Tape} Tape */

const NOT_RECORDED = new Set(["theta", "f", "g", STEP]);
const SLOPE = 1e3; // times tol

/** @typedef {{kind: string, message: string}} Ending */
/** @typedef {{steps: number, tol: number, gtol: number, seed: number}} Limits */
/** @typedef {{name: string, width: number, offset: number}} Quantity */
/**
 * One run: row k of `positions`, `values` and `gradients` is what it was after k steps; row k of `carried` is what step
 * k + 1
 * computed, a quantity's part of it beginning at its offset.
 * @typedef {{count: number, steps: number, positions: Float64Array, values: Float64Array, gradients: Float64Array,
 *   quantities: Quantity[], carried: Float64Array, width: number, ending: Ending, start: number[], limit: number}} Run
 */

/**
 * What a step computed of a quantity.
 * @param {Run} run
 * @param {Quantity} quantity
 * @param {number} step from 1
 */
export function quantityAt(run, { offset, width }, step) {
  const at = (step - 1) * run.width + offset;
  return run.carried.subarray(at, at + width);
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
    const { positions, values, gradients, carried } = run;
    const value = f[0];
    const moving = moves.length;
    const width = sources.length;
    const shortest = limits.tol > 0 ? Math.max(limits.tol * limits.tol, 5e-324) : 0;
    const flattest = limits.gtol > 0 ? Math.max(limits.gtol * limits.gtol, 5e-324) : 0;
    const moved = new Float64Array(moving);
    const asked = bound(limits, this.pulls, hyperparameters) ** 2;
    /** @type {number[]} */
    let last = [];
    for (let i = 0; i < count; i++) r[i] = positions[i] = start[i];
    r.fill(0, count, moving);
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
      for (let i = 0; i < moving; i++) {
        const next = r[moves[i]];
        moved[i] = next;
        defect += next - next;
      }
      if (defect !== 0) {
        stop = "broken";
        break;
      }
      for (let i = 0, to = done * width; i < width; i++) carried[to + i] = r[sources[i]];
      for (let i = 0; i < count; i++) positions[at + count + i] = moved[i];
      if (shortest)
        short = squares(r, difference) < shortest && squares(r, g) < asked && stepLength(run, done + 1) < limits.tol;
      if (done + 1 === limits.steps) last = difference.map((slot) => r[slot]);
      for (let i = 0; i < moving; i++) r[i] = moved[i];
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
   * What a step gives once more, with all that it begins with rounded: the gradient, the place, the state.
   * @param {Run} run
   * @param {number} step from 0
   * @param {(value: number) => number} rounded
   */
  again({ positions, carried, width }, step, rounded) {
    const { step: machine, count, moves, next, sources } = this;
    const r = machine.registers;
    for (let i = 0; i < count; i++) r[i] = rounded(positions[step * count + i]);
    next.forEach((slot, i) => {
      r[count + i] = step ? rounded(carried[(step - 1) * width + sources.indexOf(slot)]) : 0;
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
      carried: new Float64Array(limit * this.sources.length),
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
    const { steps, count } = run;
    const { outputs } = this.step.tape;
    const after = `after ${steps} step${steps === 1 ? "" : "s"}`;
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
    const length = steps ? stepLength(run, steps) : 0;
    if (stop === "step") {
      const texts = below(length, limits.tol);
      const most = bound(limits, this.pulls, hyperparameters);
      const own = most === limits.tol;
      const slope = Math.hypot(...run.gradients.subarray((steps - 1) * count, steps * count));
      const [shown, least] = below(slope, most);
      const also =
        own || (most < Infinity && hyperparameters.lr * SLOPE < 1)
          ? `, and the gradient's norm, ${shown}, is smaller than ${own ? "tol" : least}, too`
          : "";
      return {
        kind: "converged",
        message: `converged ${after}: the last step, ${texts[0]} long, is shorter than tol = ${texts[1]}${also}`,
      };
    }
    if (stop === "gradient")
      return {
        kind: "converged",
        message: `converged ${after}: the gradient's norm is smaller than gtol = ${general(limits.gtol, 6)}`,
      };
    const swallowed = length === 0 && last.some((part) => part);
    const spacing = last.map((part, i) => (part ? ulp(run.positions[steps * count + i]) : 0));
    const [added, apart] = [last, spacing].map((parts) => general(Math.hypot(...parts), 3));
    const end = swallowed
      ? `; the last one, ${added} long, is below the spacing of floating-point numbers there, ${apart}, and changed nothing`
      : `; the last one was ${general(length, 3)} long`;
    return { kind: "step_limit", message: `stopped at the step limit ${after}${steps ? end : ""}` };
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
 * See `steepest.optimizers.Optimizer.pulls`.
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
 * See `steepest.ending.asked`.
 * @param {Limits} limits
 * @param {boolean} pulled
 * @param {Record<string, any>} hyperparameters
 */
function bound({ tol }, pulled, hyperparameters) {
  const scheduled = Object.values(hyperparameters).some((value) => typeof value === "string");
  return scheduled || hyperparameters.lr <= tol ? tol : pulled ? Infinity : SLOPE * tol;
}

/**
 * See `steepest.ending.below`.
 * @param {number} value
 * @param {number} most
 */
function below(value, most) {
  let digits = 3;
  const texts = () => [general(value, digits), general(most, Math.max(digits, 6))];
  while (digits < 17 && !(Number(texts()[0]) < Number(texts()[1]))) digits++;
  return texts();
}

/**
 * The spacing of numbers.
 * @param {number} value
 */
function ulp(value) {
  return Math.max(2 ** (Math.floor(Math.log2(Math.abs(value))) - 52), 5e-324);
}

/**
 * How long step `step` was.
 * @param {Run} run
 * @param {number} step
 */
export function stepLength(run, step) {
  const { count, positions } = run;
  const differences = [];
  for (let i = 0; i < count; i++) differences.push(positions[step * count + i] - positions[(step - 1) * count + i]);
  return Math.hypot(...differences);
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

/**
 * @typedef {{overflow: boolean, operation: string, arguments: number[], quantity: string, inner: boolean, lost:
 *   string}} Failure
 */

/**
 * See `steepest.targets.reference.failure`.
 * @param {Machine} machine
 * @param {number[]} outputs
 * @param {string[]} quantities
 * @returns {Failure | null}
 */
function failure(machine, outputs, quantities) {
  machine.executeAll();
  const {
    tape: { operations, outputs: all },
    registers: r,
    first,
  } = machine;
  const { seen, origins } = spoiled(machine, outputs);
  if (!origins.length) return null;
  const origin = Math.min(...origins);
  const [name, base] = operations[origin - first];
  const values = numbers(machine, origin);
  const overflow = overflows(name, values);
  let quantity = "";
  let place = origin;
  let least = Infinity;
  for (const each of quantities) {
    for (const slot of all[each]) {
      const rank = each === "g" ? -1 : slot;
      if (rank < least && (rank < 0 || seen.has(slot)) && spoiled(machine, [slot]).origins.includes(origin))
        [quantity, place, least] = [each, slot, rank];
    }
  }
  const nan = Math.min(...[...spoiled(machine, [place]).seen].filter((slot) => Number.isNaN(r[slot])));
  const power =
    name === "log" && quantity === "g" && operations.some(([kind, below]) => kind === "pow" && below === base);
  return {
    overflow,
    quantity,
    operation: power ? "exponent" : name,
    arguments: values,
    inner: overflow && !enormous(machine, place, origin),
    lost: overflow && nan < Infinity ? told(operations[nan - first][0], numbers(machine, nan)) : "",
  };
}

/**
 * @param {Machine} machine
 * @param {number} slot
 */
function numbers({ tape, registers, first }, slot) {
  return used(tape.operations[slot - first]).map((each) => registers[each]);
}

/**
 * What makes outputs not finite.
 * @param {Machine} machine
 * @param {number[]} outputs
 */
function spoiled(machine, outputs) {
  const bad = (/** @type {number} */ slot) => !Number.isFinite(machine.registers[slot]);
  const waiting = outputs.filter(bad);
  const seen = new Set();
  const origins = [];
  for (const slot of waiting) {
    if (seen.has(slot) || slot < machine.first) continue;
    seen.add(slot);
    const causes = taken(machine, slot).filter(bad);
    waiting.push(...causes);
    if (!causes.length) origins.push(slot);
  }
  return { seen, origins };
}

/**
 * @param {Machine} machine
 * @param {number} slot
 */
function taken({ tape, registers, first }, slot) {
  const operation = tape.operations[slot - first];
  const [condition, a, b] = used(operation);
  return operation[0] === "where" ? [condition, registers[condition] !== 0 ? a : b] : used(operation);
}

/**
 * Whether an infinite result really is larger than any number; not if in doubt.
 * @param {Machine} machine
 * @param {number} slot
 * @param {number} origin
 * @returns {boolean}
 */
function enormous(machine, slot, origin) {
  const { tape, registers: r, first } = machine;
  if (slot === origin) return true;
  const name = slot >= first && Math.abs(r[slot]) === Infinity ? tape.operations[slot - first][0] : "";
  return (
    ["neg", "abs", "add", "sub", "mul", "div"].includes(name) &&
    taken(machine, slot).every((part, index) => {
      const size = Math.abs(r[part]);
      if (size === Infinity) return (name !== "div" || !index) && enormous(machine, part, origin);
      return name === "mul" ? size >= 1 : name === "div" ? size <= 1 : size < 1e291;
    })
  );
}

const SIGNS = /** @type {Record<string, string>} */ ({ add: " + ", sub: " - ", mul: "*", div: "/", pow: "^" });

/**
 * @param {string} name
 * @param {number[]} values
 * @returns {string}
 */
function told(name, values) {
  if (name === "mul" && values[0] === values[1]) return told("pow", [values[0], 2]);
  const texts = values.map((value) => general(value + 0, 6));
  return name in SIGNS ? texts.join(SIGNS[name]) : `${name}(${texts.join(", ")})`;
}

const WORDS = /** @type {Record<string, string>} */ ({
  f: "the value",
  g: "the gradient",
  theta: "the position",
  "": "a step",
  div: "a quotient",
  pow: "a power",
  exponent: "the slope of a power by its exponent",
});

/**
 * See `steepest.ending.tell_failure`.
 * @param {number} steps
 * @param {number} step
 * @param {Failure | null} cause
 * @param {string} instead
 * @returns {Ending}
 */
function tellFailure(steps, step, cause, instead) {
  const end = (/** @type {string} */ kind, /** @type {string} */ words) => ({
    kind,
    message: `${kind} ${step ? `at step ${step}` : "at the start"}: ${words}${instead}`,
  });
  if (!cause) return end("undefined", `${step === steps ? "the value" : "the position"} is not a finite number`);
  const { operation, arguments: values, quantity, lost } = cause;
  const what = WORDS[quantity] ?? quantity;
  const large = "larger than any number of the machine (1.8e308)";
  if (cause.inner) {
    const away = steps && (["add", "sub", "mul"].includes(operation) || !lost);
    return end(
      away ? "diverged" : "undefined",
      `in ${what}, ${told(operation, values)} is ${large}${lost && `, and ${lost} is not a number`}`,
    );
  }
  if (cause.overflow) return end("diverged", `${what} is ${large}`);
  const given = operation === "div" ? told("div", values) : values.map((value) => general(value, 6)).join(" and ");
  const where = quantity === "f" ? "" : `in ${what}, `;
  const needs = DOMAINS[operation] ?? "a positive base";
  return end("undefined", `${where}${WORDS[operation] ?? operation} needs ${needs} and got ${given}`);
}
