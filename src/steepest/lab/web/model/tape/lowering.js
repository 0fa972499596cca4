// @ts-check
/** Objective and optimizer -> tapes, and both linked to one: the port of `steepest.tape.lowering`. */
import { gradient } from "../language/algebra/derivative.js";
import { grouped, InputError } from "../language/errors.js";
import { postorder } from "../language/expression.js";
import { PRECEDENCE } from "../language/tables.js";
import { isVector, vectorNames } from "../optimizers/vectors.js";
import { CONSTANTS, TAPE } from "../shared.js";
import { Builder, constantCount, used } from "./builder.js";
import { rowTapes } from "./row_lowering.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** @typedef {import("../optimizers/optimizer.js").OptimizerText} OptimizerText */
/** @typedef {import("./builder.js").Tape} Tape */

const { STEP, MOST_OPERATIONS, MOST_FOR_SOLVE } = TAPE;

/**
 * The tape of an objective's value and gradient.
 * @param {Expression} expression
 * @param {string[]} names of the parameters, which are the inputs
 * @param {boolean} [second] whether the Hessian is an output, too
 * @param {string[]} [constants] further names that are inputs
 * @returns {Tape}
 */
export function objectiveTape(expression, names, second = false, constants = []) {
  const builder = new Builder([...names, ...constants.map((name) => CONSTANTS.CONSTANT + name)]);
  const environment = new Map([...names, ...constants].map((name, slot) => [name, slot]));
  const slopes = gradient(expression, names);
  const rows = second ? slopes.map((slope, index) => gradient(slope, names.slice(index))) : [];
  const half = names.flatMap((_, i) => names.map((_, j) => rows[Math.min(i, j)]?.[Math.abs(i - j)])); // it is symmetric
  const roots = [expression, ...slopes, ...(second ? half : [])];
  /** @type {Map<Expression, number>} */
  const found = new Map();
  if (expression.source) {
    const { tapes, numbers } = rowTapes(roots, names);
    builder.rows = tapes;
    for (const [node, number] of numbers) found.set(node, builder.reduce(number, [...environment.values()]));
  }
  const slots = builder.lower(roots, environment, found);
  const count = names.length;
  const outputs = { f: slots.slice(0, 1), g: slots.slice(1, 1 + count) };
  return second ? builder.tape({ ...outputs, H: slots.slice(1 + count) }, ["H", "g"]) : builder.tape(outputs, ["g"]);
}

/**
 * The tape of one step of an optimizer.
 * @param {OptimizerText} optimizer
 * @param {number} count of parameters, from 1
 * @param {Map<string, Expression>} [schedules] hyperparameters that are formulas in `t` and `T`; the others are inputs
 */
export function optimizerTape(optimizer, count, schedules = new Map()) {
  if (count > PRECEDENCE.MOST_PARAMETERS)
    throw new InputError(`a formula has at most ${PRECEDENCE.MOST_PARAMETERS} parameters, not ${count}`);
  return new Unroller(optimizer, count, schedules).tape();
}

/**
 * The tape of one step on one objective: every call replaced by the objective's operations. Its inputs are the optimizer's, with the
 * objective's constants in front of `t`.
 * @param {Tape} optimizer
 * @param {Tape} objective
 * @returns {Tape}
 */
