// @ts-check
/** Tapes built in the browser, operation by operation: the port of `steepest.tape.builder`. */

import { postorderOf } from "../language/expression.js";
import { CONSTANTS, TAPE } from "../shared.js";
import { apply, CODES } from "./operations.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** @typedef {[string, ...number[]]} Operation */
/**
 * @typedef {{inputs: string[], constants: number[], operations: Operation[], outputs: Record<string, number[]>,
 *   vectors: string[], rows?: import("./row_lowering.js").RowTapes | null}} Tape `rows` has the sums and means over rows
 *   that `reduce` takes; nothing without data
 */

const { REDUCE, REPEATED } = TAPE;
/** How many indices stand in front of the slots. */
const INDICES = /** @type {Record<string, number>} */ ({ ...TAPE.CALLS, [REDUCE]: 1 });

/**
 * The slots an operation reads.
 * @param {Operation} operation
 */
export function used(operation) {
  return /** @type {number[]} */ (operation.slice(1 + (INDICES[operation[0]] ?? 0)));
}

/**
 * What outputs of a tape need, in ascending order.
 * @param {Tape} tape
 * @param {Iterable<number>} outputs
 */
export function needs({ inputs, constants, operations }, outputs) {
  const first = inputs.length + constants.length;
  const needed = new Set(outputs);
  for (let slot = first + operations.length - 1; slot >= first; slot--)
    if (needed.has(slot)) for (const each of used(operations[slot - first])) needed.add(each);
  return [...needed].sort((a, b) => a - b);
}

/**
 * How many of a tape's inputs are constants of its formula; they come last.
 * @param {Tape} tape
 */
export function constantCount({ inputs }) {
  return inputs.filter((word) => word.startsWith(CONSTANTS.CONSTANT)).length;
}

export class Builder {
  /** @param {string[]} inputs */
  constructor(inputs) {
    this.inputs = inputs;
    /** @type {(number | Operation | null)[]} */
    this.nodes = inputs.map(() => null);
    /** @type {Map<string, number>} */
    this.known = new Map();
    /** @type {import("./row_lowering.js").RowTapes | null} */
    this.rows = null;
  }

  /** @param {number} value */
  constant(value) {
    return this.add(Object.is(value, -0) ? "-0" : String(value), value);
  }

  /**
   * @param {string} key
   * @param {number | Operation} node
   */
  add(key, node) {
    let slot = this.known.get(key);
    if (slot === undefined) {
      slot = this.nodes.length;
      this.known.set(key, slot);
      this.nodes.push(node);
    }
    return slot;
  }

  /**
   * @param {string} name
   * @param {number[]} slots
   * @returns {number}
   */
  emit(name, ...slots) {
    const values = slots.map((slot) => this.value(slot));
    if (values.every((value) => value !== null) && name !== "noise") {
      const [a, b, c] = /** @type {number[]} */ (values);
      const value = apply(/** @type {number} */ (CODES.get(name)), a, b, c, 0);
      if (Number.isFinite(value)) return this.constant(value);
    }
    if (name === "pow" && values[1] !== null) return this.power(slots[0], /** @type {number} */ (values[1]), slots);
    if (name === "pow" && values[0] === Math.E) return this.store(["exp", slots[1]]);
    const simpler = this.simpler(name, slots);
    if (simpler !== null) return simpler;
    if (name === "add" || name === "mul") {
      slots = [...slots].sort((a, b) => Number(this.value(a) === null) - Number(this.value(b) === null) || a - b);
    }
    return this.store([name, ...slots]);
  }

  /** @param {Operation} operation */
  store(operation) {
    return this.add(operation.join(), operation);
  }

  /**
   * @param {string} name
   * @param {number[]} slots
   * @returns {number | null}
   */
  simpler(name, slots) {
    if (name === "neg") {
      const inner = this.operation(slots[0]);
      return inner[0] === "neg" ? inner[1] : null;
    }
    if (name !== "add" && name !== "sub" && name !== "mul" && name !== "div") return null;
    let [a, b] = slots;
    if (name === "mul" && this.value(b) !== null) [a, b] = [b, a];
    const minusA = this.operation(a)[0] === "neg";
    const minusB = this.operation(b)[0] === "neg";
    if (name === "div") return this.value(b) === 1 ? a : null;
    if (name === "sub") {
      if (this.value(b) === 0) return a;
      if (minusB) return this.emit("add", a, this.operation(b)[1]);
      return minusA ? this.emit("neg", this.emit("add", this.operation(a)[1], b)) : null;
    }
    if (name === "add") {
      if (minusB) return this.emit("sub", a, this.operation(b)[1]);
      return minusA ? this.emit("sub", b, this.operation(a)[1]) : null;
    }
    return this.coefficient(a, b, minusA, minusB);
  }

  /**
   * @param {number} a
   * @param {number} b
   * @param {boolean} minusA
   * @param {boolean} minusB
   * @returns {number | null}
   */
  coefficient(a, b, minusA, minusB) {
    const by = this.value(a);
    if (by === 1) return b;
    if (by === -1) return this.emit("neg", b);
    const inner = this.operation(b);
    const factor = inner[0] === "mul" ? this.value(inner[1]) : null;
    if (by !== null && factor !== null) {
      const product = by * factor;
      return Number.isFinite(product) && product ? this.emit("mul", this.constant(product), inner[2]) : null;
    }
    if (!minusA && !minusB) return null;
    const bare = this.emit("mul", minusA ? this.operation(a)[1] : a, minusB ? this.operation(b)[1] : b);
    return minusA && minusB ? bare : this.emit("neg", bare);
  }

