// @ts-check
/** The operations of a tape: their names, what they compute, and where they are defined. */

const NAMES = [
  "lt",
  "le",
  "gt",
  "ge",
  "eq",
  "ne",
  "neg",
  "add",
  "sub",
  "mul",
  "div",
  "pow",
  "sqrt",
  "cbrt",
  "exp",
  "log",
  "log2",
  "log10",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "atan2",
  "sinh",
  "cosh",
  "tanh",
  "floor",
  "ceil",
  "abs",
  "sign",
  "min",
  "max",
  "where",
  "sigmoid",
  "softplus",
  "erf",
  "hypot",
  "asinh",
  "acosh",
  "atanh",
  "log1p",
  "expm1",
  "noise",
];
export const CODES = new Map(NAMES.map((name, code) => [name, code]));

/** What an argument must be for the value to be finite; operations that are not here can only overflow. */
export const DOMAINS = /** @type {Record<string, string>} */ ({
  div: "a divisor other than 0",
  pow: "a positive base for this exponent",
  sqrt: "a number that is not negative",
  log: "a positive number",
  log2: "a positive number",
  log10: "a positive number",
  sin: "a finite number",
  cos: "a finite number",
  tan: "a finite number",
  asin: "a number from -1 to 1",
  acos: "a number from -1 to 1",
  acosh: "a number that is at least 1",
  atanh: "a number between -1 and 1",
  log1p: "a number greater than -1",
});

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
  const [a, b] = pcg3d(coordinate, step, (seed + Math.imul(stream, 0x9e3779b9)) | 0);
  return Math.sqrt(-2 * Math.log((a + 0.5) / 4294967296)) * Math.cos(2 * Math.PI * ((b + 0.5) / 4294967296));
}

/**
 * @param {number} code
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 */
export function apply(code, a, b, c, d) {
  switch (code) {
    case 0:
      return a < b ? 1 : 0;
    case 1:
      return a <= b ? 1 : 0;
    case 2:
      return a > b ? 1 : 0;
    case 3:
      return a >= b ? 1 : 0;
    case 4:
      return a === b ? 1 : 0;
    case 5:
      return a !== b ? 1 : 0;
    case 6:
      return -a;
    case 7:
      return a + b;
    case 8:
      return a - b;
    case 9:
      return a * b;
    case 10:
      return a / b;
    case 11:
      return power(a, b);
    case 12:
      return Math.sqrt(a);
    case 13:
      return Math.cbrt(a);
    case 14:
      return Math.exp(a);
    case 15:
      return Math.log(a);
    case 16:
      return Math.log2(a);
    case 17:
      return Math.log10(a);
    case 18:
      return Math.sin(a);
    case 19:
      return Math.cos(a);
    case 20:
      return Math.tan(a);
    case 21:
      return Math.asin(a);
    case 22:
      return Math.acos(a);
    case 23:
      return Math.atan(a);
    case 24:
      return Math.atan2(a, b);
    case 25:
      return Math.sinh(a);
    case 26:
      return Math.cosh(a);
    case 27:
      return Math.tanh(a);
    case 28:
      return Math.floor(a);
    case 29:
      return Math.ceil(a);
    case 30:
      return Math.abs(a);
    case 31:
      return a > 0 ? 1 : a < 0 ? -1 : Number.isNaN(a) ? a : 0;
    case 32:
      return a <= b || Number.isNaN(a) ? a : b;
    case 33:
      return a >= b || Number.isNaN(a) ? a : b;
    case 34:
      return a !== 0 ? b : c;
    case 35:
      return sigmoid(a);
    case 36:
      return softplus(a);
    case 37:
      return erf(a);
    case 38:
      return Math.hypot(a, b);
    case 39:
      return Math.asinh(a);
    case 40:
      return Math.acosh(a);
    case 41:
      return Math.atanh(a);
    case 42:
      return Math.log1p(a);
    case 43:
      return Math.expm1(a);
    default:
      return normal(a, b, c, d);
  }
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
