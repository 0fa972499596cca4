// @ts-check
/** The functions that take one run's steps: the loop, the stopping tests and the record of it all. */
import { FIXED, MOVING, TIMED } from "../incremental.js";
import { needs, ONE, Slots } from "./lanes.js";
import { F64, I32, OP } from "./module.js";

/** @typedef {import("./module.js").Body} Body */
/** @typedef {import("./runs.js").Plan} Plan */

/** Why steps end, by the number that the functions return. */
export const STOPS = /** @type {const} */ (["limit", "left", "gradient", "broken", "step"]);
export const [LIMIT, LEFT, GRADIENT, BROKEN, STEP] = STOPS.keys();

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
  const [k, stop, value, vector, record, row] = Array.from({ length: 6 }, () => body.local(I32));
  const steepness = body.local(F64);
  const slots = new Slots(body, tape, ONE);
  const needed = needs(tape, [f, ...g, ...moves, ...difference, ...sources]);
  const endIf = (/** @type {number} */ reason) => {
    body.emit(OP.IF);
    body.integer(reason);
    body.set(stop);
    body.indexed(OP.BRANCH, 2);
    body.emit(OP.END);
  };
  slots.load(inputs, 0);
  slots.compute(needed.filter((slot) => stages[slot] === FIXED));
  body.emit(OP.BLOCK);
  body.emit(OP.LOOP);

  body.get(before, k);
  body.integer(1);
  body.emit([...OP.I32_ADD, ...OP.I32_ADD, ...OP.F64_FROM_I32]);
  body.set(slots.at(time));
  slots.load(kept, at.table, row);
  slots.compute(needed.filter((slot) => stages[slot] === MOVING));
  slots.store([f], at.values, value);
  slots.store(g, at.gradients, vector);

  slots.defect([f]);
  endIf(LEFT);
  slots.squares(g);
  body.tee(steepness);
  body.get(flattest);
  slots.native("lt");
  endIf(GRADIENT);
  slots.defect(moves);
  endIf(BROKEN);
  slots.store(moves.slice(0, count), at.positions, vector);
  slots.store(sources, at.records, record);

  slots.squares(difference);
  body.get(shortest);
  slots.native("lt");
  body.get(steepness, asked);
  slots.native("lt");
  body.emit([...OP.I32_AND, ...OP.IF]);
  slots.distance(moves.slice(0, count), at.last);
  body.get(tol);
  slots.native("lt");
  body.emit(OP.IF);
  body.integer(STEP);
  body.set(stop);
  body.emit([...OP.END, ...OP.END]);

  slots.get(...moves);
  for (const slot of moving.toReversed()) body.set(slots.at(slot));
  for (const [local, stride] of [[value, 1], [vector, count], [record, sources.length], [row, kept.length]])
    body.increase(local, 8 * stride);
  body.increase(k, 1);
  body.get(k, most);
  body.emit(OP.I32_LT);
  body.get(stop);
  body.emit([...OP.I32_EQZ, ...OP.I32_AND]);
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
