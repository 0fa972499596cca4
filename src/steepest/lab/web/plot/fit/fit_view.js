// @ts-check
/**
 * What a picture of a fit shows: its kind, the rows as points, the limits of its axes. The rules are those of
 * Python's pictures.
 */

/** @typedef {import("../plot_area.js").Box} Box */
/** @typedef {import("../../model/runs/program.js").Run} Run */
/** @typedef {import("./drawn_fit.js").DrawnFit} DrawnFit */
/**
 * The rows as points.
 * @typedef {{kind: "curve" | "boundary" | "agreement", labels: [string, string], x: Float64Array, y: Float64Array,
 *   high: Uint8Array | null}} Points
 */

export const MOST_POINTS = 3_000; // rows that are drawn as points: of more the density is
const MARGIN = 0.06; // around the rows, as a share of their range
const FEW = 30; // rows, which may be clicked together: there is more room around them
const ROOM = 0.2;
const CLASS_MARGIN = 0.12;
const SLACK = 0.04; // share of an axis by which its ends may miss those that would be chosen
const EMPTY = 0.35; // share of an axis that the rows take at least, else it is fitted to them anew

/**
 * The rows as points: along one column with the target, along two columns where the target has two classes, else observed
 * (`y` are then the predictions, which change).
 * @param {DrawnFit} fit
 * @returns {Points}
 */
export function pointsOf(fit) {
  const { columns, target, classNames } = fit;
  const classes = classNames.length > 0;
  const observed = fit.column(target);
  const greatest = observed.reduce((most, value) => Math.max(most, value), -Infinity);
  const high = classes ? Uint8Array.from(observed, (value) => Number(value === greatest)) : null;
  if (columns.length === 1)
    return { kind: "curve", labels: [columns[0], target], x: fit.column(columns[0]), y: observed, high };
  if (columns.length === 2 && classes)
    return {
      ...{ kind: "boundary", labels: [columns[0], columns[1]], high },
      ...{ x: fit.column(columns[0]), y: fit.column(columns[1]) },
    };
  const labels = /** @type {[string, string]} */ ([`${target}, observed`, "predicted"]);
  return { kind: "agreement", labels, x: observed, y: observed, high };
}

/**
 * The limits of the axes: around the rows, and for predictions around those at the end of the runs that stay within reach.
 * @param {Points} points
 * @param {DrawnFit} fit
 * @param {Run[]} runs
 * @returns {Box}
 */
export function limitsOf({ kind, x, y, high }, fit, runs) {
  const margin = x.length <= FEW && kind !== "agreement" ? ROOM : MARGIN;
  const across = padded(ends(x), margin);
  if (kind !== "agreement") return [across, padded(ends(y), kind === "curve" && high ? CLASS_MARGIN : margin)];
  let [least, most] = across;
  const middle = (least + most) / 2;
  const reach = 2 * (most - least);
  for (const run of runs) {
    for (const value of fit.predict(positionAt(run, run.steps))) {
      if (!(Math.abs(value - middle) < reach)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return [across, [least, most]];
}

/**
 * Whether limits suit the rows as well as new ones would: all rows are within, and they do not leave most of an axis empty.
 * @param {Box} box
 * @param {Box} fresh those that would be chosen now
 */
export function suits(box, fresh) {
  return box.every(([low, high], axis) => {
    const [least, most] = fresh[axis];
    const slack = SLACK * (most - least);
    return least + slack >= low && most - slack <= high && most - least > EMPTY * (high - low);
  });
}

/**
 * The position of a run at a step, or between two.
 * @param {Run} run
 * @param {number} time
 */
export function positionAt({ positions, count, steps }, time) {
  const k = Math.min(Math.floor(time), steps);
  const part = k < steps ? time - k : 0;
  const found = positions.slice(k * count, (k + 1) * count);
  if (part) for (let i = 0; i < count; i++) found[i] += part * (positions[(k + 1) * count + i] - found[i]);
  return found;
}

/**
 * The least and the greatest finite number; 0 and 1 where there is none.
 * @param {Float64Array} values
 */
function ends(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/**
 * @param {number[]} interval
 * @param {number} share
 */
function padded([low, high], share) {
  const pad = share * (high - low) || Math.max(Math.abs(low), 1) / 2;
  return [low - pad, high + pad];
}
