// @ts-check
/**
 * Which rows are the batch of a step: the port of `steepest.data.batches`. A shuffle is a permutation of the rows for
 * each epoch: a Feistel network whose round function is PCG3D, repeated from where it leads until it leads to a row.
 */
import { clipped, grouped, InputError } from "../language/errors.js";
import { nearest } from "../language/similarity.js";
import { RANDOM, STATE } from "../shared.js";
import { pcg3d } from "../tape/operations.js";
import { BATCHES } from "./tables.js";
import { counted } from "./words.js";

const { LEAST_BITS, ORDERS, REPLACEMENT, ROUNDS, SHUFFLE } = BATCHES;

/** The batches of all steps. */
export class Batches {
  /**
   * @param {number} rows of the table
   * @param {number} size rows of a batch
   * @param {string} [order] `shuffle`, `cyclic` or `replacement`
   * @param {number} [seed]
   */
  constructor(rows, size, order = "shuffle", seed = 0) {
    if (!(size >= 1 && size <= rows)) {
      const whole = size > rows ? "for all rows, write full" : "a batch has at least 1";
      throw new InputError(`a batch of ${counted(size, "row")} cannot be taken from ${counted(rows, "row")}: ${whole}`);
    }
    if (!Object.hasOwn(ORDERS, order)) {
      const near = nearest(order, Object.keys(ORDERS));
      const hint = near ? `did you mean ${near}?` : `there are ${Object.keys(ORDERS).join(", ")}`;
      throw new InputError(`there is no order '${clipped(order)}': ${hint}`);
    }
    if (!(seed >= 0 && seed <= STATE.LARGEST_SEED))
      throw new InputError(`a seed is a whole number from 0 to ${STATE.LARGEST_SEED}, not ${seed}`);
    this.rows = rows;
    this.size = size;
    this.order = order;
    this.seed = seed;
    /** The steps after which as many rows were taken as the table has, or a few more with `replacement`. */
    this.stepsAnEpoch = Math.ceil(rows / size);
    const bits = Math.max(LEAST_BITS, rows > 1 ? 32 - Math.clz32(rows - 1) : 0);
    this.lowBits = (bits + 1) >> 1;
    this.highBits = bits - this.lowBits;
  }

  /** The size of the batches and of an epoch. */
  get sentence() {
    const { size, rows, order, stepsAnEpoch } = this;
    const last = this.length(stepsAnEpoch);
    const short = last < size ? `, the last one with ${counted(last, "row")}` : "";
    return `${grouped(size)} of ${counted(rows, "row")} a step (${order}): ${counted(stepsAnEpoch, "step")} an epoch${short}`;
  }

  /**
   * The number of rows of a step's batch.
   * @param {number} step from 1
   */
  length(step) {
    const { size, rows, order, stepsAnEpoch } = this;
    return order === "replacement" ? size : Math.min(size, rows - ((step - 1) % stepsAnEpoch) * size);
  }

  /**
   * The rows of a step's batch, from 0.
   * @param {number} step from 1
   */
  at(step) {
    const { size, stepsAnEpoch } = this;
    const epoch = Math.floor((step - 1) / stepsAnEpoch);
    const first = ((step - 1) % stepsAnEpoch) * size;
    const rows = new Int32Array(this.length(step));
    for (let place = 0; place < rows.length; place++) rows[place] = this.row(first + place, epoch);
    return rows;
  }

  /**
   * The row at a place of an epoch.
   * @param {number} place
   * @param {number} epoch
   */
  row(place, epoch) {
    const { order, rows, seed } = this;
    if (order === "cyclic") return place;
    if (order === "replacement")
      return Math.floor(((pcg3d(place, epoch, seed ^ REPLACEMENT)[0] + 0.5) / 4294967296) * rows);
    let found = this.exchanged(place, epoch);
    while (found >= rows) found = this.exchanged(found, epoch);
    return found;
  }

  /**
   * A permutation of the numbers of so many bits.
   * @param {number} number
   * @param {number} epoch
   */
  exchanged(number, epoch) {
    const { lowBits, highBits, seed } = this;
    let low = number & ((1 << lowBits) - 1);
    let high = number >>> lowBits;
    for (let turn = 0; turn < ROUNDS; turn += 2) {
      low ^= pcg3d(high, epoch, keyOf(seed, turn))[0] >>> (32 - lowBits);
      high ^= pcg3d(low, epoch, keyOf(seed, turn + 1))[0] >>> (32 - highBits);
    }
    return ((high << lowBits) | low) >>> 0;
  }
}

/**
 * The third number of a round's hash.
 * @param {number} seed
 * @param {number} turn
 */
function keyOf(seed, turn) {
  return ((seed ^ SHUFFLE) + Math.imul(turn, RANDOM.STREAM)) | 0;
}
