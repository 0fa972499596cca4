// @ts-check
/** Numbers as text, as Python writes them, and arithmetic with the decimals that they stand for. */

/**
 * The shortest text of a number that reads back, as Python's `repr` writes it.
 * @param {number} value
 */
export function repr(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [mantissa, exponent] = size.toExponential().split("e");
    return `${sign}${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
  }
  return sign + (Number.isInteger(size) ? `${size}.0` : String(size));
}

/**
 * The shortest text of a number in a formula: 2, 0.5, 1e-8.
 * @param {number} value
 */
export function numberText(value) {
  const [mantissa, exponent] = repr(value).split("e");
  const short = mantissa.replace(/\.0$/, "");
  return exponent ? `${short}e${Number(exponent)}` : short;
}

/**
 * A number with so many significant digits, half-way cases to the even digit, as Python's format `g` writes it.
 * @param {number} value finite
 * @param {number} digits
 */
export function general(value, digits) {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponent] = rounded(value, digits).split("e");
  const power = Number(exponent);
  const bare = (/** @type {string} */ text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power < -4 || power >= digits) return `${bare(mantissa)}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
  return bare(Number(`${mantissa}e${power}`).toFixed(digits - 1 - power));
}

/**
 * A number in scientific notation; half-way between two, the one that ends in an even digit.
 * @param {number} value
 * @param {number} digits
 */
function rounded(value, digits) {
  const up = value.toExponential(digits - 1);
  const [all] = value.toExponential(100).split("e");
  const rest = all.replace("-", "").replace(".", "").slice(digits);
  if (!/^50*$/.test(rest) || "02468".includes(up[up.indexOf("e") - 1])) return up;
  const [mantissa, exponent] = value.toExponential(digits).split("e");
  return `${mantissa.slice(0, -1)}e${exponent}`;
}

/**
 * A number as digits times a power of ten, by its shortest text.
 * @param {number} value
 * @returns {[bigint, number]}
 */
export function decimalParts(value) {
  const [mantissa, exponent] = value.toExponential().split("e");
  const [whole, fraction = ""] = mantissa.split(".");
  return [BigInt(whole + fraction), Number(exponent) - fraction.length];
}

/**
 * A sum, a difference or a product in decimal arithmetic: 2.2 - 1 is 1.2, not 1.2000000000000002.
 * @param {string} operation `add`, `sub` or `mul`
 * @param {number} a
 * @param {number} b
 */
export function decimal(operation, a, b) {
  const [left, leftPower] = decimalParts(a);
  const [right, rightPower] = decimalParts(b);
  if (operation === "mul") return Number(`${left * right}e${leftPower + rightPower}`);
  const power = Math.min(leftPower, rightPower);
  const [one, other] = [left * 10n ** BigInt(leftPower - power), right * 10n ** BigInt(rightPower - power)];
  return Number(`${operation === "add" ? one + other : one - other}e${power}`);
}
