// @ts-check
/** Numbers as people read them. */
import { DIGITS, GREEK, SURFACE_AXES } from "./shared.js";

const SYMBOLS = /** @type {Record<string, string>} */ (GREEK);

const { NOISE, MOST, SHOWN } = DIGITS;
const ROUNDING = 1e-13; // the share of what is shown below which a number is but the rounding of 0
const SMALL = 1e-4; // below which numbers are written by their powers of ten

/**
 * A number with so many digits, and more where it is not quite round or not quite one of the others (the rules of
 * Python's digits.py); a power of ten where it is very large or small.
 * @param {number} value
 * @param {number} [digits]
 * @param {number[]} [others]
 */
export function short(value, digits = 4, others = []) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "undefined" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const first = power10(value);
  const count = beside(value, others, byItself(value, digits));
  let text;
  if ((size >= 1e6 && count <= first + 1) || size < 1e-4)
    text = powered(value, Math.max(0, count - (count > digits ? 1 : 2)));
  else text = bare(value.toPrecision(count).includes("e") ? String(Math.round(value)) : value.toPrecision(count));
  return text.replaceAll("-", "−");
}

/**
 * The same as plain text, as Python writes it: 2.5e-07.
 * @param {number} value
 * @param {number} [digits]
 */
export function plainShort(value, digits = 6) {
  return Number.isFinite(value) ? general(value + 0, value ? byItself(value, digits) : 1) : String(value);
}

/**
 * A border of bands of height: rounding beside 0 is 0.
 * @param {ArrayLike<number>} levels
 * @param {number} k
 */
export function levelText(levels, k) {
  const level = levels[k];
  const isNothing = Math.abs(level) <= ROUNDING * Math.abs(levels[levels.length - 1] - levels[0]);
  return isNothing ? "0" : short(Number(level.toPrecision(3)), 3);
}

/**
 * A text with a power of ten as it is set in print: 2.5·10⁻⁷ for 2.5e−7, 10⁶ for 1e6.
 * @param {string} text
 */
export function typeset(text) {
  const [mantissa, exponent] = text.split("e");
  if (exponent === undefined || !/\d$/.test(mantissa)) return text;
  const power = `10${superscript(exponent)}`;
  const sign = mantissa.startsWith("−") ? "−" : "";
  return mantissa === `${sign}1` ? sign + power : `${mantissa}·${power}`;
}

/**
 * How many digits a number needs: more where it would be rounded to a round one that it is not.
 * @param {number} value
 * @param {number} digits
 */
function byItself(value, digits) {
  const text = value.toExponential(digits - 1);
  const distance = Math.abs(value - Number(text));
  return text.includes(`${"0".repeat(Math.max(SHOWN, digits >> 1))}e`) && distance > NOISE * Math.abs(value)
    ? power10(value) - power10(distance) + SHOWN
    : digits;
}

/**
 * How many digits tell a number from others.
 * @param {number} value
 * @param {number[]} others
 * @param {number} digits
 */
function beside(value, others, digits) {
  const most = Math.abs(value) * 10 ** (SHOWN - digits);
  const gap = others.reduce(
    (least, other) => (other === value || !(Math.abs(value - other) < least) ? least : Math.abs(value - other)),
    most,
  );
  return gap === most ? digits : Math.max(digits, Math.min(power10(value) - power10(gap) + SHOWN, MOST));
}

/**
 * The power of ten of the first digit.
 * @param {number} value
 */
function power10(value) {
  return Number(value.toExponential().split("e")[1]);
}

/**
 * @param {number} value
 * @param {number} decimals
 */
function powered(value, decimals) {
  const [mantissa, exponent] = value.toExponential(decimals).split("e");
  return `${bare(mantissa)}e${Number(exponent)}`;
}

/** @param {string} text */
function bare(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/**
 * A number with so many significant digits, as Python's format `g` writes it.
 * @param {number} value
 * @param {number} digits
 */
export function general(value, digits) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const power10 = Number(exponent);
  if (power10 >= -4 && power10 < digits) return bare(value.toFixed(Math.max(0, digits - 1 - power10)));
  return `${bare(mantissa)}e${power10 < 0 ? "-" : "+"}${String(Math.abs(power10)).padStart(2, "0")}`;
}

/**
 * The shortest text that reads back, as Python writes it.
 * @param {number} value
 */
export function exact(value) {
  const size = Math.abs(value);
  return (size > 0 && size < SMALL ? value.toExponential() : String(value)).replace("e+", "e");
}

/**
 * Round numbers between two ends, about so many.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((size) => size >= 0.8 * rough) ?? rough;
  const found = [];
  if (!(step > 0) || !Number.isFinite(step)) return [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++)
    found.push(Number((k * step).toPrecision(12)));
  return found;
}

/**
 * A number along an axis, with as many digits as its distance to those beside it needs.
 * @param {number} value
 * @param {number[]} all
 */
