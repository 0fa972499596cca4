// @ts-check
/**
 * A tape as instructions for a loop that costs little: independent operations of one kind go in pairs, and products
 * that are only added to something are part of the sum. The numbers are those of the operations one by one.
 */
import { used } from "./builder.js";
import { apply, CODES } from "./operations.js";

/** @typedef {import("./builder.js").Tape} Tape */
/** @typedef {{kind: string, target: number, operands: number[]}} Instruction */

// Every instruction is its code, its target and its operands; the second of a pair follows the first without a code.
const SINGLE = /** @type {Record<string, number>} */ ({
  add: 0,
  sub: 1,
  mul: 2,
  div: 3,
  neg: 4,
  sqrt: 5,
  exp: 6,
  sin: 7,
  cos: 8,
  plus: 9,
  minus: 10,
  from: 11,
  both: 12,
  apart: 13,
});
const PAIR = /** @type {Record<string, number>} */ ({
  add: 14,
  sub: 15,
  mul: 16,
  div: 17,
  sqrt: 18,
  plus: 19,
  from: 20,
  both: 21,
  apart: 22,
});
const APPLY = 23; // any other operation: its number, its target and four operands
const AHEAD = 24; // instructions to look ahead for the other half of a pair

/**
 * Instructions for the operations that `chosen` takes, by slot.
 * @param {Tape} tape
 * @param {(slot: number) => boolean} chosen
 */
export function compile(tape, chosen) {
  const first = tape.inputs.length + tape.constants.length;
  const waiting = fused(tape, first, chosen);
  const pending = new Set(waiting.map(({ target }) => target));
  const code = [];
  while (waiting.length) {
    const one = /** @type {Instruction} */ (waiting.shift());
    const { kind, target, operands } = one;
    pending.delete(target);
    if (!(kind in SINGLE)) {
      code.push(APPLY, /** @type {number} */ (CODES.get(kind)), target, ...[...operands, 0, 0, 0, 0].slice(0, 4));
      continue;
    }
    pending.add(target); // the other half of a pair cannot wait for the first
    const at =
      kind in PAIR
        ? waiting
            .slice(0, AHEAD)
            .findIndex((each) => each.kind === kind && !each.operands.some((slot) => pending.has(slot)))
        : -1;
    pending.delete(target);
    code.push(at < 0 ? SINGLE[kind] : PAIR[kind], target, ...operands);
    if (at < 0) continue;
    const [other] = waiting.splice(at, 1);
    pending.delete(other.target);
    code.push(other.target, ...other.operands);
  }
  return Int32Array.from(code);
}

/**
 * The operations, products put into sums: `plus` a*b + c, `minus` a*b - c, `from` c - a*b, `both` a*b + c*d, `apart`
 * a*b - c*d.
 * @param {Tape} tape
 * @param {number} first
 * @param {(slot: number) => boolean} chosen
 * @returns {Instruction[]}
 */
function fused({ operations, outputs }, first, chosen) {
  const uses = new Int32Array(first + operations.length);
  const dropped = new Set();
  for (const operation of operations) for (const slot of used(operation)) uses[slot]++;
  for (const slot of Object.values(outputs).flat()) uses[slot] += 2;
  const isProduct = (/** @type {number} */ slot) =>
    slot >= first && uses[slot] === 1 && operations[slot - first][0] === "mul" && chosen(slot);
  const factors = (/** @type {number} */ slot) => used(operations[slot - first]);
  const instructions = operations.map((operation, index) => {
    const [kind, a, b] = operation;
    const target = first + index;
    const sum = kind === "add";
    const plain = { kind, target, operands: used(operation) };
    if (!chosen(target) || (!sum && kind !== "sub")) return plain;
    const left = isProduct(a);
    const right = isProduct(b) && a !== b;
    if (left) dropped.add(a);
    if (right) dropped.add(b);
    if (left && right) return { kind: sum ? "both" : "apart", target, operands: [...factors(a), ...factors(b)] };
    if (left) return { kind: sum ? "plus" : "minus", target, operands: [...factors(a), b] };
    return right ? { kind: sum ? "plus" : "from", target, operands: [...factors(b), a] } : plain;
  });
  return instructions.filter(({ target }) => chosen(target) && !dropped.has(target));
}

