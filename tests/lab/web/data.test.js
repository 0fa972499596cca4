// Tables in the store: opened, changed, undone, in links and in commands; sums over rows on every target.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clickedTable, readTable, Table } from "../../../src/steepest/lab/web/model/data/table.js";
import { asCommand, asPython } from "../../../src/steepest/lab/web/model/export.js";
import { readObjective } from "../../../src/steepest/lab/web/model/reading.js";
import { fromFragment, missingInLink, toFragment } from "../../../src/steepest/lab/web/model/state.js";
import { Store } from "../../../src/steepest/lab/web/model/store.js";
import { RowGrid } from "../../../src/steepest/lab/web/model/tape/row_grid.js";
import { RowSums } from "../../../src/steepest/lab/web/model/tape/row_machine.js";

const FIRST = {
  schema: 1,
  objective: "x^2",
  start: [1],
  steps: 40,
  seed: 0,
  tol: 1e-8,
  gtol: 0,
  optimizers: [{ text: "gd", settings: {} }],
};
const HOUSES = "size,price\n100,210\n150,290\n80,170\n120,260\n200,410\n";

function opened(first = FIRST, state = {}) {
  const told = [];
  const store = new Store(first, state, {
    onChange() {},
    onObjective() {},
    onOptimizers() {},
    onMessage: (text) => told.push(text),
  });
  const refused = store.restore();
  finish(store);
  return { store, told, refused };
}

/** Make the runs to their ends. */
function finish(store) {
  if (store.stale) store.run();
  while (store.isRunning) store.goOn(50);
}

function houses() {
  const { store } = opened();
  store.openData(readTable(HOUSES, "houses.csv"));
  return store;
}

const last = ({ latest }) => [
  ...latest.positions.slice(latest.steps * latest.count, (latest.steps + 1) * latest.count),
];

test("an opened table is fitted by a line", () => {
  const store = houses();
  assert.equal(store.state.objective, "price ~ w*size + b");
  assert.deepEqual(store.objective.names, ["b", "w"]);
  assert.deepEqual(store.state.start, [0, 0]);
  assert.equal(store.objective.fit.exact.told, "least squares by QR");
  assert.equal(store.objective.minima.length, 1);
});

test("a table that was clicked together has two columns", () => {
  const { store } = opened();
  store.openData(clickedTable());
  assert.equal(store.state.objective, "y ~ w*x + b");
});

test("a table without numbers suggests nothing, and nothing changes", () => {
  const { store } = opened();
  const before = store.state;
  assert.throws(
    () => store.openData(readTable("name,x\na,1\nb,2\n", "one.csv")),
    ({ message }) => message.includes("no two columns of numbers"),
  );
  assert.equal(store.state, before);
});

test("loss, scaling, batches and order are set and undone", () => {
  const store = houses();
  store.setData({ scale: "z" });
  assert.equal(store.objective.fit.scaling.method, "z");
  store.setData({ batch: 2 });
  assert.equal(
    store.objective.fit.batches.sentence,
    "2 of 5 rows a step (shuffle): 3 steps an epoch, the last one with 1 row",
  );
  store.setData({ loss: "mae" });
  assert.match(store.objective.fit.minimized, /^mean\(abs\(price-\(w\*size\+b\)\)\)$/);
  for (const field of ["loss", "batch", "scale"]) {
    assert.ok(store.undo());
    assert.equal(store.data[field], { loss: "mse", batch: null, scale: "none" }[field]);
  }
  assert.equal(store.objective.fit.scaling.method, "none");
  store.undo();
  assert.equal(store.data, null);
  assert.equal(store.objective.text, "x^2");
  store.redo();
  assert.equal(store.objective.fit.target, "price");
});

test("what cannot be set is refused in a line and nothing changes", () => {
  const store = houses();
  const { state, objective } = store;
  for (const [change, told] of [
    [{ loss: "mze" }, "there is no loss 'mze': did you mean mse?"],
    [{ batch: 9 }, "a batch of 9 rows cannot be taken from 5 rows: for all rows, write full"],
    [
      { loss: "log" },
      "houses.csv: 'price' has 5 values (170, 210, 260, 290 and 410) and a loss of two classes needs 2: choose the one that counts as 1, such as 410",
    ],
  ]) {
    assert.throws(
      () => store.setData(change),
      ({ message }) => message === told,
    );
    assert.equal(store.state, state);
    assert.equal(store.objective, objective);
  }
});

test("a dragged point moves the fit, in one step of the history", () => {
  const store = houses();
  const before = store.objective.minima[0].position;
  const entries = store.history.entries.length;
  for (const price of [300, 350, 400]) store.movePoint(1, { price });
  finish(store);
  assert.equal(store.history.entries.length, entries + 1);
  assert.notDeepEqual(store.objective.minima[0].position, before);
  const read = readObjective(store.objective.text, {}, store.data);
  assert.deepEqual(store.objective.minima, read.minima);
  assert.deepEqual(store.objective.hyperparameters, read.hyperparameters);
  const moved = last(store.optimizers[0]);
  const { store: other } = opened({ ...FIRST, ...JSON.parse(JSON.stringify(store.present(0))) });
  assert.deepEqual(last(other.optimizers[0]), moved);
  store.undo();
  assert.deepEqual(store.objective.minima[0].position, before);
});

