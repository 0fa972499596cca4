// @ts-check
/**
 * The learning rate at which steps stop being stable. It comes out of the equations, also those that a user typed: on a
 * quadratic function the steps of many optimizers are a matrix, and the error shrinks while its powers do. Equations
 * that are not linear there have no such bound, nor have steps that change with `t` in the long run.
 */

import { STABILITY } from "./shared.js";
import { Builder } from "./tape/builder.js";
import { link } from "./tape/lowering.js";
import { Machine } from "./tape/tape.js";

/** @typedef {import("./tape/builder.js").Tape} Tape */
/** @typedef {Record<string, number | string>} Values */
/**
 * What a step does with the position and the state, by the learning rate, row by row.
 * @typedef {(lr: number) => Float64Array} Steps
 */

const { LATE } = STABILITY; // a step by which every bias correction has worn off
const SMALL = 1e-3; // the size of the position and the state that are probed
const NEAR = [1, -2]; // times that size
const FAR = [1, -2, 1e6, -1e9];
const SAME = 1e-6;
const STEADY = 1e-9;
const HALVINGS = 30;
const SQUARINGS = 44;
const EARLY = 10;
const GONE = -4;
const GROWN = 40;
const LOWEST = 2 ** -30;
const HIGHEST = 2 ** 40;

export class Stability {
  /**
   * @param {{tape: Tape, state: string[]}} optimizer
   * @param {number} count its parameters
   */
  constructor({ tape, state }, count) {
    this.tape = tape;
    this.state = state;
    this.count = count;
    /** The hyperparameters for which the next two hold. */
    this.key = "";
    /** The bound for a curvature of 1. @type {number | null} */
    this.unit = null;
    /** Whether it is inverse to the curvature. */
    this.inverse = true;
    /** Whether the steps are the same matrix far from the minimum, too: those of clipped gradients are not. */
    this.linear = false;
  }

  /**
   * The largest stable learning rate where the curvature is this; null where there is none, as with a schedule.
   * @param {number} curvature
   * @param {Values} values of the hyperparameters
   */
  limit(curvature, values) {
    if (!(curvature > 0) || Object.values(values).some((value) => typeof value === "string")) return null;
    const key = JSON.stringify({ ...values, lr: 0 });
    if (key !== this.key) {
      this.key = key;
      const [usual, later] = [LATE, 2 * LATE].map((time) => this.steps(1, values, NEAR, time));
      const found = bound(usual);
      // Steps that shrink with `t` are another matrix later on.
      this.unit = found !== null && usual && later && equal(usual(found), later(found)) ? found : null;
      const steep = this.steps(2, values);
      const half = (this.unit ?? 0) / 2;
      this.linear = this.steps(1, values, FAR) !== null;
      this.inverse = !half || !steep || (!grows(steep((1 - SAME) * half)) && grows(steep((1 + SAME) * half)));
    }
    if (this.unit === null) return null;
    return this.inverse ? this.unit / curvature : bound(this.steps(curvature, values));
  }

  /**
   * The steps on a quadratic function of this curvature; null where they are not linear.
   * @param {number} curvature
   * @param {Values} values
   * @param {number[]} [scales] how many times farther out linearity is tried
   * @param {number} [time] the number of the step
   * @returns {Steps | null}
   */
  steps(curvature, values, scales = NEAR, time = LATE) {
    const { count, state } = this;
    const machine = new Machine(link(this.tape, quadratic(count, curvature)));
    const { tape, registers } = machine;
    const moves = [...tape.outputs.theta, ...state.flatMap((name) => tape.outputs[name])];
    const size = moves.length;
    const rate = tape.inputs.indexOf("lr", size);
    tape.inputs.slice(size, -3).forEach((name, index) => {
      registers[size + index] = Number(values[name]);
    });
    const last = tape.inputs.length - 3;
    const after = (/** @type {number[]} */ position) => {
      registers.set(position);
      registers.set([time, 2 * LATE, 0], last);
      machine.execute();
      return moves.map((slot) => registers[slot]);
    };
    registers[rate] = 1;
    if (!isLinear(after, matrixOf(after, size), size, scales)) return null;
    return (lr) => {
      registers[rate] = lr;
      return matrixOf(after, size);
    };
  }
}