/**
 * @param {Int32Array} code
 * @param {Float64Array} r the registers
 */
export function execute(code, r) {
  const end = code.length;
  let at = 0;
  while (at < end) {
    const target = code[at + 1];
    const a = r[code[at + 2]];
    switch (code[at]) {
      case 0:
        r[target] = a + r[code[at + 3]];
        at += 4;
        break;
      case 1:
        r[target] = a - r[code[at + 3]];
        at += 4;
        break;
      case 2:
        r[target] = a * r[code[at + 3]];
        at += 4;
        break;
      case 3:
        r[target] = a / r[code[at + 3]];
        at += 4;
        break;
      case 4:
        r[target] = -a;
        at += 3;
        break;
      case 5:
        r[target] = Math.sqrt(a);
        at += 3;
        break;
      case 6:
        r[target] = Math.exp(a);
        at += 3;
        break;
      case 7:
        r[target] = Math.sin(a);
        at += 3;
        break;
      case 8:
        r[target] = Math.cos(a);
        at += 3;
        break;
      case 9:
        r[target] = a * r[code[at + 3]] + r[code[at + 4]];
        at += 5;
        break;
      case 10:
        r[target] = a * r[code[at + 3]] - r[code[at + 4]];
        at += 5;
        break;
      case 11:
        r[target] = r[code[at + 4]] - a * r[code[at + 3]];
        at += 5;
        break;
      case 12:
        r[target] = a * r[code[at + 3]] + r[code[at + 4]] * r[code[at + 5]];
        at += 6;
        break;
      case 13:
        r[target] = a * r[code[at + 3]] - r[code[at + 4]] * r[code[at + 5]];
        at += 6;
        break;
      case 14:
        r[target] = a + r[code[at + 3]];
        r[code[at + 4]] = r[code[at + 5]] + r[code[at + 6]];
        at += 7;
        break;
      case 15:
        r[target] = a - r[code[at + 3]];
        r[code[at + 4]] = r[code[at + 5]] - r[code[at + 6]];
        at += 7;
        break;
      case 16:
        r[target] = a * r[code[at + 3]];
        r[code[at + 4]] = r[code[at + 5]] * r[code[at + 6]];
        at += 7;
        break;
      case 17:
        r[target] = a / r[code[at + 3]];
        r[code[at + 4]] = r[code[at + 5]] / r[code[at + 6]];
        at += 7;
        break;
      case 18:
        r[target] = Math.sqrt(a);
        r[code[at + 3]] = Math.sqrt(r[code[at + 4]]);
        at += 5;
        break;
      case 19:
        r[target] = a * r[code[at + 3]] + r[code[at + 4]];
        r[code[at + 5]] = r[code[at + 6]] * r[code[at + 7]] + r[code[at + 8]];
        at += 9;
        break;
      case 20:
        r[target] = r[code[at + 4]] - a * r[code[at + 3]];
        r[code[at + 5]] = r[code[at + 8]] - r[code[at + 6]] * r[code[at + 7]];
        at += 9;
        break;
      case 21:
        r[target] = a * r[code[at + 3]] + r[code[at + 4]] * r[code[at + 5]];
        r[code[at + 6]] = r[code[at + 7]] * r[code[at + 8]] + r[code[at + 9]] * r[code[at + 10]];
        at += 11;
        break;
      case 22:
        r[target] = a * r[code[at + 3]] - r[code[at + 4]] * r[code[at + 5]];
        r[code[at + 6]] = r[code[at + 7]] * r[code[at + 8]] - r[code[at + 9]] * r[code[at + 10]];
        at += 11;
        break;
      default:
        r[code[at + 2]] = apply(target, r[code[at + 3]], r[code[at + 4]], r[code[at + 5]], r[code[at + 6]]);
        at += 7;
    }
  }
}
