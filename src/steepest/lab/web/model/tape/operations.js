// @ts-check
/** The operations of a tape: their names, what they compute, and where they are defined. */
import { DOMAINS, OPERATIONS, RANDOM } from "../shared.js";

/**
 * IEEE's power, where JavaScript has its own mind about 1 and -1.
 * @param {number} a
 * @param {number} b
 */
export function power(a, b) {
  if (a === 1) return 1;
  if (a === -1 && (b === Infinity || b === -Infinity)) return 1;
  return a ** b;
}

/** @param {number} a */
function sigmoid(a) {
  if (a >= 0) return 1 / (1 + Math.exp(-a));
  const growth = Math.exp(a);
  return growth / (1 + growth);
}

/** @param {number} a */
function softplus(a) {
  return (a >= 0 || Number.isNaN(a) ? a : 0) + Math.log1p(Math.exp(-Math.abs(a)));
}

/**
 * The error function: its series of positive terms (Abramowitz and Stegun 7.1.6), beyond 3 the continued fraction of 1
 * - erf (7.1.14).
 * @param {number} a
 */
function erf(a) {
  const x = Math.abs(a);
  if (Number.isNaN(x)) return a;
  if (x > 6) return a > 0 ? 1 : -1;
  if (x < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += term *= (2 * a * a) / (2 * n + 1);
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum;
  }
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  const rest = Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
  return a > 0 ? 1 - rest : rest - 1;
}

/**
 * The hash PCG3D of three 32-bit integers (Jarzynski and Olano, JCGT 9(3), 2020, p. 27).
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
export function pcg3d(x, y, z) {
  x = (Math.imul(x, 1664525) + 1013904223) | 0;
  y = (Math.imul(y, 1664525) + 1013904223) | 0;
  z = (Math.imul(z, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  return [x >>> 0, y >>> 0, z >>> 0];
}

/**
 * Standard normal noise (Box and Muller, 1958).
 * @param {number} seed
 * @param {number} step
 * @param {number} stream
 * @param {number} coordinate
 */
function normal(seed, step, stream, coordinate) {
  const [a, b] = pcg3d(coordinate, step, (seed + Math.imul(stream, RANDOM.STREAM)) | 0);
  return Math.sqrt(-2 * Math.log((a + 0.5) / 4294967296)) * Math.cos(2 * Math.PI * ((b + 0.5) / 4294967296));
}

/** What each operation computes. @type {Record<string, (...values: number[]) => number>} */
export const FUNCTIONS = {
  lt: (a, b) => (a < b ? 1 : 0),
  le: (a, b) => (a <= b ? 1 : 0),
  gt: (a, b) => (a > b ? 1 : 0),
  ge: (a, b) => (a >= b ? 1 : 0),
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a !== b ? 1 : 0),
  neg: (a) => -a,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: power,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  atan2: Math.atan2,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  floor: Math.floor,
  ceil: Math.ceil,
  abs: Math.abs,
  sign: (a) => (a > 0 ? 1 : a < 0 ? -1 : Number.isNaN(a) ? a : 0),
  min: (a, b) => (a <= b || Number.isNaN(a) ? a : b),
  max: (a, b) => (a >= b || Number.isNaN(a) ? a : b),
  where: (a, b, c) => (a !== 0 ? b : c),
  sigmoid,
  softplus,
  erf,
  hypot: (a, b) => Math.hypot(a, b), // which would take more arguments
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  log1p: Math.log1p,
  expm1: Math.expm1,
  noise: normal,
};

export const CODES = new Map([...OPERATIONS, "noise"].map((name, code) => [name, code]));

/** The functions by their codes. */
export const BY_CODE = [...CODES.keys()].map((name) => FUNCTIONS[name]);

/**
 * @param {number} code
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 */
export function apply(code, a, b, c, d) {
  return BY_CODE[code](a, b, c, d);
}

/**
 * Whether a result that is not finite is too large rather than undefined.
 * @param {string} operation
 * @param {number[]} values
 */
export function overflows(operation, [a, b]) {
  if (!(operation in DOMAINS)) return true;
  if (operation === "div") return b !== 0;
  return operation === "pow" && a !== 0 && Math.abs(power(a, b)) === Infinity;
}