export function link(optimizer, objective) {
  const last = optimizer.inputs.length - 3; // in front of t, T and the seed
  const count = objective.inputs.length - constantCount(objective);
  const given = objective.inputs.slice(count);
  const builder = new Builder([...optimizer.inputs.slice(0, last), ...given, ...optimizer.inputs.slice(last)]);
  const constants = given.map((_, index) => last + index);
  const results = [
    ...[...builder.inputs.keys()].filter((slot) => !constants.includes(slot)),
    ...optimizer.constants.map((value) => builder.constant(value)),
  ];
  /** @type {Map<string, Record<string, number[]>>} */
  const evaluations = new Map();
  /** @param {number[]} position */
  const at = (position) => {
    const key = position.join();
    let found = evaluations.get(key);
    if (!found) {
      found = builder.inline(objective, [...position, ...constants]);
      evaluations.set(key, found);
    }
    if (builder.nodes.length > MOST_OPERATIONS) {
      const length = grouped(objective.operations.length);
      const asked = `asks for a formula of ${length} operations at ${evaluations.size} places or more`;
      throw new InputError(`a step has at most ${grouped(MOST_OPERATIONS)} operations, and this one ${asked}`);
    }
    return found;
  };
  for (const operation of optimizer.operations) {
    const slots = used(operation).map((slot) => results[slot]);
    const [name, i, j] = operation;
    if (name === "value") results.push(at(slots).f[0]);
    else if (name === "gradient") results.push(at(slots).g[i]);
    else if (name === "hessian") results.push(at(slots).H[i * slots.length + j]);
    else results.push(builder.emit(name, ...slots));
  }
  const outputs = Object.fromEntries(
    Object.entries(optimizer.outputs).map(([name, slots]) => [name, slots.map((slot) => results[slot])]),
  );
  const position = Array.from({ length: count }, (_, slot) => slot);
  const start = at(position);
  const step = outputs.theta.map((now, index) => builder.difference(now, position[index]));
  return builder.tape({ ...outputs, f: start.f, g: start.g, [STEP]: step }, [...optimizer.vectors, "g", STEP]);
}

/**
 * Lowers an optimizer's equations coordinate by coordinate: an expression has one slot for a number and `count` for a
 * vector.
 */
class Unroller {
  /**
   * @param {OptimizerText} optimizer
   * @param {number} count
   * @param {Map<string, Expression>} schedules
   */
  constructor(optimizer, count, schedules) {
    this.optimizer = optimizer;
    this.count = count;
    this.schedules = schedules;
    this.vectors = vectorNames(optimizer.equations);
    const held = optimizer.hyperparameters.filter((name) => !schedules.has(name));
    const inputs = ["theta", ...optimizer.state].flatMap((name) => this.coordinates(name));
    this.builder = new Builder([...inputs, ...held, "t", "T", "seed"]);
    /** @type {Map<string, number[]>} */
    this.values = new Map();
  }

  /**
   * The names of a quantity's inputs, such as `v[0]`, `v[1]`.
   * @param {string} name
   */
  coordinates(name) {
    if (!this.vectors.has(name)) return [name];
    return Array.from({ length: this.count }, (_, index) => `${name}[${index}]`);
  }

  /**
   * The slots of a name.
   * @param {string} name
   */
  value(name) {
    return /** @type {number[]} */ (this.values.get(name));
  }

  tape() {
    const { builder, optimizer, schedules, values, vectors } = this;
    const { assigned, hyperparameters, state } = optimizer;
    const input = (/** @type {string} */ name) => builder.inputs.indexOf(name);
    for (const name of ["theta", ...state]) values.set(name, this.coordinates(name).map(input));
    for (const name of [...hyperparameters, "t", "T"]) if (!schedules.has(name)) values.set(name, [input(name)]);
    const time = new Map(["t", "T"].map((name) => [name, this.value(name)[0]]));
    for (const [name, formula] of schedules) values.set(name, builder.lower([formula], time));
    const theta = this.value("theta");
    if (optimizer.uses("f")) values.set("f", [this.call("value", [], theta)]);
    if (optimizer.uses("g")) values.set("g", this.gradient(theta));
    if (optimizer.uses("H")) values.set("H", this.hessian(theta));
    for (const [name, expression] of optimizer.equations) {
      const slots = this.lower(expression);
      const spread = vectors.has(name) && !isVector(expression, vectors);
      values.set(name, spread ? this.widened(slots) : slots);
    }
    const outputs = Object.fromEntries([...assigned, ...schedules.keys()].map((name) => [name, this.value(name)]));
    return builder.tape(
      outputs,
      Object.keys(outputs)
        .filter((name) => vectors.has(name))
        .sort(),
    );
  }

  /**
   * A call of the objective at a position.
   * @param {string} name
   * @param {number[]} indices
   * @param {number[]} position
   */
  call(name, indices, position) {
    return this.builder.store([name, ...indices, ...position]);
  }

  /** @param {number[]} position */
  gradient(position) {
    return Array.from({ length: this.count }, (_, index) => this.call("gradient", [index], position));
  }