test("runs over many rows go on piece by piece, to the same numbers", () => {
  const { store } = opened();
  store.openData(table(30_000), "y ~ w*x + b", { loss: "huber" });
  finish(store);
  const { latest, program } = store.optimizers[0];
  const [positions, values, { message }] = [latest.positions.slice(), latest.values.slice(), latest.ending];
  program.run([0, 0], store.optimizers[0].values(), { steps: 40, tol: 1e-8, gtol: 0, seed: 0 }, 0);
  for (let pieces = 0; program.pending; pieces++) {
    assert.deepEqual(latest.ending, { kind: "running", message: `step ${latest.steps} of 40: the run goes on` });
    assert.equal(latest.steps, pieces);
    assert.equal(latest.values[latest.steps], values[latest.steps]);
    if (latest.steps) program.repeat(latest, 0, (value) => value); // as the worked step does
    program.goOn(0);
  }
  assert.deepEqual([latest.positions, latest.values, latest.ending.message], [positions, values, message]);
});

test("points are added and removed", () => {
  const store = houses();
  store.addPoint({ size: 300, price: 100 });
  assert.equal(store.objective.table.rows, 6);
  assert.equal(store.objective.table.get("price")[5], 100);
  store.removePoint(0);
  assert.equal(store.objective.table.rows, 5);
  assert.equal(store.objective.table.get("size")[0], 150);
});

test("a moved point cannot leave the numbers", () => {
  const store = houses();
  const { objective } = store;
  assert.throws(
    () => store.movePoint(0, { size: Number.NaN }),
    ({ message }) => message.startsWith("houses.csv has 1 missing number: size is missing in line 2"),
  );
  assert.equal(store.objective, objective);
});

test("rows in which a number is missing are left out where that is asked for", () => {
  const { store } = opened();
  const table = readTable("x,y\n1,2\n,3\n3,5\n4,NA\n5,9\n", "gaps.csv");
  assert.throws(
    () => store.openData(table, "y ~ w*x + b"),
    ({ message }) =>
      message ===
      "gaps.csv has 2 missing numbers: y is missing in line 5; x in line 3: fill them in, or leave these rows out",
  );
  store.openData(table, "y ~ w*x + b", { dropMissing: true });
  assert.equal(store.objective.table.rows, 3);
  assert.equal(store.objective.fit.notes[1], "2 of 5 rows are left out: y is missing in line 5; x in line 3");
  assert.deepEqual([...store.objective.fit.points("x").rows], [0, 2, 4]);
  store.movePoint(2, { y: 6 });
  assert.deepEqual([...store.objective.table.get("y")], [2, 6, 9]);
});

test("another model is typed over the same table", () => {
  const store = houses();
  store.typeObjective("price ~ w*size");
  assert.deepEqual(store.objective.names, ["w"]);
  store.typeObjective("mean((price - w*size)^2) + 0.1w^2");
  assert.equal(store.objective.fit, null);
  assert.equal(store.objective.table.source, "houses.csv");
  assert.throws(
    () => store.typeObjective("prize ~ w*size"),
    ({ message, place }) => message === "houses.csv has no column 'prize': did you mean price?" && place === 0,
  );
  assert.throws(
    () => store.typeObjective("price ~ softmax"),
    ({ message }) => message.startsWith("the page does not show 'softmax'"),
  );
  store.pickObjective("rosenbrock");
  assert.equal(store.data, null);
});

test("closing the table gives the page's first function", () => {
  const store = houses();
  store.closeData();
  assert.equal(store.objective.text, "x^2");
});

test("a short table travels in a link, a long one is missing and said to be", () => {
  const store = houses();
  store.setData({ scale: "minmax" });
  const { state, fault } = fromFragment(toFragment(store.present(3)));
  assert.equal(fault, "");
  const { store: other, refused } = opened(FIRST, state);
  assert.equal(refused, null);
  assert.equal(other.objective.text, store.objective.text);
  assert.deepEqual(other.objective.minima, store.objective.minima);
  assert.equal(missingInLink(store.present(0)), "");
  const many = Float64Array.from({ length: 5000 }, (_, k) => k);
  store.openData(new Table(["x", "y"], [many, many.map((value) => 2 * value + 1)], "many.csv"));
  assert.match(missingInLink(store.present(0)), /^the table has 10,000 cells, and a link takes 2,000: save the page/);
  const long = fromFragment(toFragment(store.present(0)));
  assert.equal(long.state.data.table, null);
  assert.match(opened(FIRST, long.state).refused.message, /^this link has no table in it/);
  const page = JSON.parse(JSON.stringify(store.present(0)));
  const { store: file } = opened({ ...FIRST, ...page }, long.state);
  assert.equal(file.objective.table.rows, 5000);
});

