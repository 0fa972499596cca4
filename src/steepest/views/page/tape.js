// @ts-check
/**
 * The tape in the browser.
 *
 * A tape is a straight-line program without branches: inputs, constants, then one slot for each operation. `Machine` runs one
 * over a Float64Array; `Grid` evaluates one over rows of points. The numbers equal those of Python: tests hold them to 1e-12.
 */
import { Builder, used } from "./builder.js";
import { CODES, apply, power } from "./operations.js";

/** @typedef {import("./builder.js").Operation} Operation */
/** @typedef {import("./builder.js").Tape} Tape */

const PLUS = 40, MINUS = 41, FROM = 42, BOTH = 43, APART = 44; // a*b + c, a*b - c, c - a*b, a*b + c*d, a*b - c*d: one dispatch for two or three
const WIDTH = 6; // of an instruction: code, target, a, b, c, d

/** A tape ready to run: `registers` holds the inputs, the constants, and after `execute` every result that is read again. */
export class Machine {
  /** @param {Tape} tape */
  constructor(tape) {
    this.tape = tape;
    this.first = tape.inputs.length + tape.constants.length;
    this.registers = new Float64Array(this.first + tape.operations.length);
    this.registers.set(tape.constants, tape.inputs.length);
    /** Every operation by itself. */
    this.plain = Int32Array.from(tape.operations.flatMap((operation, index) => {
      const [a = 0, b = 0, c = 0, d = 0] = used(operation);
      return [/** @type {number} */ (CODES.get(operation[0])), this.first + index, a, b, c, d];
    }));
    this.code = this.fused(() => true);
  }

  /** Instructions for the slots that `chosen` takes, in order: products that are only added to something are put into the sum, the same numbers in fewer instructions. @param {(slot: number) => boolean} chosen */
  fused(chosen) {
    const { tape, plain, first } = this, uses = new Int32Array(first + tape.operations.length), dropped = new Set();
    for (const operation of tape.operations) for (const slot of used(operation)) uses[slot]++;
    for (const slot of Object.values(tape.outputs).flat()) uses[slot] += 2;
    const product = (/** @type {number} */ slot) => slot >= first && uses[slot] === 1 && tape.operations[slot - first][0] === "mul" && chosen(slot);
    const instructions = tape.operations.map(([name, a, b], index) => {
      const target = first + index, parts = (/** @type {number} */ slot) => used(tape.operations[slot - first]);
      if (!chosen(target) || (name !== "add" && name !== "sub")) return Array.from(plain.subarray(index * WIDTH, (index + 1) * WIDTH));
      if (a !== b && product(a) && product(b)) {
        dropped.add(a).add(b);
        return [name === "add" ? BOTH : APART, target, ...parts(a), ...parts(b)];
      }
      if (product(a)) {
        dropped.add(a);
        return [name === "add" ? PLUS : MINUS, target, ...parts(a), b, 0];
      }
      if (product(b)) {
        dropped.add(b);
        return [name === "add" ? PLUS : FROM, target, ...parts(b), a, 0];
      }
      return Array.from(plain.subarray(index * WIDTH, (index + 1) * WIDTH));
    });
    return Int32Array.from(instructions.filter((_, index) => chosen(first + index) && !dropped.has(first + index)).flat());
  }

  execute() {
    run(this.code, this.registers);
  }

  /** Every result, also those that are only part of another. */
  executeAll() {
    run(this.plain, this.registers);
  }
}

/** @param {Int32Array} code @param {Float64Array} r */
export function run(code, r) {
  const end = code.length;
  for (let at = 0; at < end; at += WIDTH) {
    const target = code[at + 1], a = r[code[at + 2]];
    // The arithmetic that most steps consist of stands here, so that it costs no call.
    switch (code[at]) {
      case 6: r[target] = -a; break;
      case 7: r[target] = a + r[code[at + 3]]; break;
      case 8: r[target] = a - r[code[at + 3]]; break;
      case 9: r[target] = a * r[code[at + 3]]; break;
      case 10: r[target] = a / r[code[at + 3]]; break;
      case 11: r[target] = power(a, r[code[at + 3]]); break;
      case 12: r[target] = Math.sqrt(a); break;
      case 14: r[target] = Math.exp(a); break;
      case 18: r[target] = Math.sin(a); break;
      case 19: r[target] = Math.cos(a); break;
      case 40: r[target] = a * r[code[at + 3]] + r[code[at + 4]]; break;
      case 41: r[target] = a * r[code[at + 3]] - r[code[at + 4]]; break;
      case 42: r[target] = r[code[at + 4]] - a * r[code[at + 3]]; break;
      case 43: r[target] = a * r[code[at + 3]] + r[code[at + 4]] * r[code[at + 5]]; break;
      case 44: r[target] = a * r[code[at + 3]] - r[code[at + 4]] * r[code[at + 5]]; break;
      default: r[target] = apply(code[at], a, r[code[at + 3]], r[code[at + 4]], r[code[at + 5]]);
    }
  }
}

