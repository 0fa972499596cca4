// @ts-check
/** One optimizer on the page. */
import { short } from "./format.js";
import { Program } from "./runs/program.js";
import { Stability } from "./stability.js";

/** One optimizer on the page: what was read, what the user set, and its run. */
export class Optimizer {
  /** @type {Program} */
  program;
  /** @type {Stability} */
  stability;
  /** @type {Program | null} */
  #spare = null;

  /**
   * @param {any} data
   * @param {Record<string, number | string>} settings
   * @param {any} objective
   * @param {number} identity
   */
  constructor(data, settings, objective, identity) {
    this.data = data;
    this.settings = settings;
    this.identity = identity;
    this.link(objective);
    this.squares = new Set(/** @type {string[]} */ (data.squares));
    this.arrows = new Set(/** @type {string[]} */ (data.arrows));
    /** The hyperparameters along whose sliders the outcomes are shown. */
    this.strips = new Set(["lr"]);
    /** The hyperparameter beside lr over which a map of the outcomes is shown; empty for none. */
    this.mapped = "";
  }

  /**
   * Link the equations with an objective; where only values of constants are others, what was compiled stays.
   * @param {any} objective
   */
  link(objective) {
    const { data, program } = this;
    const { batches, tape } = objective;
    const same = program && this.objective.tape === tape && this.objective.batches === batches;
    const linked = same && this.linked === data.tape;
    this.base = objective.hyperparameters;
    this.objective = objective;
    this.linked = data.tape;
    if (!linked) {
      this.program = new Program(data.tape, tape, data.state, () => this.objective.forms, batches);
      this.#spare = null;
    }
    this.program.setConstants(objective.constantInputs);
    this.#spare?.setConstants(objective.constantInputs);
    if (this.stability?.tape !== this.data.tape) this.stability = new Stability(this.data, objective.names.length);
  }

  /**
   * A hyperparameter: the user's, else the zoo's, else the objective's.
   * @param {string} name
   * @returns {number | string}
   */
  value(name) {
    const part = this.data.hyperparameters.find((/** @type {any} */ each) => each.name === name);
    return this.settings[name] ?? part?.schedule ?? part?.value ?? part?.default ?? this.base[name] ?? 0.1;
  }

  /** Every hyperparameter. @returns {Record<string, number | string>} */
  values() {
    return Object.fromEntries(
      this.data.hyperparameters.map((/** @type {any} */ part) => [part.name, this.value(part.name)]),
    );
  }

  /**
   * @param {import("./runs/program.js").Limits} limits
   * @param {number[]} start
   * @param {number} [until] when a run over data pauses
   */
  run(limits, start, until) {
    return this.program.run(start, /** @type {Record<string, number>} */ (this.values()), limits, until);
  }

  /** The same program once more, for runs that are not shown: they leave the shown one's arrays as they are. */
  get spare() {
    if (!this.#spare) {
      const { batches, constantInputs, tape } = this.objective;
      this.#spare = new Program(this.data.tape, tape, this.data.state, undefined, batches);
      this.#spare.setConstants(constantInputs);
    }
    return this.#spare;
  }

  /** The last run. */
  get latest() {
    return /** @type {import("./runs/program.js").Run} */ (this.program.latest);
  }

  get name() {
    return this.data.isCustom ? "your equations" : this.data.name;
  }

  get label() {
    const { name, settings } = this;
    const shown = Object.entries(settings).map(
      ([name, value]) => `${name}=${typeof value === "number" ? short(value, 4) : value}`,
    );
    return shown.length ? `${name}(${shown.join(", ")})` : name;
  }

  /**
   * The largest stable learning rate for a curvature, where the equations have one; batches have curvatures of their own.
   * @param {number} curvature
   * @param {Record<string, any>} [values] of the hyperparameters
   */
  limit(curvature, values = this.values()) {
    return this.objective.batches ? null : this.stability.limit(curvature, values);
  }

  /** What the state keeps of it. */
  get kept() {
    return { text: this.data.text, settings: { ...this.settings } };
  }
}