  /**
   * What was added to the old slot to give the new one, up to its sign.
   * @param {number} now
   * @param {number} old
   */
  difference(now, old) {
    const [name, a, b] = this.operation(now);
    if ((name === "add" || name === "sub") && a === old) return b;
    return name === "add" && b === old ? a : this.emit("sub", now, old);
  }

  /**
   * @param {number} slot
   * @returns {Operation}
   */
  operation(slot) {
    const node = this.nodes[slot];
    return Array.isArray(node) ? node : [""];
  }

  /**
   * @param {number} slot
   * @returns {number | null}
   */
  value(slot) {
    const node = this.nodes[slot];
    return typeof node === "number" ? node : null;
  }

  /**
   * @param {number} base
   * @param {number} exponent
   * @param {number[]} slots
   * @returns {number}
   */
  power(base, exponent, slots) {
    if (exponent === 0.5) return this.emit("sqrt", base);
    if (!Number.isInteger(exponent) || Math.abs(exponent) > REPEATED) return this.store(["pow", ...slots]);
    if (exponent < 0) return this.emit("div", this.constant(1), this.power(base, -exponent, slots));
    let result = this.constant(1);
    let square = base;
    for (let left = exponent; left; ) {
      if (left & 1) result = this.emit("mul", result, square);
      left >>= 1;
      if (left) square = this.emit("mul", square, square);
    }
    return result;
  }

  /**
   * The slots of scalar expressions.
   * @param {Expression[]} roots
   * @param {Map<string, number>} environment the slots of their names and columns
   * @param {Map<Expression, number>} [known] the slots of expressions that are there already
   */
  lower(roots, environment, known = new Map()) {
    const slots = new Map(known);
    const found = (/** @type {Expression} */ node) => /** @type {number} */ (slots.get(node));
    for (const node of outside(roots, known)) {
      const { operation } = node;
      if (known.has(node)) continue;
      if (operation === "name" || operation === "column")
        slots.set(node, /** @type {number} */ (environment.get(node.name)));
      else if (!node.arguments.length) slots.set(node, this.constant(node.value));
      else slots.set(node, this.emit(node.operation, ...node.arguments.map(found)));
    }
    return roots.map(found);
  }

  /**
   * Another tape's outputs at a position.
   * @param {Tape} tape
   * @param {number[]} position
   */
  inline(tape, position) {
    const results = [...position, ...tape.constants.map((value) => this.constant(value))];
    this.rows = tape.rows ?? null;
    for (const operation of tape.operations) {
      const [name, index] = operation;
      const slots = used(operation).map((slot) => results[slot]);
      results.push(name === REDUCE ? this.reduce(index, slots) : this.emit(name, ...slots));
    }
    return Object.fromEntries(
      Object.entries(tape.outputs).map(([name, slots]) => [name, slots.map((slot) => results[slot])]),
    );
  }

  /**
   * The slot of a sum or mean over rows at a position.
   * @param {number} number
   * @param {number[]} position
   */
  reduce(number, position) {
    return this.store([REDUCE, number, ...position]);
  }

  /**
   * The finished tape: only what the outputs need, constants before operations.
   * @param {Record<string, number[]>} outputs
   * @param {string[]} vectors
   * @returns {Tape}
   */
  tape(outputs, vectors) {
    const needed = new Set(Object.values(outputs).flat());
    for (let slot = this.nodes.length - 1; slot >= 0; slot--) {
      const node = this.nodes[slot];
      if (needed.has(slot) && Array.isArray(node)) for (const each of used(node)) needed.add(each);
    }
    const first = this.inputs.length;
    const ordered = [...needed].sort((a, b) => a - b).filter((slot) => slot >= first);
    const constants = ordered.filter((slot) => this.value(slot) !== null);
    const operations = ordered.filter((slot) => this.value(slot) === null);
    const place = new Map([...this.inputs.keys(), ...constants, ...operations].map((slot, index) => [slot, index]));
    /** @param {number} slot */
    const at = (slot) => /** @type {number} */ (place.get(slot));
    return {
      inputs: this.inputs,
      constants: constants.map((slot) => /** @type {number} */ (this.nodes[slot])),
      operations: operations.map((slot) => {
        const operation = this.operation(slot);
        const slots = used(operation);
        const kept = operation.slice(0, operation.length - slots.length);
        return /** @type {Operation} */ ([...kept, ...slots.map(at)]);
      }),
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, slots]) => [name, slots.map(at)])),
      vectors,
      ...(this.rows && { rows: this.rows }),
    };
  }
}

/**
 * Expressions, arguments first, without what only the known ones need.
 * @param {Expression[]} roots
 * @param {Map<Expression, number>} known
 */
function outside(roots, known) {
  const order = postorderOf(roots);
  if (!known.size) return order;
  const wanted = new Set(roots);
  for (const node of order.toReversed())
    if (wanted.has(node) && !known.has(node)) for (const part of node.arguments) wanted.add(part);
  return order.filter((node) => wanted.has(node));
}
