// @ts-check
/**
 * The sums and means over the rows of a table at a position, for a machine that runs a tape with `reduce`. Numbers are
 * added in the fixed order of `language/rows.js`: those of the four operations have Python's very bits.
 */
import { ROWS } from "../language/tables.js";
import { needs, used } from "./builder.js";
import { apply, CODES } from "./operations.js";
import { workOn } from "./row_work.js";
import { compiledStage, isCompiled } from "./wasm/row_stages.js";

/** @typedef {import("../data/batches.js").Batches} Batches */
/** @typedef {import("./builder.js").Tape} Tape */
/** @typedef {import("./row_lowering.js").RowTapes} RowTapes */
/**
 * A position at which sums are asked for: the slots of its coordinates, the numbers that are asked for, and what was
 * found there last.
 * @typedef {{slots: number[], wanted: Set<number>, sums: RowSums | null, at: Float64Array, step: number,
 *   totals: Float64Array}} Call
 */

const { BLOCK, LANES } = ROWS;
const CHUNK = 512; // rows whose numbers stay in the processor's cache from one operation to the next
const ONCE = new Float64Array(0);
const PATIENCE = 1_000_000; // operations on numbers of a row in the time that it takes to compile them

/** Gives a machine its sums and means over rows; the last ones at each position of its tape are kept. */
export class RowMachine {
  /** @param {RowTapes} tapes */
  constructor(tapes) {
    this.tapes = tapes;
    /** The rows of the steps; null for all rows in each. @type {Batches | null} */
    this.batches = null;
    /** The step whose batch is taken, from 1; 0 for all rows. */
    this.step = 0;
    /** @type {Call[]} */
    this.calls = [];
  }

  /** Operations on numbers of a row that all its sums and means take, a function as much as so many sums. */
  get work() {
    const { source, stages } = this.tapes;
    const operations = stages.flatMap((tape) => tape.operations);
    return source.rows * operations.reduce((sum, [name]) => sum + workOn(name), 0);
  }

  /**
   * The index of the call at a position, of which a number is asked for.
   * @param {number[]} slots
   * @param {number} number
   */
  callAt(slots, number) {
    const key = slots.join();
    let index = this.calls.findIndex((call) => call.slots.join() === key);
    if (index < 0) {
      const at = new Float64Array(slots.length).fill(NaN);
      index = this.calls.push({ slots, wanted: new Set(), sums: null, at, step: -1, totals: new Float64Array(0) }) - 1;
    }
    this.calls[index].wanted.add(number);
    return index;
  }

  /**
   * A sum or mean at the position of a call.
   * @param {number} number
   * @param {number} index of the call
   * @param {Float64Array} registers
   */
  reduce(number, index, registers) {
    const call = this.calls[index];
    const { slots, at } = call;
    const step = this.batches ? this.step : 0;
    let same = call.step === step;
    for (let i = 0; i < slots.length; i++) {
      const value = registers[slots[i]];
      if (value !== at[i]) same = false;
      at[i] = value;
    }
    if (!same) {
      call.sums ??= new RowSums(this.tapes, call.wanted);
      call.step = step;
      call.totals = call.sums.at(at, step ? /** @type {Batches} */ (this.batches).at(step) : null);
    }
    return call.totals[number];
  }

  /**
   * What makes a sum or mean not finite: the first row of it, or of one that it needs, whose term is not finite.
   * @param {number} number
   * @param {number[]} position
   * @returns {RowFailure}
   */
  firstNotFinite(number, position) {
    const { tapes, batches, step } = this;
    const { source, stages, columns, kinds } = tapes;
    const taken = batches && step ? batches.at(step).sort() : null;
    const sums = new RowSums(tapes, [number]);
    const totals = sums.at(position, taken && batches ? batches.at(step) : null).slice();
    const count = taken ? taken.length : source.rows;
    let first = 0;
    for (const [index, tape] of stages.entries()) {
      const given = [...position, ...totals.subarray(0, first)];
      const own = columns[index].map((name) => source.get(name));
      for (const [place, slot] of sums.stages[index].outputs.entries()) {
        const each = sums.stages[index].numbers[place];
        const one = { ...tape, outputs: { 0: [slot] } };
        const [values] = valuesInRows(
          one,
          given,
          taken ? own.map((column) => Float64Array.from(taken, (row) => column[row])) : own,
          count,
        ); // prettier-ignore
        const row = values.findIndex((value) => !Number.isFinite(value));
        const kind = kinds[each];
        if (row >= 0) {
          const at = taken ? taken[row] : row;
          const inputs = [...given, ...own.map((column) => column[at])];
          const where = source.place?.(at) ?? `row ${at + 1}`;
          return { kind, place: where, tape, inputs, output: String(each) };
        }
        if (!Number.isFinite(totals[each])) return { kind, place: "", tape: null, inputs: [], output: "" };
      }
      first += Object.keys(tape.outputs).length;
    }
    return { kind: kinds[number], place: "", tape: null, inputs: [], output: "" };
  }
}

