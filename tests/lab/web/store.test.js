import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_OPTIMIZERS, Store } from "../../../src/steepest/lab/web/model/store.js";
import { objective, optimizer } from "./tapes.js";

const PLANE = objective("x^2 + y^2", 2, 2);
const LINE = objective("x^2", 2);
const STATE = {
  objective: PLANE.text,
  start: [3, 1],
  steps: 10,
  seed: 0,
  tol: 0,
  gtol: 0,
  view: "plane",
  zoom: null,
  show: [],
  optimizers: [
    { text: "gd", settings: { lr: 0.25 } },
    { text: "momentum", settings: {} },
  ],
};

/** A store with a reader that knows two formulas and two optimizers, and what it told. */
async function opened(state = {}) {
  const told = { changes: 0, objectives: 0, optimizers: [], messages: [] };
  const reader = {
    objective: async (text) => {
      const found = [PLANE, LINE].find((each) => each.text === text);
      if (!found) throw { message: `"${text}" is no formula` };
      return found;
    },
    optimizer: async (text, _, count) => {
      if (!["gd", "momentum"].includes(text)) throw { message: `there is no '${text}'` };
      return optimizer(text, count);
    },
  };
  const store = new Store({ objective: PLANE, state: STATE, gallery: [{ ...LINE, gallery: "line" }] }, state, reader, {
    onChange: () => told.changes++,
    onObjective: () => told.objectives++,
    onOptimizers: (...which) => told.optimizers.push(which),
    onMessage: (text) => told.messages.push(text),
  });
  const refused = await store.restore();
  return { store, told, refused };
}

const last = ({ latest }) => latest.positions[latest.steps * latest.count];

test("a state is read and run", async () => {
  const { store, refused } = await opened();
  assert.equal(refused, null);
  assert.equal(store.longest, 10);
  assert.ok(!store.stale);
  assert.equal(last(store.optimizers[0]), 3 * 0.5 ** 10);
  const [first] = store.sceneRuns((index) => ({ color: `${index}`, marker: "o", dash: [] }));
  assert.equal(first.label, "gd(lr=0.25)");
  assert.equal(first.style.color, "0");
});

test("what cannot be read is told and left out", async () => {
  const { store, told, refused } = await opened({ objective: "x +", optimizers: [{ text: "nothing" }], start: [1] });
  assert.match(refused.message, /no formula/);
  assert.equal(store.objective, PLANE);
  assert.deepEqual(store.state.start, PLANE.start);
  assert.deepEqual(told.messages, [
    "'start' has one number for each of x, y: the runs start at x = 1, y = 1",
    "nothing: there is no 'nothing'",
  ]);
  assert.deepEqual(
    store.optimizers.map(({ data }) => data.name),
    ["gd"],
  );
});

test("a hyperparameter changes the runs when they are made again", async () => {
  const { store, told } = await opened();
  await store.setHyperparameter(0, "lr", 0.5);
  assert.ok(store.stale);
  assert.equal(told.changes, 1);
  store.run();
  assert.equal(last(store.optimizers[0]), 0);
  assert.deepEqual(store.present(4).optimizers[0], { text: "gd", settings: { lr: 0.5 } });
  assert.equal(store.present(4).step, 4);
});

test("optimizers come, are copied, and go, but for one", async () => {
  const { store, told } = await opened();
  const names = () => store.optimizers.map(({ data }) => data.name);
  assert.ok(store.copyOptimizer(1));
  assert.deepEqual(names(), ["gd", "momentum", "momentum"]);
  assert.equal(store.chosen, 2);
  assert.ok(store.removeOptimizer(0));
  assert.ok(store.removeOptimizer(0));
  assert.ok(!store.removeOptimizer(0));
  assert.deepEqual(told.messages, ["one optimizer stays"]);
  assert.equal(store.chosen, 0);
  while (store.copyOptimizer(0));
  assert.equal(store.optimizers.length, MOST_OPTIMIZERS);
  assert.equal(await store.addOptimizer(), false);
});

test("an optimizer is exchanged for another, and a wrong name is refused", async () => {
  const { store } = await opened();
  assert.ok(await store.setOptimizer(0, "momentum", true));
  assert.equal(store.optimizers[0].data.name, "momentum");
  await assert.rejects(store.setOptimizer(0, "nothing", true), { message: "there is no 'nothing'" });
  assert.equal(store.optimizers[0].data.name, "momentum");
});

test("a late answer is not taken for the latest", async () => {
  const { store } = await opened();
  const answers = [];
  store.reader.objective = (text) => new Promise((resolve) => answers.push(() => resolve({ ...LINE, text })));
  const accepted = [];
  const first = store.typeObjective("first", () => accepted.push("first"));
  const second = store.typeObjective("second", () => accepted.push("second"));
  answers[1]();
  assert.ok(await second);
  answers[0]();
  assert.equal(await first, false);
  assert.deepEqual(accepted, ["second"]);
  assert.equal(store.state.objective, "second");
});