/**
 * An objective's value over rows of points. What depends on the first parameter alone is computed once for all rows, what
 * depends on the second alone once for a row.
 */
export class Grid {
  /** @param {Tape} tape */
  constructor(tape) {
    const builder = new Builder(tape.inputs);
    this.tape = builder.tape({ f: builder.inline(tape, [...tape.inputs.keys()]).f }, []);
    this.machine = new Machine(this.tape);
    const { inputs, constants, operations } = this.tape;
    this.kinds = [1, 2, ...inputs.slice(2).map(() => 0)].slice(0, inputs.length).concat(constants.map(() => 0)); // 1 of x, 2 of y, 3 of both
    for (const operation of operations) this.kinds.push(used(operation).reduce((kind, slot) => kind | this.kinds[slot], 0));
    this.width = 0;
    /** @type {Float64Array[]} */
    this.columns = [];
  }

  /** Values at every pair of `x` and `y`, row by row; of a function of one parameter, at every `x`. @param {Float64Array} x @param {Float64Array | null} y @param {Float64Array} [into] */
  evaluate(x, y, into) {
    const rows = y ? y.length : 1, width = x.length;
    const values = into && into.length === rows * width ? into : new Float64Array(rows * width);
    this.prepare(x);
    const { kinds, columns, machine } = this, { registers } = machine, output = this.tape.outputs.f[0];
    for (let row = 0; row < rows; row++) {
      if (y) registers[1] = y[row];
      machine.executeAll(); // gives what depends on the row alone
      for (let slot = 0; slot < kinds.length; slot++) {
        if (kinds[slot] === 2 || (kinds[slot] === 0 && row === 0)) columns[slot].fill(registers[slot]);
        else if (slot >= machine.first && (kinds[slot] === 3 || (kinds[slot] === 1 && row === 0))) this.sweep(slot);
      }
      values.set(columns[output], row * width);
    }
    return values;
  }

  /** @param {Float64Array} x */
  prepare(x) {
    if (this.width !== x.length) {
      this.width = x.length;
      this.columns = this.kinds.map(() => new Float64Array(x.length));
    }
    this.columns[0].set(x);
    this.machine.registers[0] = x[0];
  }

  /** One operation along a row. @param {number} slot */
  sweep(slot) {
    const { columns, width, machine } = this, at = WIDTH * (slot - machine.first), code = machine.plain;
    const a = columns[code[at + 2]], b = columns[code[at + 3]], c = columns[code[at + 4]], to = columns[slot];
    switch (code[at]) {
      case 6: for (let i = 0; i < width; i++) to[i] = -a[i]; break;
      case 7: for (let i = 0; i < width; i++) to[i] = a[i] + b[i]; break;
      case 8: for (let i = 0; i < width; i++) to[i] = a[i] - b[i]; break;
      case 9: for (let i = 0; i < width; i++) to[i] = a[i] * b[i]; break;
      case 10: for (let i = 0; i < width; i++) to[i] = a[i] / b[i]; break;
      case 12: for (let i = 0; i < width; i++) to[i] = Math.sqrt(a[i]); break;
      case 14: for (let i = 0; i < width; i++) to[i] = Math.exp(a[i]); break;
      case 18: for (let i = 0; i < width; i++) to[i] = Math.sin(a[i]); break;
      case 19: for (let i = 0; i < width; i++) to[i] = Math.cos(a[i]); break;
      default: for (let i = 0; i < width; i++) to[i] = apply(code[at], a[i], b[i], c[i], 0);
    }
  }
}
