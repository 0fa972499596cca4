// @ts-check
/** The interpreter of tapes: for what is run too seldom to be compiled, and where WebAssembly is refused. */
import { TAPE } from "../shared.js";
import { used } from "./builder.js";
import { apply, CODES } from "./operations.js";

const OWN = ["add", "sub", "mul", "div", "neg"]; // which need no call
const WIDTH = 6; // of an instruction: its number, the slot of its result, four operands
const REDUCE = -1; // whose operands are the number of a sum or mean over rows, and that of the position

/** @typedef {import("./row_machine.js").RowMachine} RowMachine */

/**
 * Instructions for the operations that `chosen` takes, by slot.
 * @param {import("./builder.js").Tape} tape
 * @param {(slot: number) => boolean} chosen
 * @param {RowMachine | null} [rows] of a tape over data
 */
export function compile({ inputs, constants, operations }, chosen, rows) {
  const code = [];
  for (let k = 0, slot = inputs.length + constants.length; k < operations.length; k++, slot++) {
    if (!chosen(slot)) continue;
    const [a, b = a, c = a, d = a] = used(operations[k]);
    const [name, number] = operations[k];
    if (name === TAPE.REDUCE) {
      const call = /** @type {RowMachine} */ (rows).callAt(used(operations[k]), number);
      code.push(REDUCE, slot, number, call, 0, 0);
      continue;
    }
    const own = OWN.indexOf(name);
    code.push(own < 0 ? OWN.length + /** @type {number} */ (CODES.get(name)) : own, slot, a, b, c, d);
  }
  return Int32Array.from(code);
}

/**
 * @param {Int32Array} code
 * @param {Float64Array} r the registers
 * @param {RowMachine | null} [rows]
 */
export function execute(code, r, rows) {
  for (let at = 0; at < code.length; at += WIDTH) {
    const slot = code[at + 1];
    const a = r[code[at + 2]];
    const b = r[code[at + 3]];
    switch (code[at]) {
      case 0:
        r[slot] = a + b;
        break;
      case 1:
        r[slot] = a - b;
        break;
      case 2:
        r[slot] = a * b;
        break;
      case 3:
        r[slot] = a / b;
        break;
      case 4:
        r[slot] = -a;
        break;
      case REDUCE:
        r[slot] = /** @type {RowMachine} */ (rows).reduce(code[at + 2], code[at + 3], r);
        break;
      default:
        r[slot] = apply(code[at] - OWN.length, a, b, r[code[at + 4]], r[code[at + 5]]);
    }
  }
}
