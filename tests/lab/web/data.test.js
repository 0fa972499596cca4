// Tables in the store: opened, changed, undone, in links and in commands; sums over rows on every target.
import assert from "node:assert/strict";
import { test } from "node:test";
import { USUAL } from "../../../src/steepest/lab/web/model/data/fit/fit.js";
import { SETS } from "../../../src/steepest/lab/web/model/data/sets.js";
import { dataOf } from "../../../src/steepest/lab/web/model/data/settings.js";
import {
  clickedTable,
  equalTables,
  readBytes,
  readTable,
  Table,
} from "../../../src/steepest/lab/web/model/data/table.js";
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
  store.dataChanges.open(readBytes(new TextEncoder().encode(HOUSES), "houses.csv"));
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
  store.dataChanges.open(clickedTable());
  assert.equal(store.state.objective, "y ~ w*x + b");
});

test("a table without numbers suggests nothing, and nothing changes", () => {
  const { store } = opened();
  const before = store.state;
  assert.throws(
    () => store.dataChanges.open(readTable("name,x\na,1\nb,2\n", "one.csv")),
    ({ message }) => message.includes("no two columns of numbers"),
  );
  assert.equal(store.state, before);
});

test("loss, scaling, batches and order are set and undone", () => {
  const store = houses();
  store.dataChanges.set({ scale: "z" });
  assert.equal(store.objective.fit.scaling.method, "z");
  store.dataChanges.set({ batch: 2 });
  assert.equal(
    store.objective.fit.batches.sentence,
    "2 of 5 rows a step (shuffle): 3 steps an epoch, the last one with 1 row",
  );
  store.dataChanges.set({ loss: "mae" });
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
      () => store.dataChanges.set(change),
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
  for (const price of [300, 350, 400]) store.dataChanges.movePoint(1, { price });
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
  store.dataChanges.open(table(30_000), "y ~ w*x + b", { loss: "huber" });
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
  store.dataChanges.addPoint({ size: 300, price: 100 });
  assert.equal(store.objective.table.rows, 6);
  assert.equal(store.objective.table.get("price")[5], 100);
  store.dataChanges.removePoint(0);
  assert.equal(store.objective.table.rows, 5);
  assert.equal(store.objective.table.get("size")[0], 150);
});

test("a moved point cannot leave the numbers", () => {
  const store = houses();
  const { objective } = store;
  assert.throws(
    () => store.dataChanges.movePoint(0, { size: Number.NaN }),
    ({ message }) => message.startsWith("houses.csv has 1 missing number: size is missing in line 2"),
  );
  assert.equal(store.objective, objective);
});

test("rows in which a number is missing are left out where that is asked for", () => {
  const { store } = opened();
  const table = readTable("x,y\n1,2\n,3\n3,5\n4,NA\n5,9\n", "gaps.csv");
  assert.throws(
    () => store.dataChanges.open(table, "y ~ w*x + b"),
    ({ message }) =>
      message ===
      "gaps.csv has 2 missing numbers: y is missing in line 5; x in line 3: fill them in, or leave these rows out",
  );
  store.dataChanges.open(table, "y ~ w*x + b", { dropMissing: true });
  assert.equal(store.objective.table.rows, 3);
  assert.equal(store.objective.fit.notes[1], "2 of 5 rows are left out: y is missing in line 5; x in line 3");
  assert.deepEqual([...store.objective.fit.points("x").rows], [0, 2, 4]);
  store.dataChanges.movePoint(2, { y: 6 });
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
    ({ message }) =>
      message ===
      "the page does not show softmax, which has weights for every class: " +
        "steepest fit houses.csv 'price ~ softmax' --save fit.png draws it",
  );
  store.pickObjective("rosenbrock");
  assert.equal(store.data, null);
});

test("closing the table gives the page's first function", () => {
  const store = houses();
  store.dataChanges.close();
  assert.equal(store.objective.text, "x^2");
});

