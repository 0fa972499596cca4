// @ts-check
/**
 * The operations of a tape as instructions, for one number at a time (`ONE`) or for two (`TWO`, SIMD). What WebAssembly
 * has no instruction for is called, lane by lane, so that every number is the interpreter's.
 */
import { used } from "../builder.js";
import { F64, OP, V128 } from "./module.js";

/** @typedef {import("../builder.js").Operation} Operation */
/** @typedef {import("../builder.js").Tape} Tape */
/** @typedef {import("./module.js").Body} Body */

const SIMD = 0xfd;
const COMPARISONS = new Set(["eq", "ne", "lt", "gt", "le", "ge"]);

/** One number: comparisons give an i32. */
export const ONE = {
  count: 1,
  type: F64,
  load: [0x2b],
  spread: [0x2b], // the load of a number that all lanes get
  store: [0x39],
  and: OP.I32_AND,
  or: OP.I32_OR,
  choose: OP.SELECT,
  /** @type {Record<string, number[]>} */
  native: {
    ...{ eq: [0x61], ne: [0x62], lt: [0x63], gt: [0x64], le: [0x65], ge: [0x66] },
    ...{ abs: [0x99], neg: [0x9a], ceil: [0x9b], floor: [0x9c], sqrt: [0x9f] },
    ...{ add: [0xa0], sub: [0xa1], mul: [0xa2], div: [0xa3] },
  },
};

/** Two numbers: comparisons give a mask. */
export const TWO = {
  count: 2,
  type: V128,
  load: [SIMD, 0x00],
  spread: [SIMD, 0x0a],
  store: [SIMD, 0x0b],
  and: [SIMD, 0x4e],
  or: [SIMD, 0x50],
  choose: [SIMD, 0x52],
  /** @type {Record<string, number[]>} */
  native: {
    ...{ eq: [SIMD, 0x47], ne: [SIMD, 0x48], lt: [SIMD, 0x49] },
    ...{ gt: [SIMD, 0x4a], le: [SIMD, 0x4b], ge: [SIMD, 0x4c] },
    ...{ abs: [SIMD, 0xec, 1], neg: [SIMD, 0xed, 1], ceil: [SIMD, 0x74], floor: [SIMD, 0x75], sqrt: [SIMD, 0xef, 1] },
    ...{ add: [SIMD, 0xf0, 1], sub: [SIMD, 0xf1, 1], mul: [SIMD, 0xf2, 1], div: [SIMD, 0xf3, 1] },
  },
};

/** Of masks of two lanes: all but, and whether a bit of one is set. */
export const AND_NOT = [SIMD, 0x4f];
export const ANY = [SIMD, 0x53];
export const SPLAT = [SIMD, 0x14];
const EXTRACT = [SIMD, 0x21];
const REPLACE = [SIMD, 0x22];

/** @typedef {typeof ONE} Lanes */

/** The slots of a tape as locals of a function. */
export class Slots {
  /**
   * @param {Body} body
   * @param {Tape} tape
   * @param {Lanes} lanes
   */
  constructor(body, tape, lanes) {
    this.body = body;
    this.tape = tape;
    this.lanes = lanes;
    this.first = tape.inputs.length + tape.constants.length;
    /** @type {Map<number, number>} */
    this.locals = new Map();
  }

  /**
   * The local variable of a slot, also of one that is not computed yet.
   * @param {number} slot
   */
  at(slot) {
    let local = this.locals.get(slot);
    if (local === undefined) {
      local = this.body.local(this.lanes.type);
      this.locals.set(slot, local);
    }
    return local;
  }

  /** @param {number[]} slots */
  get(...slots) {
    for (const slot of slots) this.body.get(this.at(slot));
  }

  /**
   * Load slots from numbers that follow one another in the memory; every lane gets the same.
   * @param {Iterable<number>} slots
   * @param {number} at the first number
   * @param {number} [pointer] a local variable that holds how many bytes further
   */
  load(slots, at, pointer) {
    let from = 8 * at;
    for (const slot of slots) {
      this.address(pointer);
      this.body.memory(this.lanes.spread, from);
      this.body.set(this.at(slot));
      from += 8;
    }
  }

  /**
   * Store slots, all lanes of one before the next.
   * @param {Iterable<number>} slots
   * @param {number} at the first number
   * @param {number} [pointer]
   */
  store(slots, at, pointer) {
    let to = 8 * at;
    for (const slot of slots) {
      this.address(pointer);
      this.get(slot);
      this.body.memory(this.lanes.store, to);
      to += 8 * this.lanes.count;
    }
  }

