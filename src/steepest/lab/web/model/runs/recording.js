// @ts-check
/** Runs of other libraries' optimizers, which Python recorded: they are shown and never run again. */
import { equalData } from "../data/settings.js";
import { pointText } from "../format.js";

/** @typedef {import("../data/fit/fit.js").DataSettings} DataSettings */
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
   * Why it is not shown beside runs on an objective over data; empty if it is.
   * @param {{text: string, constants: Record<string, number>}} objective
   * @param {DataSettings | null} data
   * @param {DataSettings | null} given the data that it was made on
   */
  hiddenBecause({ text, constants }, data, given) {
    const { objective, recorded } = this;
    const values = Object.entries(recorded.let);
    const named = (/** @type {[string, unknown][]} */ pairs) => pairs.map(([name, value]) => `${name} = ${value}`);
    const hasNames = values.length === Object.keys(constants).length;
    const same = text === objective && hasNames && values.every(([name, value]) => constants[name] === value);
    if (!same) return `not shown: it was made on ${[objective, ...named(values)].join(", ")}`;
    if (!equalData(data, given)) {
      if (!given || data?.table !== given.table) return `not shown: it was made on other rows of ${objective}`;
      const { table: _, ...how } = given;
      const others = Object.entries(how).filter(([name, value]) => /** @type {any} */ (data)[name] !== value);
      return `not shown: it was made with ${named(others.map(([name, value]) => [name, value ?? "none"])).join(", ")}`;
    }
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
