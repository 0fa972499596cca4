// @ts-check
/** How a run ended, in a sentence: the port of `steepest.runs.ending`. */

import { general } from "../format.js";
import { grouped } from "../language/errors.js";
import { REDUCTIONS } from "../language/operations.js";
import { DOMAINS, ENDING } from "../shared.js";
import { callText } from "../tape/failure.js";

/** @typedef {import("../tape/failure.js").Failure} Failure */
/** @typedef {import("./program.js").Limits} Limits */
/** @typedef {import("./program.js").Run} Run */
/** @typedef {{kind: string, message: string}} Ending */

const QUANTITIES = /** @type {Record<string, string>} */ (ENDING.QUANTITIES);
const SPACING = "is below the spacing of floating-point numbers there";
const WORDS = /** @type {Record<string, string>} */ (ENDING.WORDS);

/**
 * The ending of a run that stayed finite.
 * @param {string} stop `step`, `gradient` or `limit`
 * @param {Run} run
 * @param {number[]} last what the last step added
 * @param {Limits} limits
 * @param {Record<string, number>} hyperparameters
 * @param {boolean} pulls see `gradientBound`
 * @param {number} [epoch] the steps of an epoch; 1 where each step takes all rows
 * @returns {Ending}
 */
export function tellStop(stop, run, last, limits, hyperparameters, pulls, epoch = 1) {
  const { steps, count } = run;
  const { tol, gtol } = limits;
  const after = () => `after ${steps} step${steps === 1 ? "" : "s"}`;
  const length = steps ? stepLength(run, steps) : 0;
  if (stop === "step") {
    const slope = Math.hypot(...run.gradients.subarray((steps - 1) * count, steps * count));
    const most = gradientBound(limits, pulls, hyperparameters);
    const wide = most < Infinity && hyperparameters.lr * ENDING.SLOPE < 1;
    return new Told("converged", () => {
      const texts = below(length, tol);
      if (epoch > 1) {
        const each = `each of the last ${grouped(epoch)} steps, an epoch, is shorter than tol = ${texts[1]}`;
        return `converged ${after()}: ${each}`;
      }
      const own = most === tol;
      const [shown, least] = below(slope, most);
      const also =
        own || wide ? `, and the gradient's norm, ${shown}, is smaller than ${own ? "tol" : least}, too` : "";
      return `converged ${after()}: the last step, ${texts[0]} long, is shorter than tol = ${texts[1]}${also}`;
    });
  }
  if (stop === "gradient") {
    const least = () => `the gradient's norm is smaller than gtol = ${general(gtol, 6)}`;
    return new Told("converged", () => `converged ${after()}: ${least()}`);
  }
  const swallowed = length === 0 && last.some((part) => part) ? lost(run, last) : "";
  const end = () => swallowed || `; the last one was ${general(length, 3)} long`;
  return new Told("step_limit", () => `stopped at the step limit ${after()}${steps ? end() : ""}`);
}

/** An ending whose sentence is written when it is read, which of most runs of a drag it never is. */
class Told {
  /** @type {string | null} */
  #text = null;

  /**
   * @param {string} kind
   * @param {() => string} write from what does not change when another run takes this one's arrays
   */
  constructor(kind, write) {
    this.kind = kind;
    this.write = write;
  }

  get message() {
    this.#text ??= this.write();
    return this.#text;
  }
}

/**
 * A last step that changed nothing.
 * @param {Run} run
 * @param {number[]} last what it added
 */
function lost({ positions, steps, count }, last) {
  const spacing = last.map((part, i) => (part ? ulp(positions[steps * count + i]) : 0));
  const [added, apart] = [last, spacing].map((parts) => general(Math.hypot(...parts), 3));
  return `; the last one, ${added} long, ${SPACING}, ${apart}, and changed nothing`;
}

/**
 * See `steepest.runs.ending.failed_ending`.
 * @param {number} steps
 * @param {number} step
 * @param {Failure | null} cause
 * @param {string} instead
 * @returns {Ending}
 */
export function tellFailure(steps, step, cause, instead) {
  const end = (/** @type {string} */ kind, /** @type {string} */ words) => ({
    kind,
    message: `${kind} ${step ? `at step ${step}` : "at the start"}: ${words}${instead}`,
  });
  if (!cause) return end("undefined", `${step === steps ? "the value" : "the position"} is not a finite number`);
  const { operation, arguments: values, quantity, lost, place = "" } = cause;
  const whole = QUANTITIES[quantity] ?? quantity;
  const summed = REDUCTIONS.has(operation) ? `${whole}'s sum over the rows` : whole;
  const what = place ? (quantity === "f" ? place : `${place}, in ${summed}`) : summed;
  const large = ENDING.TOO_LARGE;
  if (cause.inner || (cause.overflow && place)) {
    const away = steps && (ENDING.GROWING.includes(operation) || !lost);
    return end(
      away ? "diverged" : "undefined",
      `in ${what}, ${callText(operation, values)} is ${large}${lost && `, and ${lost} is not a number`}`,
    );
  }
  if (cause.overflow) return end("diverged", `${what} is ${large}`);
  const given = operation === "div" ? callText("div", values) : values.map((value) => general(value, 6)).join(" and ");
  const where = quantity === "f" && !place ? "" : `in ${what}, `;
  const needs = /** @type {Record<string, string>} */ (DOMAINS)[operation] ?? "a positive base";
  return end("undefined", `${where}${WORDS[operation] ?? operation} needs ${needs} and got ${given}`);
}

/**
 * See `steepest.runs.stopping.StoppingRule.gradient_bound`.
 * @param {Limits} limits
 * @param {boolean} pulled
 * @param {Record<string, any>} hyperparameters
 */
export function gradientBound({ tol }, pulled, hyperparameters) {
  for (const name in hyperparameters) if (typeof hyperparameters[name] === "string") return tol; // a schedule
  return hyperparameters.lr <= tol ? tol : pulled ? Infinity : ENDING.SLOPE * tol;
}

/**
 * See `steepest.runs.ending._told_apart`.
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
export function stepLength({ count, positions }, step) {
  const at = step * count;
  const part = (/** @type {number} */ i) => positions[at + i] - positions[at - count + i];
  if (count === 2) return Math.hypot(part(0), part(1));
  return Math.hypot(...Array.from({ length: count }, (_, i) => part(i)));
}