  /**
   * The Hessian, row by row; the calls are symmetric in its indices.
   * @param {number[]} position
   */
  hessian(position) {
    const { count } = this;
    if (count > MOST_FOR_SOLVE)
      throw new InputError(`the Hessian H is there for formulas of up to ${MOST_FOR_SOLVE} parameters`);
    return Array.from({ length: count * count }, (_, index) => {
      const [i, j] = [Math.floor(index / count), index % count];
      return this.call("hessian", [Math.min(i, j), Math.max(i, j)], position);
    });
  }

  /**
   * The slots of an expression.
   * @param {Expression} root
   */
  lower(root) {
    /** @type {Map<Expression, number[]>} */
    const slots = new Map();
    const found = (/** @type {Expression} */ node) => /** @type {number[]} */ (slots.get(node));
    for (const node of postorder(root)) {
      if (node.operation === "name") slots.set(node, this.value(node.name));
      else if (!node.arguments.length) slots.set(node, [this.builder.constant(node.value)]);
      else slots.set(node, this.apply(node.operation, node.arguments.map(found)));
    }
    return found(root);
  }

  /**
   * The slots of an operation; numbers are broadcast.
   * @param {string} operation
   * @param {number[][]} parts
   */
  apply(operation, parts) {
    const { builder } = this;
    const [first, second] = parts;
    switch (operation) {
      case "grad":
        return this.gradient(this.widened(first));
      case "value":
        return [this.call("value", [], this.widened(first))];
      case "dot":
        return [this.dot(first, second)];
      case "norm":
        return [builder.emit("sqrt", this.dot(first, first))];
      case "noise":
        return this.noise(first[0]);
      case "solve":
        return this.solve(first, this.widened(second));
    }
    const width = Math.max(...parts.map((part) => part.length));
    return Array.from({ length: width }, (_, index) =>
      builder.emit(operation, ...parts.map((part) => (part.length === width ? part[index] : part[0]))),
    );
  }

  /**
   * A number as a vector of equal coordinates; a vector unchanged.
   * @param {number[]} part
   */
  widened(part) {
    return part.length === this.count ? part : Array.from({ length: this.count }, () => part[0]);
  }

  /**
   * The scalar product; numbers are not broadcast: the norm of a number is its absolute value.
   * @param {number[]} a
   * @param {number[]} b
   */
  dot(a, b) {
    const { builder } = this;
    const width = Math.max(a.length, b.length);
    const products = Array.from({ length: width }, (_, index) => [a[index % a.length], b[index % b.length]]);
    const [first, ...others] = products;
    let total = builder.emit("mul", ...first);
    for (const pair of others) total = builder.emit("add", total, builder.emit("mul", ...pair));
    return total;
  }

  /**
   * Standard normal noise for each coordinate.
   * @param {number} stream
   */
  noise(stream) {
    const { builder } = this;
    const seed = builder.inputs.length - 1; // the last, also where the equations have a seed of their own
    const source = [seed, this.value("t")[0], stream];
    return Array.from({ length: this.count }, (_, index) => builder.emit("noise", ...source, builder.constant(index)));
  }

  /**
   * Cramer's rule: component k is the determinant with column k replaced by the vector, over the determinant.
   * @param {number[]} matrix
   * @param {number[]} vector
   */
  solve(matrix, vector) {
    const { count } = this;
    const rows = vector.map((_, i) => matrix.slice(i * count, (i + 1) * count));
    const below = this.determinant(rows);
    return vector.map((_, k) => {
      const replaced = rows.map((row, i) => row.map((slot, j) => (j === k ? vector[i] : slot)));
      return this.builder.emit("div", this.determinant(replaced), below);
    });
  }

  /**
   * Laplace expansion along the first row; equal minors share their slots.
   * @param {number[][]} rows
   * @returns {number}
   */
  determinant([top, ...rest]) {
    if (!rest.length) return top[0];
    let total = -1;
    for (const [k, entry] of top.entries()) {
      const minor = this.determinant(rest.map((row) => row.filter((_, column) => column !== k)));
      const product = this.builder.emit("mul", entry, minor);
      total = k ? this.builder.emit(k % 2 ? "sub" : "add", total, product) : product;
    }
    return total;
  }
}
