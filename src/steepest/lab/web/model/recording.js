// @ts-check
/** Runs of other libraries' optimizers, which Python recorded: they are shown and never run again. */
import { pointText } from "./format.js";

/** @typedef {import("./program.js").Run} Run */
/**
 * What Python wrote: see `steepest.lab.recordings`.
 * @typedef {object} Recorded
 * @property {string} label
 * @property {string} text
 * @property {Record<string, string>} settings
 * @property {string} version of steepest
 * @property {string} objective
 * @property {Record<string, number>} let
 * @property {number} steps
 * @property {(number | null)[]} positions
 * @property {(number | null)[]} values
 * @property {(number | null)[]} gradients
 * @property {Record<string, number>} evaluations
 * @property {import("./ending.js").Ending} ending
 */

export class Recording {
  /** Whether the user wants to see it. */
  wanted = true;

  /** @param {Recorded} recorded */
  constructor(recorded) {
    const { label, objective, positions, values, gradients, steps, ending } = recorded;
    this.recorded = recorded;
    this.label = label;
    this.objective = objective;
    const count = Math.round(positions.length / (steps + 1));
    /** @type {Run} */
    this.run = {
      ...{ count, steps, limit: steps, quantities: [], width: 0, ending },
      positions: numbers(positions),
      values: numbers(values),
      gradients: numbers(gradients),
      stepValues: new Float64Array(0),
      start: [...numbers(positions).subarray(0, count)],
    };
  }

  /**
   * Why it is not shown beside runs on an objective; empty if it is.
   * @param {{text: string, constants: Record<string, number>}} objective
   */
  hiddenBecause({ text, constants }) {
    const { objective, recorded } = this;
    const values = Object.entries(recorded.let).map(([name, value]) => `${name} = ${value}`);
    const made = [objective, ...values].join(", ");
    const same = text === objective && Object.entries(recorded.let).every(([name, value]) => constants[name] === value);
    if (!same) return `not shown: it was made on ${made}`;
    return this.wanted ? "" : "not shown";
  }

  /**
   * What it is.
   * @param {string[]} names the parameters
   */
  about(names) {
    const { text, settings, version } = this.recorded;
    const given = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
    const made = `A recording of ${text}, made by steepest ${version}`;
    const from = names.length === this.run.count ? ` from ${pointText(names, this.run.start)}` : "";
    return `${made}${given.length ? ` with ${given.join(", ")}` : ""}${from}. It is not run again here.`;
  }

  /** What it asked the function for. */
  get evaluations() {
    const told = Object.entries(this.recorded.evaluations).filter(([, count]) => count > 0);
    return told.map(([name, count]) => `${count} ${name}${count === 1 ? "" : "s"}`).join(", ");
  }
}

/** @param {(number | null)[]} given */
function numbers(given) {
  return Float64Array.from(given, (value) => value ?? NaN);
}
