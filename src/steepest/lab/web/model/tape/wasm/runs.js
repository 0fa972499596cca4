// @ts-check
/** A program's runs, compiled. */
import { instantiate, lanesAtOnce, room } from "./instance.js";
import { F64, I32, Module } from "./module.js";
import { writePair } from "./pair.js";
import { STOP, writeSteps, writeTable } from "./steps.js";

/** @typedef {import("../incremental.js").IncrementalMachine} IncrementalMachine */
/** @typedef {import("../../runs/program.js").Bounds} Bounds */
/** @typedef {import("../../runs/program.js").Parts} Parts */
/** @typedef {import("../../runs/program.js").Run} Run */
/**
 * What the functions are written from: the tape of a step, the stage of every slot, those that the table keeps, the
 * inputs (first those that move), and where in the memory everything begins, in numbers.
 * @typedef {{tape: import("../builder.js").Tape, stages: number[], kept: number[], moving: number[], inputs: number[],
 *   time: number, parts: Parts, at: Record<string, number>}} Plan
 */
/**
 * What so many steps left in the memory.
 * @typedef {{memory: Float64Array, taken: number, seen: number, values: Float64Array, gradients: Float64Array,
 *   positions: Float64Array, stepValues: Float64Array}} Records
 */

const STOPS = /** @type {import("../../runs/program.js").Stop[]} */ (Object.keys(STOP));
const CHUNK = 1024; // steps of one call, which need so little memory that it stays in the processor's cache

/** A program's steps, compiled. */
export class CompiledRuns {
  /**
   * @param {IncrementalMachine} machine
   * @param {Parts} parts
   */
  constructor(machine, parts) {
    this.machine = machine;
    this.parts = parts;
    const { tape, stages, kept, moving, stepInput } = machine;
    const { count, sources } = parts;
    const inputs = [...tape.inputs.keys()];
    const sizes = {
      ...{ inputs: inputs.length, last: 2 * count, pairs: 2 * (moving + 2) },
      ...{ values: CHUNK, gradients: CHUNK * count, positions: CHUNK * count, records: CHUNK * sources.length },
      table: CHUNK * kept.length,
    };
    /** Where in the memory everything begins, in numbers. @type {Record<string, number>} */
    this.at = {};
    this.size = 0;
    for (const [name, size] of Object.entries(sizes)) {
      this.at[name] = this.size;
      this.size += size;
    }
    const { at } = this;
    const plan = { tape, stages, kept: [...kept], moving: inputs.slice(0, moving), inputs, time: stepInput, parts, at };
    const module = new Module();
    if (kept.length) module.define("table", [I32, I32], I32, (body) => writeTable(body, plan));
    module.define("steps", [I32, I32, F64, F64, F64, F64], I32, (body) => writeSteps(body, plan));
    if (lanesAtOnce() === 2) module.define("pair", [I32, F64, F64, F64, F64], I32, (body) => writePair(body, plan));
    this.functions = instantiate(module);
    /** @type {Records | null} */
    this.latest = null;
  }

  /**
   * Take the rest of a run's steps, from the inputs in the machine's registers to those after the last.
   * @param {Run} run
   * @param {Bounds} bounds
   * @param {number} done how many were taken before
   */
  take(run, { shortest, flattest, asked, tol }, done) {
    const { machine, parts, at, size, functions } = this;
    const { registers, moving, stepInput } = machine;
    const { count, sources } = parts;
    const memory = room(size);
    for (let slot = 0; slot < stepInput + 3; slot++) memory[slot] = registers[slot];
    let stop = STOP.limit;
    while (stop === STOP.limit && done < run.limit) {
      const most = Math.min(CHUNK, run.limit - done);
      this.tabulate(memory, done, most);
      const answer = functions.steps(done, most, shortest, flattest, asked, tol);
      const taken = answer >> 3;
      stop = answer & 7;
      const seen = taken + Number(stop !== STOP.limit && stop !== STOP.step); // a step that failed has a value, too
      const records = this.recorded(memory, taken, seen);
      run.values.set(records.values, done);
      run.gradients.set(records.gradients, done * count);
      run.positions.set(records.positions, (done + 1) * count);
      run.stepValues.set(records.stepValues, done * sources.length);
      done += taken;
    }
    for (let slot = 0; slot < moving; slot++) registers[slot] = memory[slot];
    registers[stepInput] = done + 1;
    const last = [];
    for (let i = 0; i < count; i++) last.push(memory[at.last + i]);
    return { done, stop: STOPS[stop], last };
  }

  /**
   * The records of the steps just taken. They are kept for the next run, which mostly takes as many.
   * @param {Float64Array} memory
   * @param {number} taken
   * @param {number} seen steps of which there is a value
   */
  recorded(memory, taken, seen) {
    const { at, parts, latest } = this;
    if (latest?.memory === memory && latest.taken === taken && latest.seen === seen) return latest;
    const part = (/** @type {number} */ from, /** @type {number} */ size) => memory.subarray(from, from + size);
    this.latest = {
      ...{ memory, taken, seen, values: part(at.values, seen) },
      gradients: part(at.gradients, seen * parts.count),
      positions: part(at.positions, taken * parts.count),
      stepValues: part(at.records, taken * parts.sources.length),
    };
    return this.latest;
  }

  /**
   * Runs of which only the end is kept, two at once; why they ended.
   * @param {Float64Array} states the position and the state, a row for each run; the first ones become the last ones
   * @param {Int32Array} steps becomes how many steps each took
   * @param {number} limit at least 1
   * @param {Bounds} bounds
   */
  takePairs(states, steps, limit, { shortest, flattest, asked, tol }) {
    const { at, functions } = this;
    const { registers, moving, stepInput, kept } = this.machine;
    const memory = room(at.table + limit * kept.length);
    const end = at.pairs + 2 * moving;
    /** @type {import("../../runs/program.js").Stop[]} */
    const stops = [];
    memory.set(registers.subarray(0, stepInput + 3));
    this.tabulate(memory, 0, limit);
    for (let run = 0; run < steps.length; run += 2) {
      const runs = run + 1 < steps.length ? [run, run + 1] : [run];
      memory.fill(0, at.pairs, end + 4);
      for (const [lane, k] of runs.entries())
        for (let i = 0; i < moving; i++) memory[at.pairs + 2 * i + lane] = states[k * moving + i];
      functions.pair(limit, shortest, flattest, asked, tol);
      for (const [lane, k] of runs.entries()) {
        for (let i = 0; i < moving; i++) states[k * moving + i] = memory[at.pairs + 2 * i + lane];
        steps[k] = memory[end + lane];
        stops.push(STOPS[memory[end + 2 + lane]]);
      }
    }
    return stops;
  }

  /**
   * Put rows of what depends on the step's number into the memory.
   * @param {Float64Array} memory
   * @param {number} before
   * @param {number} count
   */
  tabulate(memory, before, count) {
    const { machine, at, functions } = this;
    const width = machine.kept.length;
    if (!width) return;
    if (machine.known >= before + count) {
      memory.set(machine.table.subarray(before * width, (before + count) * width), at.table);
      return;
    }
    functions.table(before, count);
    machine.remember(before, count, memory.subarray(at.table, at.table + count * width));
  }
}