/**
 * The learning rate up to which steps are stable; null where there is none.
 * @param {Steps | null} steps
 */
function bound(steps) {
  if (!steps) return null;
  let stable = 1;
  while (grows(steps(stable))) {
    stable /= 2;
    if (stable < LOWEST) return null;
  }
  while (!grows(steps(2 * stable))) {
    stable *= 2;
    if (stable > HIGHEST) return null;
  }
  let unstable = 2 * stable;
  for (let round = 0; round < HALVINGS; round++) {
    const middle = (stable + unstable) / 2;
    if (grows(steps(middle))) unstable = middle;
    else stable = middle;
  }
  return (stable + unstable) / 2;
}

/**
 * The tape of half the curvature times the square of the distance from 0.
 * @param {number} count
 * @param {number} curvature
 * @returns {Tape}
 */
function quadratic(count, curvature) {
  const inputs = Array.from({ length: count }, (_, index) => index);
  const builder = new Builder(inputs.map((index) => `x${index}`));
  const by = builder.constant(curvature);
  const zero = builder.constant(0);
  const half = builder.constant(curvature / 2);
  const squares = inputs
    .map((position) => builder.emit("mul", position, position))
    .reduce((sum, square) => builder.emit("add", sum, square));
  const outputs = {
    f: [builder.emit("mul", half, squares)],
    g: inputs.map((position) => builder.emit("mul", by, position)),
  };
  return builder.tape({ ...outputs, H: inputs.flatMap((i) => inputs.map((j) => (i === j ? by : zero))) }, ["g", "H"]);
}

/**
 * What comes out of each coordinate alone, less what comes out of nothing, such as noise.
 * @param {(position: number[]) => number[]} after
 * @param {number} size
 */
function matrixOf(after, size) {
  const matrix = new Float64Array(size * size);
  const position = new Array(size).fill(0);
  const still = after(position);
  for (let column = 0; column < size; column++) {
    position[column] = SMALL;
    after(position).forEach((value, row) => {
      matrix[row * size + column] = (value - still[row]) / SMALL;
    });
    position[column] = 0;
  }
  return matrix;
}

/**
 * Whether the matrix tells what comes out of other inputs too.
 * @param {(position: number[]) => number[]} after
 * @param {Float64Array} matrix
 * @param {number} size
 * @param {number[]} scales
 */
function isLinear(after, matrix, size, scales) {
  const still = after(new Array(size).fill(0));
  return scales.every((scale) => {
    const position = still.map((_, index) => scale * SMALL * (1 + 0.37 * index));
    const found = after(position).map((value, row) => value - still[row]);
    const largest = Math.max(...found.map(Math.abs), SMALL * Math.abs(scale));
    return found.every(
      (value, row) =>
        Math.abs(value - position.reduce((sum, each, column) => sum + matrix[row * size + column] * each, 0)) <=
        SAME * largest,
    );
  });
}

/**
 * Whether two matrices are the same but for rounding, next to their largest parts.
 * @param {Float64Array} one
 * @param {Float64Array} other
 */
function equal(one, other) {
  const largest = one.reduce((most, part) => Math.max(most, Math.abs(part)), 0);
  return one.every((part, k) => Math.abs(part - other[k]) <= STEADY * largest);
}

/**
 * Whether the powers of a matrix grow without end: it is squared again and again, and its size kept apart.
 * @param {Float64Array} matrix
 */
function grows(matrix) {
  const size = Math.sqrt(matrix.length);
  const pair = [new Float64Array(matrix.length), new Float64Array(matrix.length)];
  let power = matrix;
  let logarithm = 0;
  for (let round = 0; round < SQUARINGS; round++) {
    let largest = 0;
    for (const value of power) largest = Math.max(largest, Math.abs(value));
    if (!largest) return false;
    logarithm += Math.log(largest);
    if (logarithm < GONE) return false;
    if (!(logarithm < (round < EARLY ? Infinity : GROWN))) return true;
    const next = pair[round % 2];
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) {
        let sum = 0;
        for (let inner = 0; inner < size; inner++)
          sum += (power[row * size + inner] / largest) * (power[inner * size + column] / largest);
        next[row * size + column] = sum;
      }
    power = next;
    logarithm *= 2;
  }
  return false;
}