/**
 * What makes a sum or mean not finite: a row (its tape, inputs, the output and where it stands), or the sum itself.
 * @typedef {{kind: string, place: string, tape: Tape | null, inputs: number[], output: string}} RowFailure
 */

/** The sums and means over rows that some numbers need. */
export class RowSums {
  /**
   * @param {RowTapes} tapes
   * @param {Iterable<number>} wanted the numbers of sums and means
   */
  constructor(tapes, wanted) {
    this.tapes = tapes;
    const { stages } = tapes;
    const all = closure(stages, new Set(wanted));
    this.stages = stages.map((tape, index) => new RowStage(tape, tapes.columns[index], all));
    this.totals = new Float64Array(tapes.kinds.length).fill(NaN);
  }

  /**
   * All of them at a position, by their numbers; the array is used again.
   * @param {ArrayLike<number>} position
   * @param {Int32Array | null} taken the rows, from 0; null for all
   */
  at(position, taken) {
    const { totals, tapes } = this;
    const { source, kinds } = tapes;
    const count = taken ? taken.length : source.rows;
    let first = 0;
    for (const stage of this.stages) {
      if (stage.outputs.length) {
        stage.give(position, totals.subarray(0, first));
        stage.add(source, taken, count);
        stage.numbers.forEach((number, index) => {
          totals[number] = kinds[number] === "mean" ? stage.sums[index] / count : stage.sums[index];
        });
      }
      first += Object.keys(stage.tape.outputs).length;
    }
    return totals;
  }
}

/**
 * Numbers of sums and means with those that they are computed from.
 * @param {Tape[]} stages
 * @param {Set<number>} wanted
 */
function closure(stages, wanted) {
  for (const tape of stages.toReversed()) {
    for (const [name, slots] of Object.entries(tape.outputs)) {
      if (!wanted.has(Number(name))) continue;
      for (const slot of needs(tape, slots)) {
        const [word, number] = (tape.inputs[slot] ?? "").split(" ");
        if (word === "reduce" && number) wanted.add(Number(number));
      }
    }
  }
  return wanted;
}

/** The sums of one stage: the operations on a chunk of rows at a time, one operation after the other. */
export class RowStage {
  /**
   * @param {Tape} tape of one row
   * @param {string[]} columns
   * @param {Set<number>} wanted
   */
  constructor(tape, columns, wanted) {
    this.tape = tape;
    this.columns = columns;
    const { inputs, constants, operations, outputs } = tape;
    /** The inputs in front of the columns. */
    this.given = inputs.length - columns.length;
    this.first = inputs.length + constants.length;
    this.numbers = Object.keys(outputs)
      .map(Number)
      .filter((number) => wanted.has(number));
    this.outputs = this.numbers.map((number) => outputs[number][0]);
    this.needed = needs(tape, this.outputs);
    /** What depends on a column. @type {Set<number>} */
    this.varying = new Set(columns.map((_, index) => this.given + index));
    for (const [index, operation] of operations.entries())
      if (used(operation).some((slot) => this.varying.has(slot))) this.varying.add(this.first + index);
    const computed = this.needed.filter((slot) => slot >= this.first);
    this.fixed = computed.filter((slot) => !this.varying.has(slot));
    this.moving = computed.filter((slot) => this.varying.has(slot));
    /** What does not depend on a column. */
    this.registers = new Float64Array(this.first + operations.length);
    this.registers.set(constants, inputs.length);
    /** Numbers that do not depend on a column, and are read with those that do. */
    this.spread = [
      ...new Set([...this.moving.flatMap((slot) => used(operations[slot - this.first])), ...this.outputs]),
    ].filter((slot) => !this.varying.has(slot));
    /** A chunk of every slot that is read. @type {Float64Array[]} */
    this.chunks = [];
    /** For how many rows they have room. */
    this.width = 0;
    this.lanes = new Float64Array(this.outputs.length * LANES);
    this.sums = new Float64Array(this.outputs.length);
    this.patience = PATIENCE;
    /** @type {import("./wasm/row_stages.js").CompiledStage | null | undefined} */
    this.compiled = undefined;
  }

  /**
   * The position, and the sums and means of the stages before.
   * @param {ArrayLike<number>} position
   * @param {Float64Array} before
   */
  give(position, before) {
    const { registers, tape, first, fixed } = this;
    registers.set(position);
    registers.set(before, position.length);
    for (const slot of fixed) {
      const operation = tape.operations[slot - first];
      const [a, b = a, c = a] = used(operation).map((each) => registers[each]);
      registers[slot] = apply(/** @type {number} */ (CODES.get(operation[0])), a, b, c, 0);
    }
  }