test("an objective of fewer parameters begins at its own start, in the plane", async () => {
  const { store } = await opened({ view: "surface" });
  assert.ok(store.showsSurface);
  await store.pickObjective("line");
  assert.deepEqual(store.state.start, [1]);
  assert.equal(store.state.view, "plane");
  assert.ok(!store.showsSurface);
  assert.equal(store.optimizers[0].latest.count, 1);
});

test("flags lock controls, and quantities are shown and hidden", async () => {
  const { store } = await opened({ flags: { lock: ["lr"] } });
  assert.ok(store.locked("lr"));
  assert.ok(!store.locked("start"));
  store.toggleShow("gradient");
  assert.deepEqual(store.state.show, ["gradient"]);
  store.toggleShow("gradient");
  assert.deepEqual(store.state.show, []);
});

test("the stable learning rate follows the curvature", async () => {
  const { store } = await opened();
  const [rate] = store.stableRates(0);
  assert.ok(Math.abs(rate - 1) < 1e-6);
  assert.equal(store.leastKnown, 0);
});

/** What a store shows: its state without the step, and where its runs end. */
function shown(store) {
  store.run();
  return structuredClone({ state: store.present(0), ends: store.optimizers.map(last), chosen: store.chosen });
}

test("every change is undone and redone", async () => {
  const { store } = await opened();
  const changes = {
    "start moved": () => store.change({ start: [1, 2] }, true),
    "steps changed": () => store.change({ steps: 5 }, true),
    "zoom changed": () => store.change({ zoom: [[0, 1], [0, 2]] }), // biome-ignore format: a box
    "view changed": () => store.change({ view: "surface" }),
    "shown quantities changed": () => store.toggleShow("gradient"),
    "lr of gd changed": () => store.setHyperparameter(0, "lr", 0.1),
    "gd duplicated": () => store.copyOptimizer(0),
    "momentum removed": () => store.removeOptimizer(2),
    "momentum added": () => store.addOptimizer(),
    "momentum chosen": () => store.setOptimizer(0, "momentum", true),
    "function chosen": () => store.pickObjective("line"),
    "formula changed": () => store.typeObjective(PLANE.text, () => undefined),
  };
  const seen = [shown(store)];
  for (const [label, change] of Object.entries(changes)) {
    await change();
    assert.equal(store.history.undoLabel, label);
    seen.push(shown(store));
  }
  for (let k = seen.length - 2; k >= 0; k--) {
    assert.ok(store.undo());
    assert.deepEqual(shown(store), seen[k]);
  }
  assert.ok(!store.undo());
  for (const each of seen.slice(1)) {
    assert.ok(store.redo());
    assert.deepEqual(shown(store), each);
  }
  assert.ok(!store.redo());
});

test("undo asks nobody, keeps the optimizers that stay, and tells every view", async () => {
  const { store, told } = await opened();
  const [first, second] = store.optimizers;
  await store.pickObjective("line");
  store.removeOptimizer(1);
  store.reader = null;
  told.changes = told.objectives = 0;
  store.undo();
  assert.equal(store.optimizers[0], first);
  assert.equal(store.optimizers[1].identity, second.identity);
  store.undo();
  assert.equal(store.objective, PLANE);
  assert.deepEqual([told.changes, told.objectives], [2, 2]);
  assert.ok(store.stale);
});

test("the step is no change, and a drag is one", async () => {
  const { store } = await opened();
  store.state = store.present(7);
  store.change({ start: [3, 1] }, true);
  assert.equal(store.history.undoLabel, null);
  for (const x of [1, 2, 4]) store.change({ start: [x, 1] }, true);
  store.state = store.present(3);
  store.undo();
  assert.deepEqual(store.state.start, [3, 1]);
  assert.equal(store.state.step, 3);
  assert.equal(store.history.undoLabel, null);
});

test("an answer that comes after undo is dropped", async () => {
  const { store } = await opened();
  store.change({ steps: 5 }, true);
  const answers = [];
  store.reader.objective = (text) => new Promise((resolve) => answers.push(() => resolve({ ...LINE, text })));
  store.reader.optimizer = (text, _, count) =>
    new Promise((resolve) => answers.push(() => resolve(optimizer(text, count))));
  const typed = store.typeObjective("late", () => undefined);
  const set = store.setHyperparameter(0, "lr", "0.1/t");
  const named = store.setOptimizer(1, "gd", true);
  store.undo();
  for (const answer of answers) answer();
  assert.deepEqual(await Promise.all([typed, set, named]), [false, false, false]);
  assert.equal(store.objective, PLANE);
  assert.deepEqual(store.present(0).optimizers, STATE.optimizers);
  assert.equal(store.history.redoLabel, "steps changed");
});

test("an optimizer that is added while a formula is read is read for it, too", async () => {
  const { store } = await opened();
  const { reader } = store;
  const { optimizer: read } = reader;
  let first = true;
  reader.optimizer = async (...asked) => {
    if (first) {
      first = false;
      store.copyOptimizer(0);
    }
    return read(...asked);
  };
  await store.pickObjective("line");
  assert.deepEqual(
    store.optimizers.map(({ latest }) => latest.count),
    [1, 1, 1],
  );
});
