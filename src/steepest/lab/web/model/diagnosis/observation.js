// @ts-check
/**
 * What can be said of a run in the page: a small part of `steepest.diagnosis`, in its words. Where this part is not
 * enough to be sure, it says less.
 */
import { cycle } from "./cycle.js";
import { continuedSteps, goesOn, grows } from "./divergence.js";
import { kink } from "./kink.js";
import { oscillations } from "./oscillation.js";
import { falls, staysInRegion, stillFalls, turns } from "./progress.js";
import { derivatives, sampling } from "./sampling.js";
import { isLower, isPlateau, lowest, stationaryPoint } from "./stationary.js";
import { CHARACTER } from "./tables.js";
import { bounded } from "./unstable.js";
import { largest, size } from "./vectors.js";

/** @typedef {import("../runs/program.js").Limits} Limits */
/** @typedef {import("../runs/program.js").Run} Run */
/** @typedef {import("../optimizer.js").Optimizer} Optimizer */
/** @typedef {import("./sampling.js").Sampling} Sampling */
/** What a run is a run of. @typedef {{optimizer: Optimizer, objective: any, start: number[], limits: Limits}} Subject */
/**
 * @typedef {object} Observation
 * @property {Set<string>} words those of the diagnosis that hold
 * @property {Sampling} sampling
 * @property {import("./unstable.js").Bounded | null} bounds
 * @property {import("./oscillation.js").Oscillation[]} swings
 * @property {number} period of the cycle, or 0
 * @property {import("./stationary.js").StationaryPoint | null} at the stationary point near the end
 * @property {number | null} lower a lower value than that of the minimum at which the run ended
 * @property {boolean} unmoved whether no step changed the position, and the slope is not 0
 */

const SAMPLES = 484; // points all over the view
const SEEDS = 20; // steps that are taken again with another seed
const LASTING = CHARACTER.LASTING;

/**
 * @param {Run} run
 * @param {Subject} subject
 * @param {Record<string, any>} [values] of the hyperparameters
 * @returns {Generator<undefined, Observation>}
 */
export function* observe(run, subject, values = subject.optimizer.values()) {
  const { optimizer, objective } = subject;
  const machine = optimizer.program.objective;
  const { kind } = run.ending;
  const seen = yield* sampling(run, machine);
  yield;
  const scheduled = Object.values(values).some((value) => typeof value === "string");
  const noisy = isNoisy(run, subject, values);
  const { stability } = optimizer;
  const unit = optimizer.limit(1, values);
  const bounds = bounded(run, seen, stability.inverse && stability.linear ? unit : null, values.lr);
  yield;
  const swings = noisy ? [] : oscillations(seen);
  const period = noisy || kind === "converged" ? 0 : cycle(seen);
  let diverging = kind === "diverged";
  if (kind === "step_limit" && run.steps && !scheduled && grows(run, seen, bounds?.last ?? false)) {
    yield;
    const limits = { ...subject.limits, steps: continuedSteps(run) };
    diverging = goesOn(optimizer.spare.run(subject.start, values, limits), seen);
  }
  yield;
  const at = stationaryPoint(run, seen, machine);
  const arrived = at?.arrived && !diverging && !period && !noisy ? at : null;
  const edge = kink(seen, (position) => derivatives(machine, position).gradient);
  yield;
  /** @type {ReturnType<typeof derivatives>[] | undefined} */
  let around;
  const samples = () => {
    around ??= viewPoints(objective.view).map((point) => derivatives(machine, point));
    return around;
  };
  const halted = kind === "step_limit";
  const end = seen.positions.length - 1;
  const near = at?.kind === "minimum" && (seen.spectra[end]?.values[0] ?? -1) >= 0;
  const free = !diverging && kind !== "undefined" && !period && !noisy;
  const plateau =
    free &&
    (arrived
      ? arrived.kind === "flat"
      : !near && run.steps > 0 && !scheduled && isPlateau(run, seen, objective.view, samples));
  const going = halted && run.steps > 0 && free && !arrived && !plateau;
  const falling = going && stillFalls(seen, edge);
  const turned = turns(run);
  const wanders = going && !scheduled && !falling && staysInRegion(seen, turned);
  const rests =
    kind === "converged" &&
    !arrived &&
    optimizer.program.pulls &&
    stability.linear &&
    !scheduled &&
    size(seen.positions[end]) > 0;
  const below =
    arrived?.kind === "minimum"
      ? lowest(
          seen,
          objective,
          samples().map(({ value }) => value),
        )
      : NaN;
  const lower = arrived && isLower(below, arrived.value, seen.values) ? below : null;
  const lasting = swings.some(({ changes }) => changes > 1 && (changes >= 3 || changes * LASTING >= run.steps));
  const still =
    !swings.length && turned.every((each) => !each.length) && run.steps > 0 && !noisy && kind !== "undefined";
  const holds = {
    diverging,
    left_domain: kind === "undefined",
    minimum: arrived?.kind === "minimum" && lower === null,
    local_minimum: arrived?.kind === "minimum" && lower !== null,
    saddle: arrived?.kind === "saddle",
    maximum: arrived?.kind === "maximum",
    plateau,
    held: rests,
    cycling: period > 0,
    wandering: wanders,
    kink: edge,
    noisy,
    underway: falling,
    monotone: still && falls(run),
    oscillating: lasting && !noisy,
    unstable: Boolean(bounds?.first),
    creeping: free && !plateau && !wanders && !rests && !edge && creeps(run, seen, bounds, optimizer, at),
  };
  const words = new Set(Object.entries(holds).flatMap(([word, holds]) => (holds ? [word] : [])));
  const unmoved = run.steps > 0 && size(seen.gradients[0]) > 0 && stands(run);
  return { words, sampling: seen, bounds, swings, period, at, lower, unmoved };
}