  /**
   * Add over rows.
   * @param {import("../language/rows.js").Rows} source
   * @param {Int32Array | null} taken
   * @param {number} count
   */
  add(source, taken, count) {
    const { sums, lanes, outputs } = this;
    const columns = this.columns.map((name) => source.get(name));
    const compiled = this.compile(count);
    compiled?.load(source, this.columns, taken);
    sums.fill(0);
    for (let begin = 0; begin < count; begin += BLOCK) {
      const size = Math.min(BLOCK, count - begin);
      const whole = compiled ? size - (size % LANES) : 0;
      if (compiled && whole) compiled.add(this.registers, begin, whole, lanes);
      else lanes.fill(0); // whole is a multiple of the lanes: the rows behind it begin with the first one
      for (let from = whole; from < size; from += CHUNK)
        this.addChunk(columns, taken, begin + from, Math.min(CHUNK, size - from));
      for (let index = 0; index < outputs.length; index++) sums[index] += tree(lanes, index * LANES);
    }
  }

  /**
   * Compiled, if that pays: counts the work that is done without.
   * @param {number} count rows
   */
  compile(count) {
    if (this.compiled !== undefined) return this.compiled;
    this.patience -= count * Math.max(1, this.moving.length);
    if (this.patience > 0 && !isCompiled(this)) return null;
    this.compiled = compiledStage(this);
    return this.compiled;
  }

  /**
   * Add a chunk of rows to the lanes; it begins with lane 0.
   * @param {ArrayLike<number>[]} columns
   * @param {Int32Array | null} taken
   * @param {number} begin
   * @param {number} size
   */
  addChunk(columns, taken, begin, size) {
    const { outputs, lanes } = this;
    const chunks = this.values(columns, taken, begin, size);
    for (let index = 0; index < outputs.length; index++) {
      const values = chunks[outputs[index]];
      const at = index * LANES;
      for (let row = 0; row < size; row++) lanes[at + (row % LANES)] += values[row];
    }
  }

  /**
   * The values of all slots that matter in a chunk of rows; the arrays are used again, and may be longer.
   * @param {ArrayLike<number>[]} columns
   * @param {Int32Array | null} taken
   * @param {number} begin
   * @param {number} size
   */
  values(columns, taken, begin, size) {
    const { chunks, registers, given, first, moving, spread, tape } = this;
    if (this.width < size) {
      this.width = Math.min(CHUNK, 2 * size);
      for (const slot of [...spread, ...moving, ...columns.map((_, index) => given + index)])
        chunks[slot] = new Float64Array(this.width);
    }
    for (const [index, column] of columns.entries()) {
      const chunk = chunks[given + index];
      if (taken) for (let row = 0; row < size; row++) chunk[row] = column[taken[begin + row]];
      else for (let row = 0; row < size; row++) chunk[row] = column[begin + row];
    }
    for (const slot of spread) if (chunks[slot][0] !== registers[slot]) chunks[slot].fill(registers[slot]);
    for (const slot of moving) sweep(tape.operations[slot - first], chunks, chunks[slot], size);
    return chunks;
  }
}

/**
 * The values of a tape's outputs in every row, an array for each.
 * @param {Tape} tape of `rowTape`
 * @param {ArrayLike<number>} given its inputs in front of the columns
 * @param {ArrayLike<number>[]} columns
 * @param {number} count of rows
 */
export function valuesInRows(tape, given, columns, count) {
  const numbers = Object.keys(tape.outputs).map(Number);
  const stage = new RowStage(tape, Array(columns.length).fill(""), new Set(numbers));
  const found = numbers.map(() => new Float64Array(count));
  stage.give(given, ONCE);
  for (let begin = 0; begin < count; begin += CHUNK) {
    const size = Math.min(CHUNK, count - begin);
    const chunks = stage.values(columns, null, begin, size);
    for (const [index, slot] of stage.outputs.entries()) found[index].set(chunks[slot].subarray(0, size), begin);
  }
  return found;
}

/**
 * One operation in some rows.
 * @param {import("./builder.js").Operation} operation
 * @param {Float64Array[]} chunks
 * @param {Float64Array} to
 * @param {number} size
 */
function sweep(operation, chunks, to, size) {
  const [name] = operation;
  const [a, b, c] = used(operation).map((slot) => chunks[slot]);
  switch (name) {
    case "add":
      for (let i = 0; i < size; i++) to[i] = a[i] + b[i];
      break;
    case "sub":
      for (let i = 0; i < size; i++) to[i] = a[i] - b[i];
      break;
    case "mul":
      for (let i = 0; i < size; i++) to[i] = a[i] * b[i];
      break;
    case "div":
      for (let i = 0; i < size; i++) to[i] = a[i] / b[i];
      break;
    case "neg":
      for (let i = 0; i < size; i++) to[i] = -a[i];
      break;
    default: {
      const code = /** @type {number} */ (CODES.get(name));
      for (let i = 0; i < size; i++) to[i] = apply(code, a[i], b ? b[i] : 0, c ? c[i] : 0, 0);
    }
  }
}

/**
 * The sum of lanes as a balanced tree.
 * @param {Float64Array} lanes
 * @param {number} at the first one
 */
function tree(lanes, at) {
  for (let half = LANES / 2; half >= 1; half /= 2)
    for (let lane = 0; lane < half; lane++) lanes[at + lane] += lanes[at + lane + half];
  return lanes[at];
}
