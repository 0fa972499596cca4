// @ts-check
/** Which run came down first. */

/** @typedef {import("./program.js").Run} Run */
/**
 * Runs by their index, the first to come below the threshold before the others.
 * @typedef {{index: number, step: number | null, left: number}} Rank
 */

const USUAL = 1e-3;

/**
 * Where each run first came below a height: 1e-3, or the least power of ten that a run reached.
 * @param {Run[]} runs
 * @param {number} least what heights are measured from
 * @returns {{below: number, ranks: Rank[]} | null} null where no run came down to a tenth of its height
 */
export function ranking(runs, least) {
  const lowest = runs.map(({ values, steps }) => {
    let low = Infinity;
    for (let k = 0; k <= steps; k++) if (values[k] - least < low) low = values[k] - least;
    return low;
  });
  const deepest = Math.min(...lowest);
  const highest = Math.max(...runs.map(({ values }) => values[0] - least));
  if (!Number.isFinite(deepest) || !(deepest < highest / 10)) return null;
  const below =
    deepest < USUAL && highest > USUAL
      ? USUAL
      : 10 ** Math.ceil(Math.log10(deepest > 0 ? deepest : highest / 1e3) + 1e-9);
  const ranks = runs.map(({ values, steps }, index) => {
    let step = null;
    for (let k = 0; k <= steps && step === null; k++) if (values[k] - least < below) step = k;
    return { index, step, left: values[steps] - least };
  });
  const order = (/** @type {Rank} */ { step, left }) => [step ?? Infinity, Number.isFinite(left) ? left : Infinity];
  return {
    below,
    ranks: ranks.sort((a, b) => {
      const [one, other] = [order(a), order(b)];
      return one[0] === other[0] ? one[1] - other[1] || a.index - b.index : one[0] - other[0];
    }),
  };
}
