// @ts-check
/** The function that takes two runs' steps at once, with SIMD, and records only how they end. */
import { needs } from "../builder.js";
import { FIXED, MOVING } from "../incremental.js";
import { AND_NOT, ANY, Slots, SPLAT, TWO } from "./lanes.js";
import { I32, OP, V128 } from "./module.js";
import { STOP } from "./steps.js";

/** @typedef {import("./module.js").Body} Body */
/** @typedef {import("./runs.js").Plan} Plan */

/**
 * `pair(count, shortest, flattest, asked, tol)`: up to so many steps of both. In the memory their positions and states
 * become the last ones; after those come the numbers of steps, and why they ended.
 * @param {Body} body
 * @param {Plan} plan
 */
export function writePair(body, { tape, stages, kept, moving, inputs, time, at, parts }) {
  const { count, moves, f, g, difference } = parts;
  const [most, ...given] = body.parameters.keys();
  const [k, row] = [body.local(I32), body.local(I32)];
  const [shortest, flattest, asked, tol, steepness, active, mask, short, taken, stop] = Array.from({ length: 10 }, () =>
    body.local(V128),
  );
  const slots = new Slots(body, tape, TWO);
  const needed = needs(tape, [f, ...g, ...moves, ...difference]);
  /**
   * End the runs for a reason where the mask on the stack holds.
   * @param {number} reason
   */
  const endWhere = (reason) => {
    body.get(active);
    body.emit(TWO.and);
    body.set(mask);
    body.get(active, mask);
    body.emit(AND_NOT);
    body.set(active);
    slots.number(reason);
    body.get(stop, mask);
    body.emit(TWO.choose);
    body.set(stop);
  };
  for (const [i, local] of [shortest, flattest, asked, tol].entries()) {
    body.get(given[i]);
    body.emit(SPLAT);
    body.set(local);
  }
  for (const [i, slot] of moving.entries()) {
    body.integer(0);
    body.memory(TWO.load, 8 * (at.pairs + 2 * i));
    body.set(slots.at(slot));
  }
  slots.load(inputs.slice(moving.length), moving.length);
  slots.compute(needed.filter((slot) => stages[slot] === FIXED));
  slots.number(0);
  slots.number(0);
  slots.native("eq");
  body.set(active);
  body.emit(OP.LOOP);

  body.increase(k, 1);
  body.get(k);
  body.emit([...OP.F64_FROM_I32, ...SPLAT]);
  body.set(slots.at(time));
  slots.load(kept, at.table, row);
  body.increase(row, 8 * kept.length);
  slots.compute(needed.filter((slot) => stages[slot] === MOVING));

  slots.defect([f]);
  endWhere(STOP.left);
  slots.squares(g);
  body.tee(steepness);
  body.get(flattest);
  slots.native("lt");
  endWhere(STOP.gradient);
  slots.defect(moves);
  endWhere(STOP.broken);

  slots.squares(difference);
  body.get(shortest);
  slots.native("lt");
  body.get(steepness, asked);
  slots.native("lt");
  body.emit(TWO.and);
  body.get(active);
  body.emit(TWO.and);
  body.tee(short);
  body.emit([...ANY, ...OP.IF]);
  slots.distance(moves.slice(0, count), at.last);
  body.get(tol);
  slots.native("lt");
  body.get(short);
  body.emit(TWO.and);
  body.set(short);
  body.emit(OP.END);

  for (const [i, slot] of moves.entries()) {
    slots.get(slot, moving[i]);
    body.get(active);
    body.emit(TWO.choose);
  }
  for (const slot of moving.toReversed()) body.set(slots.at(slot));
  body.get(taken);
  slots.number(1);
  body.get(active);
  body.emit(TWO.and);
  slots.native("add");
  body.set(taken);
  body.get(short);
  endWhere(STOP.step);
  body.get(active);
  body.emit(ANY);
  body.get(k, most);
  body.emit([...OP.I32_LT, ...OP.I32_AND]);
  body.indexed(OP.BRANCH_IF, 0);
  body.emit(OP.END);

  slots.store(moving, at.pairs);
  for (const [i, local] of [taken, stop].entries()) {
    body.integer(0);
    body.get(local);
    body.memory(TWO.store, 8 * (at.pairs + 2 * (moving.length + i)));
  }
  body.get(k);
}