test("a short table travels in a link, a long one is missing and said to be", () => {
  const store = houses();
  store.dataChanges.set({ scale: "minmax" });
  const { state, fault } = fromFragment(toFragment(store.present(3)));
  assert.equal(fault, "");
  const { store: other, refused } = opened(FIRST, state);
  assert.equal(refused, null);
  assert.equal(other.objective.text, store.objective.text);
  assert.deepEqual(other.objective.minima, store.objective.minima);
  assert.equal(missingInLink(store.present(0)), "");
  const many = Float64Array.from({ length: 5000 }, (_, k) => k);
  store.dataChanges.open(new Table(["x", "y"], [many, many.map((value) => 2 * value + 1)], "many.csv"));
  assert.match(missingInLink(store.present(0)), /^the table has 10,000 cells, and a link takes 2,000: save the page/);
  const long = fromFragment(toFragment(store.present(0)));
  assert.equal(long.state.data.table, null);
  assert.match(
    opened(FIRST, long.state).refused.message,
    /^this link has no table in it, because it is long: open many/,
  );
  const page = JSON.parse(JSON.stringify(store.present(0)));
  const { store: file } = opened({ ...FIRST, ...page }, long.state);
  assert.equal(file.objective.table.rows, 5000);
  const given = { table: readTable(HOUSES, "houses.csv").toJSON() };
  const beside = opened({ ...FIRST, objective: "price ~ w*size + b", start: [0, 0], data: given }, long.state);
  assert.match(beside.refused.message, /open many\.csv first/, "the table of the page is another one");
});

test("a table of long texts makes no link that is too long", () => {
  const { store } = opened();
  const rows = Array.from({ length: 600 }, (_, k) => `${k},${2 * k},${"x".repeat(1500)}`);
  store.dataChanges.open(readTable(`x,y,text\n${rows.join("\n")}`, "notes.csv"));
  assert.match(missingInLink(store.present(0)), /^the texts of the table are too long for a link: save the page/);
  assert.ok(toFragment(store.present(0)).length < 2_000);
  const optimizers = Array.from({ length: 12 }, () => ({
    text: `theta = theta - ${"lr*g + 0*".repeat(400)}g`,
    settings: {},
  }));
  const wide = { ...FIRST, objective: `${"x + ".repeat(900)}x^2`, optimizers };
  assert.equal(toFragment(wide).length > 40_000, true, "which is more than a function takes arguments by far");
});

test("a link keeps the order of the columns and the lines of the file", () => {
  const store = houses();
  const table = readTable("y,10,2\n1,7,3\n\n2,6,\n3,,9\n4,8,1\n", "whole.csv");
  store.state = { ...store.state, data: { ...store.data, table } };
  const again = dataOf(fromFragment(toFragment(store.present(0))).state.data, null).table;
  assert.deepEqual(again.names, ["y", "10", "2"]);
  assert.deepEqual(again.columns, table.columns);
  const told = /^whole\.csv has 2 missing numbers: 10 is missing in line 5; 2 in line 4/;
  for (const each of [table, again])
    assert.throws(
      () => each.select(["10", "2"]),
      ({ message }) => told.test(message),
    );
});

test("a table that was not read leaves everything as it was", () => {
  const store = houses();
  store.optimizerChanges.set(0, "lr", 1e-6);
  const before = JSON.stringify(store.present(0));
  assert.throws(() => store.dataChanges.open(readTable("name,x\na,1\nb,2\n", "one.csv")));
  assert.equal(JSON.stringify(store.present(0)), before);
  assert.equal(store.optimizers[0].settings.lr, 1e-6);
  store.state = { ...store.state, objective: "price ~ w*sise", let: { k: 3 } };
  assert.match(store.restore().message, /sise/);
  assert.deepEqual(store.state.let, {}, "the constants are those of what is shown");
});

