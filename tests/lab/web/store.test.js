import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_OPTIMIZERS } from "../../../src/steepest/lab/web/model/changes/optimizer_changes.js";
import { Store } from "../../../src/steepest/lab/web/model/store.js";

const STATE = {
  objective: "x^2 + y^2",
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

/** A store, and what it told. */
function opened(state = {}) {
  const told = { changes: 0, objectives: 0, optimizers: [], messages: [] };
  const store = new Store(STATE, state, {
    onChange: () => told.changes++,
    onObjective: () => told.objectives++,
    onOptimizers: (...which) => told.optimizers.push(which),
    onMessage: (text) => told.messages.push(text),
  });
  const refused = store.restore();
  return { store, told, refused };
}

const last = ({ latest }) => latest.positions[latest.steps * latest.count];

test("a state is read and run", () => {
  const { store, refused } = opened();
  assert.equal(refused, null);
  assert.equal(store.longest, 10);
  assert.ok(!store.stale);
  assert.equal(last(store.optimizers[0]), 3 * 0.5 ** 10);
  const [first] = store.sceneRuns((index) => ({ color: `${index}`, marker: "o", dash: [] }));
  assert.equal(first.label, "gd(lr=0.25)");
  assert.equal(first.style.color, "0");
});

test("what cannot be read is told and left out", () => {
  const { store, told, refused } = opened({ objective: "x +", optimizers: [{ text: "nothing" }], start: [1] });
  assert.match(refused.message, /something is missing/);
  assert.equal(store.objective.plain, "x^2 + y^2");
  assert.deepEqual(store.state.start, store.objective.start);
  assert.deepEqual(told.messages, [
    "'start' has one number for each of x, y: the runs start at x = 3.787, y = 1.399",
    "nothing: there is no optimizer 'nothing': choose one of the list",
  ]);
  assert.deepEqual(
    store.optimizers.map(({ data }) => data.name),
    ["gd"],
  );
});

test("a hyperparameter changes the runs when they are made again", () => {
  const { store, told } = opened();
  store.optimizerChanges.set(0, "lr", 0.5);
  assert.ok(store.stale);
  assert.equal(told.changes, 1);
  store.run();
  assert.equal(last(store.optimizers[0]), 0);
  assert.deepEqual(store.present(4).optimizers[0], { text: "gd", settings: { lr: 0.5 } });
  assert.equal(store.present(4).step, 4);
});

test("optimizers come, are copied, and go, but for one", () => {
  const { store, told } = opened();
  const names = () => store.optimizers.map(({ data }) => data.name);
  assert.ok(store.optimizerChanges.copy(1));
  assert.deepEqual(names(), ["gd", "momentum", "momentum"]);
  assert.equal(store.chosen, 2);
  assert.ok(store.optimizerChanges.remove(0));
  assert.ok(store.optimizerChanges.remove(0));
  assert.ok(!store.optimizerChanges.remove(0));
  assert.deepEqual(told.messages, ["one optimizer stays"]);
  assert.equal(store.chosen, 0);
  while (store.optimizerChanges.copy(0));
  assert.equal(store.optimizers.length, MOST_OPTIMIZERS);
  assert.equal(store.optimizerChanges.add(), false);
});

test("an optimizer is exchanged for another, and a wrong name is refused", () => {
  const { store } = opened();
  store.optimizerChanges.setText(0, "momentum", true);
  assert.equal(store.optimizers[0].data.name, "momentum");
  assert.throws(() => store.optimizerChanges.setText(0, "nothing", true), {
    message: /^there is no optimizer 'nothing'/,
  });
  assert.equal(store.optimizers[0].data.name, "momentum");
});

test("an objective of fewer parameters begins at its own start, in the plane", () => {
  const { store } = opened({ view: "surface" });
  assert.ok(store.showsSurface);
  store.pickObjective("parabola");
  assert.deepEqual(store.state.start, [3]);
  assert.equal(store.state.view, "plane");
  assert.ok(!store.showsSurface);
  assert.equal(store.optimizers[0].latest.count, 1);
});

test("flags lock controls, and quantities are shown and hidden", () => {
  const { store } = opened({ flags: { lock: ["lr"] } });
  assert.ok(store.locked("lr"));
  assert.ok(!store.locked("start"));
  store.toggleShow("gradient");
  assert.deepEqual(store.state.show, ["gradient"]);
  store.toggleShow("gradient");
  assert.deepEqual(store.state.show, []);
});

test("the stable learning rate follows the curvature", () => {
  const { store } = opened();
  const [rate] = store.stableRates(0);
  assert.ok(Math.abs(rate - 1) < 1e-6);
  assert.equal(store.leastKnown, 0);
});

/** What a store shows: its state without the step, and where its runs end. */
function shown(store) {
  store.run();
  return structuredClone({ state: store.present(0), ends: store.optimizers.map(last), chosen: store.chosen });
}

test("every change is undone and redone", () => {
  const { store } = opened();
  const changes = {
    "start moved": () => store.change({ start: [1, 2] }, true),
    "steps changed": () => store.change({ steps: 5 }, true),
    "zoom changed": () => store.change({ zoom: [[0, 1], [0, 2]] }), // biome-ignore format: a box
    "view changed": () => store.change({ view: "surface" }),
    "shown quantities changed": () => store.toggleShow("gradient"),
    "lr of gd changed": () => store.optimizerChanges.set(0, "lr", 0.1),
    "gd duplicated": () => store.optimizerChanges.copy(0),
    "momentum removed": () => store.optimizerChanges.remove(2),
    "momentum added": () => store.optimizerChanges.add(),
    "momentum chosen": () => store.optimizerChanges.setText(0, "momentum", true),
    "function chosen": () => store.pickObjective("parabola"),
    "formula changed": () => store.typeObjective("x^2 + y^2"),
  };
  const seen = [shown(store)];
  for (const [label, change] of Object.entries(changes)) {
    change();
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

test("undo asks nobody, keeps the optimizers that stay, and tells every view", () => {
  const { store, told } = opened();
  const [first, second] = store.optimizers;
  store.pickObjective("parabola");
  store.optimizerChanges.remove(1);
  store.reader = null;
  told.changes = told.objectives = 0;
  store.undo();
  assert.equal(store.optimizers[0], first);
  assert.equal(store.optimizers[1].identity, second.identity);
  store.undo();
  assert.equal(store.objective.plain, "x^2 + y^2");
  assert.deepEqual([told.changes, told.objectives], [2, 2]);
  assert.ok(store.stale);
});

test("the step is no change, and a drag is one", () => {
  const { store } = opened();
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

test("a constant that is added stays while the formula lacks others, and not where more is wrong", () => {
  const { store } = opened();
  const text = "f(x, y) = a x^2 + k y^2";
  assert.throws(() => store.constantChanges.add("a", text), { constant: "k" });
  assert.deepEqual(store.state.let, {}, "nothing of what is shown has changed");
  store.constantChanges.add("k", text);
  assert.deepEqual(store.objective.constants, { a: 1, k: 1 });
  assert.equal(store.history.undoLabel, "k made a constant");
  assert.throws(() => store.constantChanges.add("c", "f(x, y) = a x^2 + k y^2 + c x +"));
  assert.deepEqual(store.state.let, { a: 1, k: 1 }, "what could not be read left nothing behind");
});

test("a parameter is no constant, whatever was one before", () => {
  const { store } = opened();
  store.constantChanges.add("a", "f(x) = a x^2");
  store.typeObjective("f(a, x) = a^2 + x^2");
  const { store: other } = opened(JSON.parse(JSON.stringify(store.present(0))));
  for (const { objective, state } of [store, other]) {
    assert.deepEqual([objective.names, objective.constants, state.let], [["a", "x"], {}, {}]);
  }
  assert.throws(() => store.constantChanges.add("a", "f(t) = a t + x"), { constant: "x" });
  store.state = store.present(0); // as it is kept
  store.constantChanges.add("x", "f(t) = a t^2 + x");
  assert.deepEqual(store.objective.constants, { a: 1, x: 1 });
});
