import assert from "node:assert/strict";
import { test } from "node:test";
import { borderLines } from "../../../src/steepest/lab/web/plot/fit/border.js";
import { limitsOf, pointsOf, positionAt, suits } from "../../../src/steepest/lab/web/plot/fit/fit_view.js";

/** Values of a function on a grid, row by row. */
function grid(columns, rows, f) {
  return Float64Array.from({ length: columns * rows }, (_, at) => f(at % columns, Math.floor(at / columns)));
}

test("a straight border is one line from edge to edge, and lies on it", () => {
  const lines = borderLines(
    grid(9, 7, (x, y) => x + 2 * y),
    9,
    7,
    6.5,
  );
  assert.equal(lines.length, 1);
  const [line] = lines;
  for (let k = 0; k < line.length; k += 2) assert.ok(Math.abs(line[k] + 2 * line[k + 1] - 6.5) < 1e-12);
  const ends = [
    [line[0], line[1]],
    [line.at(-2), line.at(-1)],
  ].sort((a, b) => a[0] - b[0]);
  assert.deepEqual(ends, [
    [0, 3.25],
    [6.5, 0],
  ]);
});

test("a ring closes, two borders are two lines, and values that are not finite have none", () => {
  const ring = borderLines(
    grid(11, 11, (x, y) => Math.hypot(x - 5, y - 5)),
    11,
    11,
    3,
  );
  assert.equal(ring.length, 1);
  assert.deepEqual(ring[0].slice(0, 2), ring[0].slice(-2));
  const two = borderLines(
    grid(9, 3, (x) => Math.abs(x - 4)),
    9,
    3,
    2.5,
  );
  assert.equal(two.length, 2);
  assert.deepEqual(
    borderLines(
      grid(5, 5, () => Number.NaN),
      5,
      5,
      0,
    ),
    [],
  );
});

const TABLE = { size: [1, 2, 3, 4], age: [9, 7, 8, 6], price: [10, 20, 30, 40], sold: [0, 0, 1, 1] };

function fitOf(target, columns, classNames = []) {
  return {
    ...{
      target,
      columns,
      classNames,
      rows: 4,
      best: null,
      batchRows: () => null,
      inUnits: (position) => [...position],
    },
    column: (name) => Float64Array.from(TABLE[name]),
    predict: ([w], given) => Float64Array.from(given?.[0] ?? TABLE[columns[0]], (x) => w * x),
  };
}

test("the kind of a picture follows from the columns and the classes", () => {
  assert.equal(pointsOf(fitOf("price", ["size"])).kind, "curve");
  assert.equal(pointsOf(fitOf("price", ["size", "age"])).kind, "agreement");
  const { kind, x, y, high } = pointsOf(fitOf("sold", ["size", "age"], ["no", "yes"]));
  assert.deepEqual([kind, [...x], [...y], [...high]], ["boundary", TABLE.size, TABLE.age, [0, 0, 1, 1]]);
  assert.deepEqual([...pointsOf(fitOf("sold", ["size"], ["no", "yes"])).high], [0, 0, 1, 1]);
});

test("the limits leave room around a few rows, and hold predictions within reach", () => {
  const curve = fitOf("price", ["size"]);
  assert.deepEqual(
    limitsOf(pointsOf(curve), curve, [])
      .flat()
      .map((each) => Number(each.toFixed(9))),
    [0.4, 4.6, 4, 46],
  );
  const fit = fitOf("price", ["size", "age"]);
  const run = (w) => ({ positions: Float64Array.of(0, w), count: 1, steps: 1 });
  const [, upward] = limitsOf(pointsOf(fit), fit, [run(12), run(1e6)]);
  assert.deepEqual(upward, [8.2, 48]);
});

test("limits stay while they suit", () => {
  const fresh = [
    [0, 10],
    [0, 10],
  ];
  assert.ok(suits(fresh, fresh));
  assert.ok(
    suits(fresh, [
      [1, 9],
      [0.5, 10.2],
    ]),
  );
  assert.ok(
    !suits(fresh, [
      [1, 9],
      [0, 12],
    ]),
    "a row is outside",
  );
  assert.ok(
    !suits(fresh, [
      [4, 6],
      [0, 10],
    ]),
    "most of an axis is empty",
  );
});

test("a position between two steps is between them", () => {
  const run = { positions: Float64Array.of(0, 4, 2, 8), count: 2, steps: 1 };
  assert.deepEqual([...positionAt(run, 0.5)], [1, 6]);
  assert.deepEqual([...positionAt(run, 7)], [2, 8]);
});
