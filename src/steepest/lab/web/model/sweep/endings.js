// @ts-check
/** How many runs ended, as small numbers: the port of `steepest.runs.sweep.endings`. */
import { tellFailure } from "../runs/ending.js";
import { FAILURE } from "../shared.js";
import { ENDINGS } from "./tables.js";

/** @typedef {import("../runs/program.js").Program} Program */
/** @typedef {ReturnType<Program["runMany"]>} ManyRuns */

export const CONVERGED = ENDINGS.indexOf("converged");
export const STEP_LIMIT = ENDINGS.indexOf("step_limit");
export const INTERRUPTED = ENDINGS.indexOf("interrupted");
const FINITE = /** @type {Record<string, number>} */ ({ limit: STEP_LIMIT, step: CONVERGED, gradient: CONVERGED });

/**
 * The endings of runs, each the one that it would have alone. Runs whose numbers are of the same sizes fail for the same
 * reason, which is looked for once.
 */
export class Endings {
  /** The endings that are known, by the sizes of all numbers on the way. @type {Map<string, number>} */
  known = new Map();

  /** @param {Program} program */
  constructor(program) {
    this.program = program;
  }

  /**
   * The ending of one of many runs, made just now with the program.
   * @param {ManyRuns} runs
   * @param {number} k
   */
  of({ stops, steps, states }, k) {
    const stop = stops[k];
    if (stop !== "left" && stop !== "broken") return FINITE[stop];
    const { program, known } = this;
    const machine = stop === "left" ? program.objective : program.step;
    const r = machine.registers;
    const width = program.parts.moves.length;
    const inputs = stop === "left" ? program.count : width;
    for (let i = 0; i < inputs; i++) r[i] = states[k * width + i];
    if (stop === "broken") r[program.step.stepInput] = steps[k] + 1;
    machine.execute();
    const sizes = `${stop} ${steps[k] > 0} ${sizesOf(r)}`;
    let ending = known.get(sizes);
    if (ending === undefined) {
      const { kind } = tellFailure(steps[k], stop === "left" ? steps[k] : steps[k] + 1, program.cause(stop), "");
      ending = ENDINGS.indexOf(kind);
      known.set(sizes, ending);
    }
    return ending;
  }
}

/**
 * What matters of numbers for the cause of a failure: whether each is 0, small, large, enormous, infinite or NaN.
 * @param {Float64Array} numbers
 */
function sizesOf(numbers) {
  let text = "";
  for (let from = 0; from < numbers.length; from += 16) {
    let packed = 0;
    for (let i = from; i < Math.min(from + 16, numbers.length); i++) {
      const size = Math.abs(numbers[i]);
      const rank =
        Number(size > 0) + Number(size >= 1) + Number(size >= FAILURE.NEGLIGIBLE) + Number(size === Infinity);
      const kind = Number.isNaN(size) ? 5 : rank;
      packed = packed * 6 + kind;
    }
    text += `${packed.toString(36)} `;
  }
  return text;
}