/**
 * Whether the steps depend on the seed.
 * @param {Run} run
 * @param {Subject} subject
 * @param {Record<string, any>} values
 */
function isNoisy(run, { optimizer, start, limits }, values) {
  if (optimizer.objective.batches) return true;
  const uses = optimizer.data.tape.operations.some((/** @type {any[]} */ [name]) => name === "noise");
  if (!uses || !run.steps) return uses;
  const steps = Math.min(SEEDS, run.steps);
  const other = optimizer.spare.run(start, values, { steps, tol: 0, gtol: 0, seed: (limits.seed + 1) % 2 ** 32 });
  return other.positions.some((value, k) => k < (steps + 1) * run.count && value !== run.positions[k]);
}

/** Whether no step changed the position. @param {Run} run */
function stands({ positions, steps, count }) {
  for (let k = count; k < (steps + 1) * count; k++) if (positions[k] !== positions[k - count]) return false;
  return true;
}

/**
 * Points all over the view of a function of one or two parameters.
 * @param {number[][]} view
 */
function viewPoints(view) {
  if (view.length > 2) return [];
  const side = Math.round(SAMPLES ** (1 / view.length));
  const axes = view.map(([low, high]) =>
    Array.from({ length: side }, (_, k) => low + ((high - low) * (k + 0.5)) / side),
  );
  const [x, y] = axes;
  return y ? x.flatMap((a) => y.map((b) => [a, b])) : x.map((a) => [a]);
}

/**
 * Whether gradient descent's learning rate is far below what the curvature allows: see `steepest.diagnosis.character`.
 * @param {Run} run
 * @param {Sampling} sampling
 * @param {import("./unstable.js").Bounded | null} bounds
 * @param {Optimizer} optimizer
 * @param {Observation["at"]} at
 */
function creeps({ steps }, { spectra }, bounds, optimizer, at) {
  if (!bounds || optimizer.data.state.length || steps < 5 || (at?.arrived && at.kind !== "minimum")) return false;
  const { bound, products } = bounds;
  const half = products.slice(products.length >> 1);
  const most = largest(half);
  if (!half.every(Number.isFinite) || !(0 < most && most < bound / CHARACTER.MUCH)) return false;
  const curvatures = spectra[spectra.length - 1]?.values ?? [NaN];
  const [mu, L] = [curvatures[0], curvatures[curvatures.length - 1]];
  if (!(mu > 0) || bound / (products[products.length - 1] * (1 + mu / L)) < CHARACTER.MUCH) return false;
  const now = 1 - (2 * products[products.length - 1] * mu) / (L * bound);
  const best = (L - mu) / (L + mu);
  return !(best > 0 && Math.log(best) / Math.log(now) < CHARACTER.FASTER);
}
