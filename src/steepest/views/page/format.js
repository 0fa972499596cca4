// @ts-check
/** Numbers as people read them. */

/** A number with so many digits, a true minus sign, and a power of ten where it is very large or small. @param {number} value @param {number} [digits] */
export function short(value, digits = 4) {
  if (!Number.isFinite(value)) return value !== value ? "undefined" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  let text;
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, exponent] = value.toExponential(Math.max(0, digits - 2)).split("e");
    text = `${bare(mantissa)}e${Number(exponent)}`;
  } else {
    text = bare(value.toPrecision(digits).includes("e") ? String(Math.round(value)) : value.toPrecision(digits));
  }
  return text.replaceAll("-", "−");
}

/** @param {string} text */
function bare(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A number with so many significant digits, as Python's format `g` writes it. @param {number} value @param {number} digits */
export function general(value, digits) {
  if (!Number.isFinite(value)) return value !== value ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const power10 = Number(exponent);
  if (power10 >= -4 && power10 < digits) return bare(value.toFixed(Math.max(0, digits - 1 - power10)));
  return `${bare(mantissa)}e${power10 < 0 ? "-" : "+"}${String(Math.abs(power10)).padStart(2, "0")}`;
}

/** The shortest text that reads back, as Python writes it. @param {number} value */
export function exact(value) {
  return String(value).replace("e+", "e");
}

/** Round numbers between two ends, about so many. @param {number} low @param {number} high @param {number} count */
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(1, count), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((size) => size >= rough) ?? rough, found = [];
  if (!(step > 0) || !Number.isFinite(step)) return [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}

/** A tick, told from the others. @param {number} value @param {number[]} all */
export function tickText(value, all) {
  const power = (/** @type {number} */ size) => Math.floor(Math.log10(size) + 1e-9), size = Math.max(...all.map(Math.abs));
  const digits = power(size) - power(all.length > 1 ? all[1] - all[0] : size) + 1, [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  if (!value || (size >= 1e-3 && size < 1e5)) return short(value, Math.max(4, digits));
  return (digits > 4 ? String(Number(value.toPrecision(digits))) : `${bare(mantissa)}e${Number(exponent)}`).replaceAll("-", "−");
}

const INSIDE = 0.04; // of the axis: no number stands nearer to its ends

/** Round numbers in an interval, each with its share of the way. @param {[number, number]} interval @param {number} most */
export function numbers([low, high], most) {
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
  const apart = power * ([1, 2, 5].find((step) => step * power >= rough * (1 - 1e-9)) ?? 10), ticks = [];
  for (let tick = Math.ceil(low / apart); tick * apart <= high; tick++) ticks.push(tick * apart);
  const digits = Math.min(Math.max(-Math.floor(Math.log10(apart) + 1e-9), 0), 20);
  return ticks
    .map((tick) => ({ share: (tick - low) / (high - low), text: brief(tick, digits) }))
    .filter(({ share }) => share >= INSIDE && share <= 1 - INSIDE);
}

/** A round number with a true minus sign. @param {number} value @param {number} digits */
function brief(value, digits) {
  const size = Math.abs(value), plain = Math.abs(value) < 1e6 && (size >= 1e-4 || value === 0);
  const text = plain ? value.toFixed(digits) : String(Number(value.toPrecision(6)).toExponential()).replace("e+", "e");
  return (digits && plain ? text.replace(/\.?0+$/, "") : text).replace(/^-0$/, "0").replace("-", "\u2212");
}

/** Powers of ten between two positive ends, at most about so many. @param {number} low @param {number} high @param {number} count */
export function powers(low, high, count) {
  const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, count))), found = [];
  for (let k = first; k <= last; k += stride) found.push(10 ** k);
  return found;
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten as a label: 1, 10, 10⁻³. @param {number} value */
export function powerText(value) {
  const exponent = Math.round(Math.log10(value));
  if (exponent >= -1 && exponent <= 3) return String(value);
  return `10${superscript(String(exponent))}`;
}

/** A whole number in small raised digits. @param {string} text */
export function superscript(text) {
  return [...text].map((sign) => (sign === "-" || sign === "−" ? "⁻" : RAISED[Number(sign)])).join("");
}

/** A point as text: x = 0.31, y = −2. @param {string[]} names @param {ArrayLike<number>} position @param {number} [digits] */
export function pointText(names, position, digits = 4) {
  return names.map((name, index) => `${pretty(name)} = ${short(position[index], digits)}`).join(", ");
}

const GREEK = /** @type {Record<string, string>} */ ({
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", eta: "η", theta: "θ", lambda: "λ", mu: "μ", rho: "ρ", sigma: "σ",
  tau: "τ", phi: "φ", psi: "ψ", omega: "ω", xi: "ξ", kappa: "κ", nu: "ν", chi: "χ", zeta: "ζ",
});
const LOWERED = "₀₁₂₃₄₅₆₇₈₉";

/** A name with its Greek letter and its small digits. @param {string} name */
export function pretty(name) {
  const [, word, digits] = /^(.*?)_?(\d*)$/.exec(name) ?? ["", name, ""];
  return (GREEK[word] ?? word) + [...digits].map((digit) => LOWERED[Number(digit)]).join("");
}
