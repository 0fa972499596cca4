// @ts-check
/** The interpreter of tapes: for what is run too seldom to be compiled, and where WebAssembly is refused. */
import { used } from "./builder.js";
import { apply, CODES } from "./operations.js";

const OWN = ["add", "sub", "mul", "div", "neg"]; // which need no call
const WIDTH = 6; // of an instruction: its number, the slot of its result, four operands

/**
 * Instructions for the operations that `chosen` takes, by slot.
 * @param {import("./builder.js").Tape} tape
 * @param {(slot: number) => boolean} chosen
 */
export function compile({ inputs, constants, operations }, chosen) {
  const code = [];
  for (let k = 0, slot = inputs.length + constants.length; k < operations.length; k++, slot++) {
    if (!chosen(slot)) continue;
    const [a, b = a, c = a, d = a] = used(operations[k]);
    const [name] = operations[k];
    const own = OWN.indexOf(name);
    code.push(own < 0 ? OWN.length + /** @type {number} */ (CODES.get(name)) : own, slot, a, b, c, d);
  }
  return Int32Array.from(code);
}

/**
 * @param {Int32Array} code
 * @param {Float64Array} r the registers
 */
export function execute(code, r) {
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
      default:
        r[slot] = apply(code[at] - OWN.length, a, b, r[code[at + 4]], r[code[at + 5]]);
    }
  }
}
