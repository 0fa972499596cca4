// @ts-check
/** How hyperparameters lie along a slider. */

const FRACTIONS = /^(beta|alpha|rho|gamma|mu|decay_rate)\d*$/;

/**
 * How a hyperparameter's slider moves: by powers of ten, or toward 1; between the ends if there are any.
 * @param {string} name
 * @param {number} base
 * @param {[number, number]} [ends]
 */
export function scaleOf(name, base, ends) {
  if (ends) {
    const [first, last] = ends;
    const decades = Math.log10(last / first);
    return {
      to: (/** @type {number} */ part) => first * 10 ** (decades * part),
      from: (/** @type {number} */ value) =>
        value > 0 ? Math.max(0, Math.min(1, Math.log10(value / first) / decades)) : 0,
    };
  }
  if (FRACTIONS.test(name) && base > 0 && base < 1) {
    return {
      to: (/** @type {number} */ part) => (part <= 0 ? 0 : 1 - 10 ** (-4 * part)),
      from: (/** @type {number} */ value) => Math.max(0, Math.min(1, -Math.log10(Math.max(1e-9, 1 - value)) / 4)),
    };
  }
  const middle = base > 0 ? base : 0.01;
  const low = middle / 100;
  return {
    to: (/** @type {number} */ part) => low * 10 ** (4 * part),
    from: (/** @type {number} */ value) => (value > 0 ? Math.max(0, Math.min(1, Math.log10(value / low) / 4)) : 0),
  };
}
