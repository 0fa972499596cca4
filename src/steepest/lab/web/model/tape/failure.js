// @ts-check
/** What made a result of a tape not finite: the port of `steepest.targets.reference`. */

import { general } from "../format.js";
import { FAILURE, TAPE } from "../shared.js";
import { used } from "./builder.js";
import { overflows } from "./operations.js";
import { Machine } from "./tape.js";

/**
 * @typedef {{overflow: boolean, operation: string, arguments: number[], quantity: string, inner: boolean,
 *   lost: string, place?: string}} Failure `place` is the first row in which it was computed, empty without data
 */

/**
 * See `steepest.targets.reference.failure`.
 * @param {Machine} machine
 * @param {number[]} outputs
 * @param {string[]} quantities
 * @returns {Failure | null}
 */
export function failure(machine, outputs, quantities) {
  machine.execute();
  const {
    tape: { operations },
    registers: r,
    first,
  } = machine;
  const { seen, origins } = spoiled(machine, outputs);
  if (!origins.length) return null;
  const origin = Math.min(...origins);
  const [name, base] = operations[origin - first];
  const values = numbers(machine, origin);
  if (name === TAPE.REDUCE)
    return { ...inRows(machine, base, values), quantity: affected(machine, seen, origin, quantities)[0] };
  const overflow = overflows(name, values);
  const [quantity, culprit] = affected(machine, seen, origin, quantities);
  const nan = Math.min(...[...spoiled(machine, [culprit]).seen].filter((slot) => Number.isNaN(r[slot])));
  const choice = operations[base - first];
  const whole = choice?.[0] === "where" ? choice[3] : base; // what a choice leaves as it is
  const power =
    name === "log" && quantity === "g" && operations.some(([kind, below]) => kind === "pow" && below === whole);
  return {
    overflow,
    quantity,
    operation: power ? "exponent" : name,
    arguments: values,
    inner: overflow && !enormous(machine, culprit, origin),
    lost: overflow && nan < Infinity ? callText(operations[nan - first][0], numbers(machine, nan)) : "",
  };
}

/**
 * The first quantity that an operation makes not finite, the gradient before all others, and its slot.
 * @param {Machine} machine
 * @param {Set<number>} seen
 * @param {number} origin
 * @param {string[]} quantities
 * @returns {[string, number]}
 */
function affected(machine, seen, origin, quantities) {
  /** @type {[string, number]} */
  let found = ["", origin];
  let least = Infinity;
  for (const each of quantities) {
    for (const slot of machine.tape.outputs[each]) {
      const rank = each === "g" ? -1 : slot;
      if (rank < least && (rank < 0 || seen.has(slot)) && spoiled(machine, [slot]).origins.includes(origin)) {
        found = [each, slot];
        least = rank;
      }
    }
  }
  return found;
}

/**
 * The cause of a sum or mean over rows that is not finite: in the first row where that is so, or the sum itself.
 * @param {Machine} machine
 * @param {number} number of the sum or mean
 * @param {number[]} position
 * @returns {Failure}
 */
function inRows(machine, number, position) {
  const { rows } = machine;
  const { kind, tape, inputs, place, output } = /** @type {import("./row_machine.js").RowMachine} */ (
    rows
  ).firstNotFinite(number, position);
  const whole = { overflow: true, operation: kind, arguments: [], quantity: "", inner: false, lost: "", place: "" };
  if (!tape) return whole;
  const one = new Machine(tape);
  one.registers.set(inputs);
  const cause = failure(one, tape.outputs[output], [output]);
  return cause ? { ...cause, place } : whole;
}

/**
 * @param {Machine} machine
 * @param {number} slot
 */
function numbers({ tape, registers, first }, slot) {
  return used(tape.operations[slot - first]).map((each) => registers[each]);
}

/**
 * What makes outputs not finite.
 * @param {Machine} machine
 * @param {number[]} outputs
 */
function spoiled(machine, outputs) {
  const bad = (/** @type {number} */ slot) => !Number.isFinite(machine.registers[slot]);
  const waiting = outputs.filter(bad);
  const seen = new Set();
  const origins = [];
  for (const slot of waiting) {
    if (seen.has(slot) || slot < machine.first) continue;
    seen.add(slot);
    const causes = taken(machine, slot).filter(bad);
    waiting.push(...causes);
    if (!causes.length) origins.push(slot);
  }
  return { seen, origins };
}

/**
 * @param {Machine} machine
 * @param {number} slot
 */
function taken({ tape, registers, first }, slot) {
  const operation = tape.operations[slot - first];
  const [condition, a, b] = used(operation);
  return operation[0] === "where" ? [condition, registers[condition] !== 0 ? a : b] : used(operation);
}

/**
 * Whether an infinite result really is larger than any number; not if in doubt.
 * @param {Machine} machine
 * @param {number} slot
 * @param {number} origin
 * @returns {boolean}
 */
function enormous(machine, slot, origin) {
  const { tape, registers: r, first } = machine;
  if (slot === origin) return true;
  const name = slot >= first && Math.abs(r[slot]) === Infinity ? tape.operations[slot - first][0] : "";
  return (
    ["neg", "abs", "add", "sub", "mul", "div"].includes(name) &&
    taken(machine, slot).every((part, index) => {
      const size = Math.abs(r[part]);
      if (size === Infinity) return (name !== "div" || !index) && enormous(machine, part, origin);
      return name === "mul" ? size >= 1 : name === "div" ? size <= 1 : size < FAILURE.NEGLIGIBLE;
    })
  );
}

const SIGNS = /** @type {Record<string, string>} */ (FAILURE.SIGNS);

/**
 * @param {string} name
 * @param {number[]} values
 * @returns {string}
 */
export function callText(name, values) {
  if (name === "mul" && values[0] === values[1]) return callText("pow", [values[0], 2]);
  const texts = values.map((value) => general(value + 0, 6));
  return name in SIGNS ? texts.join(SIGNS[name]) : `${name}(${texts.join(", ")})`;
}