  /** @param {number} [pointer] */
  address(pointer) {
    if (pointer === undefined) this.body.integer(0);
    else this.body.get(pointer);
  }

  /**
   * Compute those slots that are constants or results.
   * @param {Iterable<number>} slots ascending
   */
  compute(slots) {
    const { tape, first } = this;
    for (const slot of slots) {
      if (slot >= first) this.operate(tape.operations[slot - first]);
      else if (slot >= tape.inputs.length) this.number(tape.constants[slot - tape.inputs.length]);
      else continue;
      this.body.set(this.at(slot));
    }
  }

  /**
   * A number in all lanes.
   * @param {number} value
   */
  number(value) {
    this.body.float(value);
    if (this.lanes.count > 1) this.body.emit(SPLAT);
  }

  /** @param {string} name */
  native(name) {
    this.body.emit(this.lanes.native[name]);
  }

  /**
   * The sum of squares.
   * @param {number[]} slots
   */
  squares(slots) {
    this.number(0);
    for (const slot of slots) {
      this.get(slot, slot);
      this.native("mul");
      this.native("add");
    }
  }

  /**
   * Whether anything is not finite.
   * @param {Iterable<number>} slots
   */
  defect(slots) {
    this.number(0);
    for (const slot of slots) {
      this.get(slot, slot);
      this.native("sub");
      this.native("add");
    }
    this.number(0);
    this.native("ne");
  }

  /**
   * How far apart the inputs and what comes after them are.
   * @param {number[]} next
   * @param {number} at numbers in the memory that it may use
   */
  distance(next, at) {
    const { body, lanes } = this;
    for (const [i, slot] of next.entries()) {
      body.integer(0);
      this.get(slot, i);
      this.native("sub");
      body.memory(lanes.store, 8 * (at + i * lanes.count));
    }
    this.each((lane) => {
      for (const value of [at + lane, next.length, lanes.count]) body.float(value);
      body.call("length", 3);
    });
  }

  /**
   * A comparison's result as numbers, 1 or 0.
   * @param {string} name
   */
  truth(name) {
    this.native(name);
    if (this.lanes.count === 1) return this.body.emit([0xb8]);
    this.number(1);
    this.body.emit(this.lanes.and);
  }

  /** @param {Operation} operation */
  operate(operation) {
    const { body, lanes } = this;
    const [name] = operation;
    const [a, b, c] = used(operation);
    if (COMPARISONS.has(name)) {
      this.get(a, b);
      this.truth(name);
    } else if (name in lanes.native) {
      this.get(...used(operation));
      this.native(name);
    } else if (name === "min" || name === "max") {
      this.get(a, b, a, b);
      this.native(name === "min" ? "le" : "ge");
      this.get(a, a);
      this.native("ne"); // not a number
      body.emit(lanes.or);
      body.emit(lanes.choose);
    } else if (name === "where") {
      this.get(b, c, a);
      this.number(0);
      this.native("ne");
      body.emit(lanes.choose);
    } else if (name === "sign") {
      for (const comparison of ["gt", "lt"]) {
        this.get(a);
        this.number(0);
        this.truth(comparison);
      }
      this.native("sub");
      this.get(a, a, a);
      this.native("eq"); // a number
      body.emit(lanes.choose);
    } else {
      this.call(operation);
    }
  }

  /** @param {Operation} operation */
  call(operation) {
    const { body } = this;
    const [name] = operation;
    const operands = used(operation);
    this.each((lane) => {
      const push = (/** @type {number} */ slot) => {
        this.get(slot);
        if (this.lanes.count > 1) body.emit([...EXTRACT, lane]);
      };
      if (name === "pow") body.float(1);
      operands.forEach(push);
      body.call(name, operands.length);
      if (name !== "pow") return;
      // As `power`: JavaScript's has its own mind about 1, and about -1 to an infinite power.
      const { abs, eq } = ONE.native;
      push(operands[0]);
      body.float(1);
      body.emit(eq);
      push(operands[0]);
      body.float(-1);
      body.emit(eq);
      push(operands[1]);
      body.emit(abs);
      body.float(Infinity);
      body.emit([...eq, ...OP.I32_AND, ...OP.I32_OR, ...OP.SELECT]);
    });
  }

  /**
   * Lane by lane.
   * @param {(lane: number) => void} compute puts one number on the stack
   */
  each(compute) {
    for (let lane = 0; lane < this.lanes.count; lane++) {
      compute(lane);
      if (this.lanes.count > 1) this.body.emit(lane ? [...REPLACE, lane] : SPLAT);
    }
  }
}