for (const [name, data] of [
  ["columns of two lengths", { table: { name: "t", names: ["x", "y"], columns: [[1, 2], [1]] } }],
  ["no columns", { table: { name: "t", names: [], columns: [] } }],
  ["a cell that is none", { table: { name: "t", names: ["x"], columns: [[true]] } }],
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
  store.dataChanges.set({ loss: "huber(2)", scale: "z", batch: 2 });
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
  store.dataChanges.set({ batch: null });
  store.typeObjective("mean((price - w*size)^2)");
  assert.match(asCommand(store.present(0), values), /^steepest run 'mean\(\(price-w\*size\)\^2\)' --data houses\.csv/);
  assert.match(asPython(store.present(0), values), /objective = steepest\.objective\("mean/);
});

test("a table that is in no file is in the code, and no command names it", () => {
  const store = houses();
  const values = store.optimizers.map((each) => each.values());
  const code = () => asPython(store.present(0), values);
  store.dataChanges.movePoint(1, { price: 295 });
  assert.equal(asCommand(store.present(0), values), "", "houses.csv has other rows");
  const columns = `    "size": [100, 150, 80, 120, 200],\n    "price": [210, 295, 170, 260, 410],\n`;
  assert.ok(code().startsWith(`import steepest\n\ndata = {\n${columns}}\nruns = [\n    steepest.fit(data, "price ~`));
  store.undo();
  assert.match(asCommand(store.present(0), values), /^steepest fit houses\.csv/);
  const again = fromFragment(toFragment(store.present(0))).state;
  assert.match(
    asCommand(opened(FIRST, again).store.present(0), values),
    /^steepest fit houses\.csv/,
    "a link knows the file",
  );
  for (const change of [
    () => store.dataChanges.addPoint({ size: 90, price: 200 }),
    () => store.dataChanges.removePoint(0),
  ]) {
    change();
    assert.equal(asCommand(store.present(0), values), "");
    store.undo();
  }
  store.dataChanges.open(clickedTable());
  assert.equal(asCommand(store.present(0), values), "");
  store.dataChanges.open(table(3000));
  assert.ok(code().startsWith("import steepest\n\n# data: points, 3,000 rows\nruns = ["));
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

test("a constant of a formula over rows changes the learning rate on the cards, too", () => {
  const { store } = opened();
  let rebuilt = 0;
  store.dataChanges.open(readTable(HOUSES, "houses.csv"), "mean((price - w*size)^2)");
  store.state.let = { k: 1 };
  store.typeObjective("mean((price - k*w*size)^2)");
  store.listeners.onOptimizers = () => rebuilt++;
  const { lr } = store.objective.hyperparameters;
  store.constantChanges.set("k", 10);
  assert.notEqual(store.objective.hyperparameters.lr, lr);
  assert.equal(rebuilt, 1);
});

const RECORDED = {
  label: "scipy:BFGS",
  text: "scipy:BFGS",
  settings: {},
  version: "0",
  objective: "price ~ w*size + b",
  let: {},
  steps: 1,
  positions: [0, 0, 1, 1],
  values: [3, 2],
  gradients: [1, 1, 0, 0],
  evaluations: {},
  ending: { kind: "converged", message: "converged" },
};

test("a recording over data is hidden where the data, or how they are fitted, are others", () => {
  const table = readTable(HOUSES, "houses.csv");
  const data = { table: table.toJSON(), loss: "mse", scale: "none", batch: null, order: "shuffle", one: null };
  const first = { ...FIRST, objective: RECORDED.objective, start: [0, 0], data };
  const open = (state = {}) => {
    const quiet = { onChange() {}, onObjective() {}, onOptimizers() {}, onMessage() {} };
    const store = new Store(first, state, quiet, [RECORDED]);
    store.restore();
    return store;
  };
  const reason = (store) => store.hiddenBecause(store.recordings[0]);
  const store = open();
  assert.equal(reason(store), "");
  store.dataChanges.set({ scale: "minmax" });
  assert.equal(reason(store), "not shown: it was made with scale = none");
  assert.equal(store.shownRecordings.length, 0);
  store.undo();
  assert.equal(reason(store), "");
  store.dataChanges.set({ loss: "huber", batch: 2 });
  assert.equal(reason(store), "not shown: it was made with loss = mse, batch = none");
  store.undo();
  store.dataChanges.movePoint(0, { price: 500 });
  assert.equal(reason(store), "not shown: it was made on other rows of price ~ w*size + b");
  store.undo();
  const link = fromFragment(toFragment(store.present(0))).state;
  assert.equal(reason(open(link)), "", "a link has the same rows in another table");
});

test("a recording that is chosen has no many starts, and removing an optimizer keeps the choice", () => {
  const quiet = { onChange() {}, onObjective() {}, onOptimizers() {}, onMessage() {} };
  const recorded = { ...RECORDED, objective: "x^2", positions: [0, 1] };
  const optimizers = ["gd", "adam", "momentum"].map((text) => ({ text, settings: {} }));
  const store = new Store({ ...FIRST, optimizers, starts: [[0, 2]] }, {}, quiet, [recorded]);
  store.restore();
  store.chosen = 1;
  assert.equal(store.manyRuns.length, 15);
  store.optimizerChanges.remove(0);
  assert.equal(store.optimizers[store.chosen].name, "adam");
  store.chosen = 2;
  assert.equal(store.chosenRun, store.recordings[0].run);
  assert.deepEqual(store.manyRuns, []);
  store.optimizerChanges.remove(0);
  assert.equal(store.chosenRun, store.recordings[0].run);
});

test("an answer that has to be sought is sought from where the runs start", () => {
  const { text, model, loss, start } = SETS.misra1a;
  const data = { ...USUAL, table: readTable(text, "misra1a"), loss };
  const { fit } = readObjective(model, {}, data);
  assert.equal(fit.exact.position, null);
  const { position, value } = fit.exactFrom(start);
  const certified = [238.94212918, 5.5015643181e-4]; // https://www.itl.nist.gov/div898/strd/nls/data/misra1a.shtml
  for (const [k, each] of certified.entries()) assert.ok(Math.abs(position[k] / each - 1) < 1e-9);
  assert.ok(Math.abs((14 * value) / 1.2455138894e-1 - 1) < 1e-9);
  assert.equal(fit.exactFrom([0, 0]), fit.exact);
  const line = readObjective("y ~ b1*x", {}, data);
  assert.equal(line.fit.exactFrom([5]), line.fit.exact, "this one is certain");
});

test("of two minima that hardly differ the lower one is the answer, whatever is added to the loss", () => {
  const table = readTable("x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8", "four");
  for (const constant of ["-1e4", "+0", "+1e4"]) {
    const { fit } = readObjective("y ~ (w-1)^2*x - 1e-7*w", {}, { ...USUAL, table, loss: `(y-p)^2${constant}` });
    assert.ok(fit.exactFrom([4]).position[0] < 0, constant);
    assert.ok(fit.exactFrom([-4]).position[0] < 0, constant);
  }
});

test("a constant of a fit keeps its name, and another value fits another model", () => {
  const store = houses();
  store.constantChanges.add("q", "price(w) ~ w*size + q");
  for (const value of [2, 5]) {
    store.constantChanges.set("q", value);
    assert.equal(store.objective.text, "price ~ w*size + q");
    assert.deepEqual(store.objective.constants, { q: value });
    assert.equal(store.objective.fit.predict([0])[0], value);
  }
  const { store: other } = opened({ ...FIRST, ...JSON.parse(JSON.stringify(store.present(0))) });
  assert.deepEqual(other.objective.constants, { q: 5 });
});

test("tables with other names are not equal, whatever signs are in the names", () => {
  const made = (...names) =>
    new Table(
      names,
      names.map(() => Float64Array.of(1, 2)),
      "t",
    );
  assert.ok(equalTables(made("a,b", "c"), made("a,b", "c")));
  assert.ok(!equalTables(made("a,b", "c"), made("a", "b,c")));
  assert.ok(!equalTables(made("a,b"), made("a", "b")));
});

test("a column that no formula can name is told, and no model begins with it", () => {
  const { store } = opened();
  const text = "x,a`b,y\n1,2,3\n2,3,4\n3,5,4";
  const told = "t.csv: no formula can name 'a`b', for its backtick: rename the column";
  for (const given of [
    [text, "y ~ linear"],
    ["x,a`b\n1,2\n2,3", undefined],
  ]) {
    assert.throws(
      () => store.dataChanges.open(readTable(given[0], "t.csv"), given[1]),
      ({ message }) => message === told,
    );
  }
  store.dataChanges.open(readTable(text, "t.csv"));
  assert.equal(store.objective.text, "y ~ w*x + b");
});
