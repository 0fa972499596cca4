// @ts-check
/** An objective's value over rows of points, compiled. */
import { needs, used } from "../builder.js";
import { instantiate, lanesAtOnce, room } from "./instance.js";
import { ONE, Slots, TWO } from "./lanes.js";
import { I32, Module, OP } from "./module.js";

/** @typedef {import("../builder.js").Tape} Tape */
/** @typedef {import("./module.js").Body} Body */

const BLOCK = 32_768; // values of one call, if a row has no more

/**
 * The functions of one objective: `columns` computes what depends on x alone, for all rows; `rows` computes rows of
 * values. Two points go at once where there is SIMD; a row's last pair reaches into the next row, which comes after.
 */
export class CompiledGrid {
  /**
   * @param {Tape} tape
   * @param {number[]} kinds what each slot depends on: 1 is x, 2 is y, 3 is both, 0 neither
   */
  constructor(tape, kinds) {
    this.tape = tape;
    this.lanes = lanesAtOnce() === 2 ? TWO : ONE;
    const first = tape.inputs.length + tape.constants.length;
    const needed = needs(tape, tape.outputs.f);
    const slots = (/** @type {number} */ kind) => needed.filter((slot) => kinds[slot] === kind);
    const read = new Set([...tape.outputs.f, ...slots(3).flatMap((slot) => used(tape.operations[slot - first]))]);
    this.kept = [0, ...slots(1).filter((slot) => slot && read.has(slot))];
    this.hasRows = kinds[1] === 2 && tape.inputs.length > 1;
    const module = new Module();
    module.define("columns", [I32, I32, I32], I32, (body) => this.writeColumns(body, slots));
    module.define("rows", Array(6).fill(I32), I32, (body) => this.writeRows(body, slots));
    this.functions = instantiate(module);
  }

  /**
   * `columns(from, stride, width)`, all in bytes: the first column, x, is there.
   * @param {Body} body
   * @param {(kind: number) => number[]} slotsOf
   */
  writeColumns(body, slotsOf) {
    const { tape, lanes, kept } = this;
    const [from, stride, width] = body.parameters.keys();
    const [i, column] = [body.local(I32), body.local(I32)];
    const slots = new Slots(body, tape, lanes);
    slots.load(tape.inputs.keys(), 0);
    slots.compute(slotsOf(0));
    body.emit(OP.LOOP);
    body.get(from, i);
    body.emit(OP.I32_ADD);
    body.tee(column);
    body.memory(lanes.load, 0);
    body.set(slots.at(0));
    slots.compute(slotsOf(1));
    for (const slot of kept.slice(1)) {
      body.get(column, stride);
      body.emit(OP.I32_ADD);
      body.set(column);
      slots.store([slot], 0, column);
    }
    this.loop(body, i, width);
    body.get(i);
  }

  /**
   * `rows(from, stride, width, y, end, to)`, all in bytes: a row of values for each y up to the end.
   * @param {Body} body
   * @param {(kind: number) => number[]} slotsOf
   */
  writeRows(body, slotsOf) {
    const { tape, lanes, kept } = this;
    const [from, stride, width, y, end, to] = body.parameters.keys();
    const [i, column] = [body.local(I32), body.local(I32)];
    const slots = new Slots(body, tape, lanes);
    slots.load(tape.inputs.keys(), 0);
    slots.compute(slotsOf(0));
    body.emit(OP.LOOP);
    if (this.hasRows) slots.load([1], 0, y);
    slots.compute(slotsOf(2));
    body.integer(0);
    body.set(i);
    body.emit(OP.LOOP);
    body.get(from, i);
    body.emit(OP.I32_ADD);
    body.set(column);
    for (const slot of kept) {
      body.get(column);
      body.memory(lanes.load, 0);
      body.set(slots.at(slot));
      body.get(column, stride);
      body.emit(OP.I32_ADD);
      body.set(column);
    }
    slots.compute(slotsOf(3));
    body.get(to, i);
    body.emit(OP.I32_ADD);
    slots.get(...tape.outputs.f);
    body.memory(lanes.store, 0);
    this.loop(body, i, width);
    body.get(to, width);
    body.emit(OP.I32_ADD);
    body.set(to);
    body.increase(y, 8);
    body.get(y, end);
    body.emit(OP.I32_LT);
    body.indexed(OP.BRANCH_IF, 0);
    body.emit(OP.END);
    body.get(y);
  }

  /**
   * The end of a loop over the points of a row.
   * @param {Body} body
   * @param {number} i
   * @param {number} width
   */
  loop(body, i, width) {
    body.increase(i, 8 * this.lanes.count);
    body.get(i, width);
    body.emit(OP.I32_LT);
    body.indexed(OP.BRANCH_IF, 0);
    body.emit(OP.END);
  }

  /**
   * See `Grid.evaluate`.
   * @param {Float64Array} x
   * @param {Float64Array} y of a function of one parameter, any number
   * @param {Float64Array} values
   * @param {Float64Array} inputs of which others than x and y matter
   */
  evaluate(x, y, values, inputs) {
    const width = x.length;
    const stride = width + (width % 2);
    const most = Math.max(1, Math.floor(BLOCK / width));
    const from = inputs.length;
    const rows = from + stride * this.kept.length;
    const to = rows + most;
    const memory = room(to + most * width + 1);
    memory.set(inputs);
    memory.set(x, from);
    this.functions.columns(8 * from, 8 * stride, 8 * width);
    for (let row = 0; row < y.length; row += most) {
      const block = y.subarray(row, row + most);
      memory.set(block, rows);
      this.functions.rows(8 * from, 8 * stride, 8 * width, 8 * rows, 8 * (rows + block.length), 8 * to);
      values.set(memory.subarray(to, to + block.length * width), row * width);
    }
  }
}
