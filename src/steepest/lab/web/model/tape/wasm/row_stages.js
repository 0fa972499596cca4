// @ts-check
/** The sums over blocks of rows of one stage, compiled. */
import { ROWS } from "../../language/tables.js";
import { attempt, instantiate, lanesAtOnce, memoryFor, PAGE } from "./instance.js";
import { ONE, Slots, TWO } from "./lanes.js";
import { I32, Module, OP } from "./module.js";

/** @typedef {import("../row_machine.js").RowStage} RowStage */
/** @typedef {import("../../language/rows.js").Rows} Rows */
/** @typedef {import("./module.js").Body} Body */

const { LANES } = ROWS;

/** Of stages that were compiled, by their tapes and the outputs. @type {WeakMap<object, Map<string, CompiledStage | null>>} */
const known = new WeakMap();

/**
 * Whether a stage was compiled already.
 * @param {RowStage} stage
 */
export function isCompiled(stage) {
  return known.get(stage.tape)?.has(stage.outputs.join()) ?? false;
}

/**
 * A stage compiled, once for its tape; null where there is no WebAssembly.
 * @param {RowStage} stage
 */
export function compiledStage(stage) {
  const own = known.get(stage.tape) ?? new Map();
  known.set(stage.tape, own);
  const key = stage.outputs.join();
  if (!own.has(key))
    own.set(
      key,
      attempt(() => new CompiledStage(stage)),
    );
  return /** @type {CompiledStage | null} */ (own.get(key));
}

/**
 * The function `block(pointer, size)` of a stage, which adds over rows that follow one another in the columns; pointer
 * and size in bytes of a column. It has a memory of its own, so that the columns stay in it.
 */
export class CompiledStage {
  /** @param {RowStage} stage */
  constructor(stage) {
    this.lanes = lanesAtOnce() === 2 ? TWO : ONE;
    const { tape, columns, outputs } = stage;
    /** Where the lanes' sums and the columns begin in the memory, in numbers. */
    this.result = tape.inputs.length;
    this.begin = this.result + outputs.length * LANES + 2;
    this.begin += this.begin % 2;
    this.count = columns.length;
    /** How many rows each column has room for. */
    this.room = 0;
    this.memory = memoryFor(8 * this.begin);
    this.view = new Float64Array(this.memory.buffer);
    const module = new Module();
    const types = [I32, I32, ...columns.map(() => I32)];
    module.define("block", types, I32, (body) => this.write(body, stage));
    this.functions = instantiate(module, this.memory);
    /** @type {Rows | null} */
    this.source = null;
    this.whole = true;
  }

  /**
   * `block(pointer, size, column...)`: the lanes' sums of every output.
   * @param {Body} body
   * @param {RowStage} stage
   */
  write(body, { tape, columns, given, outputs, needed, varying, moving }) {
    const { lanes } = this;
    const [pointer, size] = body.parameters.keys();
    const i = body.local(I32);
    const parts = LANES / lanes.count;
    const slots = new Slots(body, tape, lanes);
    slots.load([...tape.inputs.keys()].slice(0, given), 0);
    slots.compute(needed.filter((slot) => !varying.has(slot)));
    const sums = outputs.map(() => Array.from({ length: parts }, () => body.local(lanes.type)));
    for (const own of sums.flat()) {
      slots.number(0);
      body.set(own);
    }
    body.emit(OP.LOOP);
    for (let part = 0; part < parts; part++) {
      for (const index of columns.keys()) {
        body.get(2 + index, pointer);
        body.emit(OP.I32_ADD);
        body.get(i);
        body.emit(OP.I32_ADD);
        body.memory(lanes.load, 8 * lanes.count * part);
        body.set(slots.at(given + index));
      }
      slots.compute(moving);
      for (const [index, slot] of outputs.entries()) {
        body.get(sums[index][part]);
        slots.get(slot);
        slots.native("add");
        body.set(sums[index][part]);
      }
    }
    body.increase(i, 8 * LANES);
    body.get(i, size);
    body.emit(OP.I32_LT);
    body.indexed(OP.BRANCH_IF, 0);
    body.emit(OP.END);
    for (const [index, own] of sums.entries())
      for (const [part, local] of own.entries()) {
        body.integer(0);
        body.get(local);
        body.memory(lanes.store, 8 * (this.result + index * LANES + part * lanes.count));
      }
    body.get(i);
  }

  /**
   * Put the columns into the memory, where they are not there yet; those of a batch one behind the other.
   * @param {Rows} source
   * @param {string[]} names
   * @param {Int32Array | null} taken
   */
  load(source, names, taken) {
    const rows = taken ? taken.length : source.rows;
    if (!taken && this.whole && this.source === source && this.room >= rows) return;
    if (this.room < rows) {
      this.room = rows + (rows % 2);
      const missing = 8 * (this.begin + this.count * this.room) - this.memory.buffer.byteLength;
      if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
      this.view = new Float64Array(this.memory.buffer);
    }
    for (const [index, name] of names.entries()) {
      const column = source.get(name);
      const at = this.begin + index * this.room;
      if (taken) for (let row = 0; row < rows; row++) this.view[at + row] = column[taken[row]];
      else this.view.set(column, at);
    }
    this.source = source;
    this.whole = !taken;
  }

  /**
   * The lanes' sums over rows that follow one another, a multiple of the lanes.
   * @param {Float64Array} registers
   * @param {number} begin
   * @param {number} size
   * @param {Float64Array} lanes
   */
  add(registers, begin, size, lanes) {
    const { view, result } = this;
    for (let slot = 0; slot < result; slot++) view[slot] = registers[slot];
    const columns = Array.from({ length: this.count }, (_, index) => 8 * (this.begin + index * this.room));
    this.functions.block(8 * begin, 8 * size, ...columns);
    for (let k = 0; k < lanes.length; k++) lanes[k] = view[result + k];
  }
}
