// @ts-check
/** The functions that take one run's steps: the loop, the stopping tests and the record of it all. */
import { needs } from "../builder.js";
import { FIXED, MOVING, TIMED } from "../incremental.js";
import { ONE, Slots } from "./lanes.js";
import { F64, I32, OP } from "./module.js";

/** @typedef {import("./module.js").Body} Body */
/** @typedef {import("./runs.js").Plan} Plan */

/** Why steps end, and the number that the functions give for it. */
export const STOP = { limit: 0, left: 1, gradient: 2, broken: 3, step: 4 };

/**
 * `table(before, count)`: what depends on the step's number alone, a row for each of so many steps.
 * @param {Body} body
 * @param {Plan} plan
 */
export function writeTable(body, { tape, stages, kept, inputs, time, at }) {
  const [before, count, k, row] = [0, 1, body.local(I32), body.local(I32)];
  const slots = new Slots(body, tape, ONE);
  const needed = needs(tape, kept);
  slots.load(inputs, 0);
  slots.compute(needed.filter((slot) => stages[slot] === FIXED));
  body.emit(OP.LOOP);
  body.increase(k, 1);
  body.get(before, k);
  body.emit([...OP.I32_ADD, ...OP.F64_FROM_I32]);
  body.set(slots.at(time));
  slots.compute(needed.filter((slot) => stages[slot] === TIMED));
  slots.store(kept, at.table, row);
  body.increase(row, 8 * kept.length);
  body.get(k, count);
  body.emit(OP.I32_LT);
  body.indexed(OP.BRANCH_IF, 0);
  body.emit(OP.END);
  body.get(k);
}

/**
 * `steps(before, count, shortest, flattest, asked, tol)`: steps of one run. Its inputs are in the memory, and become
 * those of the step to come. Gives eight times the number of steps, and why they ended.
 * @param {Body} body
 * @param {Plan} plan
 */
export function writeSteps(body, { tape, stages, kept, moving, inputs, time, at, parts }) {
  const { count, moves, sources, f, g, difference } = parts;
  const [before, most, shortest, flattest, asked, tol] = body.parameters.keys();
  const [k, stop] = [body.local(I32), body.local(I32)];
  /** How many bytes rows of so many numbers have gone on. @type {Map<number, number>} */
  const pointers = new Map([1, count, sources.length, kept.length].filter(Boolean).map((width) => [width, 0]));
  for (const width of pointers.keys()) pointers.set(width, body.local(I32));
  const store = (/** @type {number[]} */ stored, /** @type {number} */ to) =>
    slots.store(stored, to, pointers.get(stored.length));
  const [sum, steepness, length] = Array.from({ length: 3 }, () => body.local(F64));
  const slots = new Slots(body, tape, ONE);
  const needed = needs(tape, [f, ...g, ...moves, ...difference, ...sources]);
  const endIf = (/** @type {number} */ reason) => {
    body.emit(OP.IF);
    body.integer(reason);
    body.set(stop);
    body.indexed(OP.BRANCH, 3); // out of two tests and the loop
    body.emit(OP.END);
  };
  slots.load(inputs, 0);
  slots.compute(needed.filter((slot) => stages[slot] === FIXED));
  body.emit(OP.BLOCK);
  body.emit(OP.LOOP);

  if (needed.includes(time)) {
    body.get(before, k);
    body.integer(1);
    body.emit([...OP.I32_ADD, ...OP.I32_ADD, ...OP.F64_FROM_I32]);
    body.set(slots.at(time));
  }
  slots.load(kept, at.table, pointers.get(kept.length));
  slots.compute(needed.filter((slot) => stages[slot] === MOVING));
  store([f], at.values);
  store(g, at.gradients);

  // One test of what nearly always holds; what is wrong if it does not is found in order.
  slots.get(f);
  for (const slot of moves) {
    slots.get(slot);
    slots.native("add");
  }
  body.tee(sum);
  body.get(sum);
  slots.native("sub");
  slots.number(0);
  slots.native("ne"); // something is not finite, or so large that its sum is not
  slots.squares(g);
  body.tee(steepness);
  body.get(flattest);
  slots.native("lt");
  slots.squares(difference);
  body.tee(length);
  body.get(shortest);
  slots.native("lt");
  body.emit([...OP.I32_OR, ...OP.I32_OR, ...OP.IF]);
  slots.defect([f]);
  endIf(STOP.left);
  body.get(steepness, flattest);
  slots.native("lt");
  endIf(STOP.gradient);
  slots.defect(moves);
  endIf(STOP.broken);
  body.get(length, shortest);
  slots.native("lt");
  body.get(steepness, asked);
  slots.native("lt");
  body.emit([...OP.I32_AND, ...OP.IF]);
  slots.distance(moves.slice(0, count), at.last);
  body.get(tol);
  slots.native("lt");
  body.emit(OP.IF);
  body.integer(STOP.step);
  body.set(stop);
  body.integer(0);
  body.set(most); // no step after it
  body.emit([...OP.END, ...OP.END, ...OP.END]);

  store(moves.slice(0, count), at.positions);
  store(sources, at.records);
  slots.get(...moves);
  for (const slot of moving.toReversed()) body.set(slots.at(slot));
  for (const [width, pointer] of pointers) body.increase(pointer, 8 * width);
  body.increase(k, 1);
  body.get(k, most);
  body.emit(OP.I32_LT);
  body.indexed(OP.BRANCH_IF, 0);
  body.emit([...OP.END, ...OP.END]);

  slots.store(moving, 0);
  slots.store(difference, at.last);
  body.get(k);
  body.integer(8);
  body.emit(OP.I32_MUL);
  body.get(stop);
  body.emit(OP.I32_ADD);
}
