// @ts-check
/** The store's state at a moment, with what was read for it. */
import { equalData } from "./data/settings.js";
import { Optimizer } from "./optimizer.js";

/**
 * The state as in a link, at step 0; the objective and the optimizers' data as they were read; the index of the chosen
 * optimizer.
 * @typedef {{state: any, objective: any, optimizers: {data: any, identity: number}[], chosen: number}} Snapshot
 */

/**
 * @param {import("./store.js").Store} store
 * @returns {Snapshot}
 */
export function snapshotOf(store) {
  const optimizers = store.optimizers.map(({ data, identity }) => ({ data, identity }));
  return { state: store.present(0), objective: store.objective, optimizers, chosen: store.chosen };
}

/**
 * Whether two snapshots show the same; which optimizer is chosen does not count.
 * @param {Snapshot} one
 * @param {Snapshot} other
 */
export function equalSnapshots(one, other) {
  const [left, right] = [one, other].map(({ state: { data, ...rest } }) => ({ data, text: JSON.stringify(rest) }));
  return left.text === right.text && equalData(left.data ?? null, right.data ?? null);
}

/**
 * The optimizers of a snapshot; those that are still there stay the same objects.
 * @param {Snapshot} snapshot
 * @param {Optimizer[]} present
 */
export function recallOptimizers({ state, objective, optimizers }, present) {
  return optimizers.map(({ data, identity }, index) => {
    const settings = { ...state.optimizers[index].settings };
    const found = present.find((each) => each.identity === identity && each.data === data);
    if (!found) return new Optimizer(data, settings, objective, identity);
    found.settings = settings;
    found.link(objective);
    return found;
  });
}
