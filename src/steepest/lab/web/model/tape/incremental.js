// @ts-check
/** The tape of a step in three stages, so that a run computes again only what has changed. */
import { TAPE } from "../shared.js";
import { needs, used } from "./builder.js";
import { compile, execute } from "./bytecode.js";
import { Machine } from "./tape.js";

export const FIXED = 0;
export const TIMED = 1;
export const MOVING = 2; // what a result depends on: hyperparameters, the step number too, or the position

/**
 * Runs steps one after another. What depends on the step number alone is worked out once and kept in a table, also for
 * the next run.
 */
export class IncrementalMachine extends Machine {
  /**
   * @param {import("./builder.js").Tape} tape inputs: the position and the state, hyperparameters, then t, T and the
   *   seed
   * @param {number} moving how many inputs are position and state
   */
  constructor(tape, moving) {
    super(tape);
    const { inputs, constants, operations, outputs } = tape;
    this.moving = moving;
    this.stepInput = inputs.length - 3;
    /** Of every slot. @type {number[]} */
    const stages = [...inputs.keys()]
      .map((slot) => (slot < moving ? MOVING : slot === this.stepInput ? TIMED : FIXED))
      .concat(constants.map(() => FIXED));
    for (const operation of operations) {
      const stage = used(operation).reduce((stage, slot) => Math.max(stage, stages[slot]), FIXED);
      stages.push(operation[0] === TAPE.REDUCE ? MOVING : stage); // a batch has other rows in every step
    }
    this.stages = stages;
    const [fixed, timed, rest] = [FIXED, TIMED, MOVING].map((stage) =>
      compile(tape, (slot) => stages[slot] === stage, this.rows),
    );
    this.fixed = fixed;
    this.timed = timed;
    this.rest = rest;
    const read = new Set([
      ...operations.filter((_, index) => stages[this.first + index] === MOVING).flatMap(used),
      ...Object.values(outputs).flat(),
    ]);
    this.kept = Int32Array.from([...read].filter((slot) => slot >= this.first && stages[slot] === TIMED));
    /** The inputs that the table depends on. */
    this.tabled = new Set(needs(tape, this.kept));
    this.table = new Float64Array(0);
    /** Rows of the table that are worked out. */
    this.known = 0;
    this.begun = false;
  }

  /**
   * Before the first step.
   * @param {Float64Array} given the hyperparameters, T and the seed
   */
  begin(given) {
    const { registers, moving, tabled } = this;
    for (let k = 0; k < given.length; k++) {
      const slot = moving + k + Number(k >= given.length - 2); // t comes between
      if (Object.is(registers[slot], given[k])) continue;
      registers[slot] = given[k];
      this.begun = false;
      if (tabled.has(slot)) this.known = 0;
    }
    if (!this.begun) execute(this.fixed, registers);
    this.begun = true;
  }

  /**
   * One step, whose results are in the registers then.
   * @param {number} t its number, one more than that of the last
   */
  take(t) {
    const { registers, kept, table } = this;
    const width = kept.length;
    const at = (t - 1) * width;
    registers[this.stepInput] = t;
    if (this.rows) this.rows.step = t;
    if (t <= this.known) for (let i = 0; i < width; i++) registers[kept[i]] = table[at + i];
    else this.tabulate(t);
    execute(this.rest, registers, this.rows);
  }

  /** @param {number} t */
  tabulate(t) {
    const { registers, kept } = this;
    execute(this.timed, registers);
    const row = Float64Array.from(kept, (slot) => registers[slot]);
    this.remember(t - 1, 1, row);
  }

  /**
   * Keep rows of the table.
   * @param {number} before how many rows come before them, all of them known
   * @param {number} count
   * @param {Float64Array} rows
   */
  remember(before, count, rows) {
    const width = this.kept.length;
    const needed = before * width + rows.length;
    if (this.table.length < needed) {
      const wider = new Float64Array(2 * needed + 64 * width);
      wider.set(this.table);
      this.table = wider;
    }
    this.table.set(rows, before * width);
    this.known = before + count;
  }
}
