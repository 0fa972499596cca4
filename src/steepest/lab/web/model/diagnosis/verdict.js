// @ts-check
/** A run's verdict: what to call it, in which tone, why, and a learning rate that does better. */
import { placeText, pointText, pretty, short } from "../format.js";
import { advise } from "./advice.js";
import { observe } from "./observation.js";
import { UNMOVED, VERDICTS } from "./tables.js";
import { dot, minus } from "./vectors.js";

/** @typedef {import("../runs/program.js").Run} Run */
/** @typedef {import("./advice.js").Advice} Advice */
/** @typedef {import("./observation.js").Observation} Observation */
/** @typedef {import("./observation.js").Subject} Subject */
/**
 * `tone` is `good`, `warning`, `bad` or `quiet`; `title` is empty where nothing is certain.
 * @typedef {{title: string, tone: string, text: string, advice: Advice | null, observation: Observation}} Verdict
 */

const ON_AXIS = 0.995; // the share of a direction from which it is that of one parameter
const ON_BOUND = 1e-12;

/**
 * @param {Run} run
 * @param {Subject} subject
 * @returns {Generator<undefined, Verdict>}
 */
export function* judge(run, subject) {
  const observation = yield* observe(run, subject);
  const { words } = observation;
  const unmoved = observation.unmoved && !words.has("plateau");
  const word = Object.keys(VERDICTS).find((each) => words.has(each)) ?? "";
  const known = unmoved ? UNMOVED : /** @type {Record<string, {title: string, tone: string}>} */ (VERDICTS)[word];
  const told = { title: known?.title ?? "", tone: known?.tone ?? "quiet" };
  const text = unmoved ? unmovedText(subject) : (TEXTS[word]?.(run, observation, subject) ?? "");
  if (word === "minimum" && words.has("creeping")) told.title += " slowly";
  const swing = ["minimum", "local_minimum", "underway"].includes(word) && words.has("oscillating");
  if (swing) told.title += `, oscillating ${alongText(observation.swings[0].direction, subject.objective.names)}`;
  yield;
  const advice = yield* advise(run, subject, observation);
  return { ...told, text, advice, observation };
}

/** @type {Record<string, (run: Run, observation: Observation, subject: Subject) => string>} */
const TEXTS = {
  diverging: (run, { bounds }, subject) => {
    if (bounds?.first) {
      return `from ${unstableText(bounds.first, bounds.bound, subject)}`;
    }
    if (!run.steps) return run.ending.message.replace(/^diverged /, "");
    const [first, last] = [run.values[0], run.values[run.steps]];
    if (last === first) return `the steps grow without end, while f stays ${short(first)} to its last digit`;
    if (!(last > first)) return `f falls without end, from ${short(first)} to ${short(last)} at step ${run.steps}`;
    const { positions, gradients, count } = run;
    const uphill = dot(minus(positions.subarray(count, 2 * count), positions.subarray(0, count)), gradients) > 0;
    const negative = uphill && Number(subject.optimizer.value("lr")) < 0;
    const why = negative ? "lr is negative, so the steps lead uphill" : uphill ? "its first step leads uphill" : "";
    const grown = `f grew from ${short(first)} to ${short(last)} in ${stepsText(run.steps)}`;
    return why ? `${why}; ${grown}` : grown;
  },
  left_domain: ({ steps }, { bounds }, subject) => {
    const first = bounds?.first;
    const unstable = first
      ? `; lr·λ was ${short(first.product)} at step ${first.step}, and ${stableText(subject, bounds.bound)}`
      : "";
    return `${steps ? `from step ${steps} the next one leads` : "it starts"} where f is not defined${unstable}`;
  },
  minimum: (run, { at, bounds }, { objective }) => {
    return `to the minimum ${atText(objective, at)}, ${run.ending.kind === "converged" ? "in" : "the limit being"} ${stepsText(run.steps)}${afterText(bounds)}`;
  },
  local_minimum: (_, { at, lower }, { objective }) =>
    `at ${atText(objective, at)}; the lowest value known is ${short(Number(lower), 4, at ? [at.value] : [])}`,
  saddle: (_, { at }, { objective }) => {
    const { values, vectors } = /** @type {NonNullable<Observation["at"]>} */ (at).spectrum;
    const falls = values[0] < -1e-6 * Math.max(...values.map(Math.abs));
    const below = falls
      ? `f falls ${alongText(vectors[0], objective.names)}`
      : "there are lower values right beside it";
    return `at ${atText(objective, at)} the slope vanishes, yet ${below}`;
  },
  maximum: (_, { at }, { objective }) => `at ${atText(objective, at)} the slope vanishes`,
  plateau: (run, _, { objective }) => `at ${placeText(objective.names, run, run.steps)} f is level: no slope to follow`,
  held: () => "weight decay balances the slope there",
  cycling: (_, { words, period, bounds }) => {
    if (words.has("kink")) return `the same ${period} points again and again, over an edge where the slope jumps`;
    const bound = bounds?.bound ?? NaN;
    const exact = bounds?.products.every((product) => Math.abs(product - bound) <= ON_BOUND * bound);
    return `the same ${period} points again and again${exact ? `: lr·λ = ${short(bound)} is exactly the bound of stability` : ""}`;
  },
  kink: () => "the slope jumps there, so that steps of one size go back and forth over it",
  noisy: () => "its steps have noise",
  wandering: () => "it stays in one region without coming to rest",
  underway: (run, { words, bounds }, subject) => {
    const falling = `still going down after ${stepsText(run.steps)}${afterText(bounds)}`;
    if (!words.has("creeping") || !bounds) return falling;
    const product = Math.max(...bounds.products.slice(bounds.products.length >> 1));
    return `${falling}: lr·λ is only ${short(product, 3)}, and ${stableText(subject, bounds.bound)}`;
  },
  oscillating: (_, { swings: [{ direction, changes, first, last }] }, { objective }) =>
    `${alongText(direction, objective.names)}, ${changes} times from step ${first} to step ${last}`,
  unstable: (_, { bounds }, subject) =>
    bounds?.first ? `at ${unstableText(bounds.first, bounds.bound, subject)}` : "",
};