export function tickText(value, all) {
  const index = all.indexOf(value);
  const others = all.slice(Math.max(0, index - 1), index + 2);
  if (!value || Math.abs(value) < 5e-15 * (all[all.length - 1] - all[0])) return "0";
  const first = power10(value);
  const count = beside(value, others, 3);
  const plain = (first > -5 && first < 6) || (count > 5 && first > 0 && first < 16);
  return (
    plain ? bare(value.toFixed(Math.max(0, count - 1 - first))) : powered(value, beside(value, others, 2) - 1)
  ).replaceAll("-", "−");
}

// No number stands nearer to the ends than the margin.
const { TICK_MARGIN, FEWEST, MOST: MOST_TICKS, OTHERS, FEW, QUARTERS } = SURFACE_AXES;

/**
 * Round numbers in an interval, each with its share of the way: three to five of them where that is possible.
 * @param {[number, number]} interval
 * @param {number} most
 */
export function numbers([low, high], most) {
  const counts = [most, ...OTHERS];
  const tried = [FEW, QUARTERS].flatMap((steps) => counts.map((count) => roundNumbers(low, high, count, steps)));
  const inside = tried.find(({ length }) => length >= FEWEST && length <= MOST_TICKS) ?? tried[0];
  return inside.map(({ tick, share }) => ({
    share,
    text: tickText(
      tick,
      inside.map((each) => each.tick),
    ),
  }));
}

/**
 * @param {number} low
 * @param {number} high
 * @param {number} count
 * @param {number[]} steps
 */
function roundNumbers(low, high, count, steps) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const apart = power * (steps.find((step) => step * power >= rough * (1 - 1e-9)) ?? 10);
  const ticks = [];
  for (let tick = Math.ceil(low / apart); tick * apart <= high; tick++) ticks.push(tick * apart);
  return ticks
    .map((tick) => ({ tick, share: (tick - low) / (high - low) }))
    .filter(({ share }) => share >= TICK_MARGIN && share <= 1 - TICK_MARGIN);
}

/**
 * Powers of ten between two positive ends, at most about so many.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function powers(low, high, count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, count)));
  const found = [];
  for (let k = first; k <= last; k += stride) found.push(10 ** k);
  return found;
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A power of ten as a label: 1, 10, 10⁻³.
 * @param {number} value
 */
export function powerText(value) {
  const exponent = Math.round(Math.log10(value));
  if (exponent >= -1 && exponent <= 3) return String(value);
  return `10${superscript(String(exponent))}`;
}

/**
 * A whole number in small raised digits.
 * @param {string} text
 */
export function superscript(text) {
  return [...text].map((sign) => (sign === "-" || sign === "−" ? "⁻" : RAISED[Number(sign)])).join("");
}

/**
 * A point as text: x = 0.31, y = −2.
 * @param {string[]} names
 * @param {ArrayLike<number>} position
 * @param {ArrayLike<number>[]} [others] points that it is told from
 */
export function pointText(names, position, others = []) {
  return names
    .map(
      (name, i) =>
        `${pretty(name)} = ${typeset(
          short(
            position[i],
            4,
            others.map((other) => other[i]),
          ),
        )}`,
    )
    .join(", ");
}

/**
 * The position of a run at a step as text, told from those beside it.
 * @param {string[]} names
 * @param {import("./runs/program.js").Run} run
 * @param {number} k
 */
export function placeText(names, { positions, count, steps }, k) {
  const [position, ...others] = [k, ...near(k, steps)].map((step) =>
    positions.subarray(step * count, (step + 1) * count),
  );
  return pointText(names, position, others);
}

/**
 * The value of a run at a step as text, told from those beside it.
 * @param {import("./runs/program.js").Run} run
 * @param {number} k
 */
export function valueText({ values, steps }, k) {
  const others = near(k, steps).map((step) => values[step]);
  return `f = ${typeset(short(values[k], 4, others))}`;
}

const LEAST_DIGITS = 4; // digits of a value that stands beside others
const MOST_DIGITS = 8; // those that differ in the next one only look alike

/**
 * Values of several runs with few digits: four, and more where two that differ would look alike.
 * @param {number[]} values
 */
export function valueTexts(values) {
  const rounded = (/** @type {number} */ value, /** @type {number} */ digits) => Number(value.toPrecision(digits));
  return values.map((value) => {
    const others = values.filter((other) => other !== value);
    let digits = LEAST_DIGITS;
    while (digits <= MOST_DIGITS && others.some((other) => rounded(other, digits) === rounded(value, digits))) digits++;
    if (digits > MOST_DIGITS) digits = LEAST_DIGITS;
    return `f = ${typeset(short(rounded(value, digits), digits))}`;
  });
}

/**
 * The steps beside a step.
 * @param {number} k
 * @param {number} steps
 */
export function near(k, steps) {
  return [k - 1, k + 1].filter((step) => step >= 0 && step <= steps);
}

const LOWERED = "₀₁₂₃₄₅₆₇₈₉";

/**
 * A name with its Greek letter and its small digits.
 * @param {string} name
 */
export function pretty(name) {
  const [, word, digits] = /^(.*?)_?(\d*)$/.exec(name) ?? ["", name, ""];
  return (SYMBOLS[word] ?? word) + [...digits].map((digit) => LOWERED[Number(digit)]).join("");
}