for (const [name, data] of [
  ["columns of two lengths", { table: { name: "t", columns: { x: [1, 2], y: [1] } } }],
  ["no columns", { table: { name: "t", columns: {} } }],
  ["a cell that is none", { table: { name: "t", columns: { x: [true] } } }],
  ["an order that is none", { table: null, order: "random" }],
  ["a batch of none", { table: null, batch: 0 }],
]) {
  test(`a link with ${name} is damaged`, () => {
    const { state, fault } = fromFragment(`#${btoa(JSON.stringify({ ...FIRST, data }))}`);
    assert.equal(state.data, null);
    assert.match(fault, /^the link is damaged: 'data' is null, or a table of up to 200,000 rows and 32 columns/);
  });
}

test("a fit as a command and as Python", () => {
  const store = houses();
  store.setData({ loss: "huber(2)", scale: "z", batch: 2 });
  const state = store.present(0);
  const values = store.optimizers.map((each) => each.values());
  const command = asCommand(state, values);
  assert.ok(
    command.startsWith(
      "steepest fit houses.csv 'price ~ w*size + b' --loss 'huber(2)' --scale z --batch 2 --order shuffle --start=0,0",
    ),
  );
  assert.match(
    asPython(state, values),
    /steepest\.fit\("houses\.csv", "price ~ w\*size \+ b", loss="huber\(2\)", scale="z", batch=2/,
  );
  store.setData({ batch: null });
  store.typeObjective("mean((price - w*size)^2)");
  assert.match(asCommand(store.present(0), values), /^steepest run 'mean\(\(price-w\*size\)\^2\)' --data houses\.csv/);
  assert.match(asPython(store.present(0), values), /objective = steepest\.objective\("mean/);
});

/** Columns of so many rows, by a small generator. */
function table(rows) {
  let state = 7;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const x = Float64Array.from({ length: rows }, () => 4 * next() - 2);
  return new Table(["x", "y"], [x, x.map((value) => 3 * value - 1 + next())], "points");
}

for (const [text, loss] of [
  ["y ~ w*x + b", "mse"],
  ["y ~ w*x + b", "huber"],
  ["y ~ tanh(w*x) + b*x^3", "mae"],
  ["y ~ sigmoid(w*x + b)*3 - exp(-abs(x))", "log(cosh(p-y))"],
  ["mean((y - mean(w*x) - b)^2)", "mse"],
]) {
  test(`the sums of ${text} by ${loss} are the same compiled and interpreted, to the last bit`, () => {
    for (const rows of [1, 7, 8, 513, 4096, 9001]) {
      const data = { table: table(rows), loss, scale: "none", batch: null, order: "shuffle", one: null };
      const { tape } = readObjective(text, {}, data);
      const [compiled, interpreted] = [0, Infinity].map((patience) => {
        const sums = new RowSums(tape.rows, tape.rows.kinds.keys());
        for (const stage of sums.stages) {
          stage.patience = patience;
          if (patience) stage.compiled = null;
        }
        return sums;
      });
      for (const taken of [null, Int32Array.from({ length: rows }, (_, k) => (k * 5) % rows)]) {
        const found = [interpreted, compiled].map((sums) => [...sums.at([0.7, -0.2], taken)]);
        assert.deepEqual(found[1], found[0]);
      }
      assert.equal(
        compiled.stages.every((stage) => stage.compiled),
        true,
      );
    }
  });
}

test("a quadratic cost is drawn from its Hessian, another one between points that are refined", () => {
  const line = (low, high, count) =>
    Float64Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
  const [x, y] = [line(-3, 2, 33), line(1, 5, 21)];
  const data = { table: table(6000), loss: "mse", scale: "none", batch: null, order: "shuffle", one: null };
  const grid = new RowGrid(readObjective("y ~ w*x + b", {}, data));
  const values = grid.evaluate(x, y);
  assert.equal(grid.told, "");
  for (const k of [0, 40, 333, values.length - 1]) {
    const exact = grid.at(x[k % 33], y[Math.floor(k / 33)]);
    assert.ok(Math.abs(values[k] - exact) <= 1e-12 * Math.abs(exact));
  }
  const robust = new RowGrid(readObjective("y ~ w*x + b", {}, { ...data, loss: "log(cosh(p-y))" }));
  const rough = robust.evaluate(x, y).slice();
  assert.equal(robust.told, "added up over all rows at 9 x 9 points, with cubic curves in between");
  const error = (found) =>
    Math.max(...found.map((value, k) => Math.abs(value - robust.at(x[k % 33], y[Math.floor(k / 33)]))));
  const before = error(rough);
  assert.ok(before < 0.05);
  while (robust.isCoarse && !robust.refine(1));
  const fine = robust.evaluate(x, y);
  assert.match(robust.told, /at 17 x 17 points/);
  assert.ok(error(fine) < before / 4);
  const few = new RowGrid(readObjective("y ~ w*x + b", {}, { ...data, table: table(20), loss: "mae" }));
  few.evaluate(x, y);
  assert.equal(few.told, "");
});