/** @param {Subject} subject */
function unmovedText({ optimizer }) {
  return optimizer.value("lr") === 0 ? "lr is 0" : "every step is 0 long, although the slope is not 0";
}

/** @param {number} steps */
export function stepsText(steps) {
  return `${steps} step${steps === 1 ? "" : "s"}`;
}

/**
 * @param {any} objective
 * @param {Observation["at"]} at
 */
function atText({ names }, at) {
  const { position, value } = /** @type {NonNullable<Observation["at"]>} */ (at);
  return `${pointText(names, position)}, f = ${short(value)}`;
}

/**
 * The first step outside the stable region, and why it is there.
 * @param {NonNullable<import("./unstable.js").Bounded["first"]>} first
 * @param {number} bound
 * @param {Subject} subject
 */
function unstableText({ step, direction, product }, bound, subject) {
  const lr = Number(subject.optimizer.value("lr"));
  const along = alongText(direction, subject.objective.names);
  return `step ${step} ${along}: ${productText(lr, product, bound)}, and ${stableText(subject, bound)}`;
}

/** From where on steps were unstable, as an afterthought. @param {Observation["bounds"]} bounds */
function afterText(bounds) {
  return bounds?.first ? `, after unstable steps from step ${bounds.first.step} on` : "";
}

/**
 * The product as it comes about: `lr·λ = 1.67·2 = 3.34`.
 * @param {number} lr
 * @param {number} product
 * @param {number} bound
 */
function productText(lr, product, bound) {
  return `lr·λ = ${short(lr)}·${short(product / lr)} = ${short(product, 4, [bound])}`;
}

/**
 * @param {Subject} subject
 * @param {number} bound
 */
function stableText({ optimizer }, bound) {
  return `${optimizer.data.isCustom ? "this optimizer" : optimizer.data.name} is stable below ${short(bound)}`;
}

/**
 * A direction in words: `along y`, or with its components.
 * @param {number[]} direction
 * @param {string[]} names
 */
export function alongText(direction, names) {
  const sizes = direction.map(Math.abs);
  const largest = Math.max(...sizes);
  if (largest >= ON_AXIS || names.length === 1) return `along ${pretty(names[sizes.indexOf(largest)])}`;
  const sign = Math.sign(direction[sizes.findIndex((part) => part > 1e-6)]);
  return `along (${direction.map((part) => (Math.abs(part) > 5e-3 ? short(sign * Number(part.toPrecision(2)), 2) : "0")).join(", ")})`;
}
