// @ts-check
/** Columns of about one size: each is shifted and divided by a number: the port of `steepest.data.scaling`. */

import { plainShort } from "../format.js";
import { clipped, grouped, InputError } from "../language/errors.js";
import { reducedRows } from "../language/rows.js";
import { nearest } from "../language/similarity.js";
import { METHODS, SCALING } from "./tables.js";

/** @typedef {import("./table.js").Table} Table */

const METHOD = /** @type {Record<string, {told: string, description: string}>} */ (METHODS);

/** An affine map of each of some columns: scaled = (original - shift)/scale. */
export class Scaling {
  /**
   * @param {string} method `z`, `minmax` or `none`
   * @param {string[]} names of the columns
   * @param {number[]} shifts
   * @param {number[]} scales positive
   */
  constructor(method, names, shifts, scales) {
    this.method = method;
    this.names = names;
    this.shifts = shifts;
    this.scales = scales;
  }

  /** The transformation, to be told. */
  get sentence() {
    const { method, names, shifts, scales } = this;
    if (!names.length || method === "none") return "none: the columns keep their units";
    const most = SCALING.MOST_TOLD;
    const told = names
      .slice(0, most)
      .map((name, index) => `${name} is replaced by ${written(name, shifts[index], scales[index])}`);
    const more = names.length > most ? ` and ${grouped(names.length - most)} more columns likewise` : "";
    return `${method}: ${told.join(", ")}${more}, ${METHOD[method].told}`;
  }

  /**
   * The table with these columns scaled.
   * @param {Table} table
   */
  apply(table) {
    const { method, names } = this;
    if (method === "none") return table;
    const changes = names.map((name) => [name, (/** @type {Float64Array} */ column) => this.scaled(name, column)]);
    return table.changed(Object.fromEntries(changes), this.sentence);
  }

  /**
   * Numbers of a column, scaled.
   * @param {string} name
   * @param {Float64Array} values
   */
  scaled(name, values) {
    const index = this.names.indexOf(name);
    if (index < 0 || this.method === "none") return values;
    const [shift, scale] = [this.shifts[index], this.scales[index]];
    let isLarge = Math.abs(shift) >= SCALING.LARGE;
    for (let row = 0; row < values.length; row++) if (Math.abs(values[row]) >= SCALING.LARGE) isLarge = true;
    const found = new Float64Array(values.length);
    for (let row = 0; row < values.length; row++)
      found[row] = isLarge ? (values[row] / 2 - shift / 2) / (scale / 2) : (values[row] - shift) / scale;
    return found;
  }
}

/**
 * @param {string} name
 * @param {number} shift
 * @param {number} scale
 */
function written(name, shift, scale) {
  const shown = clipped(name);
  const sign = shift < 0 ? "+" : "-";
  return `${shift ? `(${shown} ${sign} ${plainShort(Math.abs(shift))})` : shown}/${plainShort(scale)}`;
}

/**
 * The scaling of some columns, found from a table.
 * @param {Table} table
 * @param {string[]} names of columns with a number in every row
 * @param {string} method
 */
export function fitScaling(table, names, method) {
  if (!Object.hasOwn(METHOD, method)) {
    const near = nearest(method, Object.keys(METHOD));
    const hint = near ? `did you mean ${near}?` : `there are ${Object.keys(METHOD).join(", ")}`;
    throw new InputError(`there is no scaling '${clipped(method)}': ${hint}`);
  }
  const chosen = [...new Set(names)];
  if (method === "none")
    return new Scaling(
      method,
      chosen,
      chosen.map(() => 0),
      chosen.map(() => 1),
    ); // prettier-ignore
  const { source } = table;
  const extents = chosen.map((name) => table.extent(name));
  for (const [index, [least, greatest]] of extents.entries()) {
    if (least !== greatest) continue;
    const every = table.rows > 1 ? `is ${plainShort(least)} in every row` : "has one row";
    const name = clipped(chosen[index]);
    throw new InputError(`${source}: '${name}' ${every} and cannot be scaled: leave it out, or scale by none`);
  }
  const pairs = chosen.map((name, index) =>
    method === "z"
      ? meanAndDeviation(table.get(name), extents[index])
      : [extents[index][0], extents[index][1] - extents[index][0]],
  );
  for (const [index, [, scale]] of pairs.entries())
    if (!(Number.isFinite(scale) && scale > 0))
      throw new InputError(`${source}: the range of '${clipped(chosen[index])}' is beyond 1.8e308: change its unit`);
  return new Scaling(
    method,
    chosen,
    pairs.map(([shift]) => shift),
    pairs.map(([, scale]) => scale),
  );
}

/**
 * The mean and the population standard deviation, on numbers brought to at most 1 by a power of two.
 * @param {Float64Array} values
 * @param {[number, number]} extent
 */
function meanAndDeviation(values, [least, greatest]) {
  const power = exponentOf(Math.max(Math.abs(least), Math.abs(greatest)));
  const rows = values.length;
  const brought = new Float64Array(rows);
  const factor = 2 ** -power;
  const isExact = factor > 2 ** -1000 && factor < 2 ** 1000;
  for (let row = 0; row < rows; row++) brought[row] = isExact ? values[row] * factor : ldexp(values[row], -power);
  const mean = reducedRows("sum", brought) / rows;
  const away = brought; // which is not needed any more
  for (let row = 0; row < rows; row++) away[row] -= mean;
  const correction = reducedRows("sum", away) / rows;
  const squares = new Float64Array(rows);
  for (let row = 0; row < rows; row++) squares[row] = away[row] * away[row];
  const variance = reducedRows("sum", squares) / rows - correction * correction;
  const shift = ldexp(mean + correction, power);
  if (variance > 0 && variance >= 1e-280) return [shift, ldexp(Math.sqrt(variance), power)];
  const size = Math.max(...[least, greatest].map((end) => Math.abs(ldexp(end, -power) - mean)));
  for (let row = 0; row < rows; row++) squares[row] = (away[row] / size) ** 2;
  return [shift, ldexp(size * Math.sqrt(reducedRows("sum", squares) / rows), power)];
}

/**
 * The power of two that brings a positive number below 1, and to 1/2 or more.
 * @param {number} value
 */
function exponentOf(value) {
  let power = Math.floor(Math.log2(value)) + 1;
  while (ldexp(value, -power) >= 1) power++;
  while (ldexp(value, -power) < 0.5) power--;
  return power;
}

/**
 * A number times a power of two.
 * @param {number} value
 * @param {number} power
 */
export function ldexp(value, power) {
  const half = Math.trunc(power / 2);
  return value * 2 ** half * 2 ** (power - half);
}
