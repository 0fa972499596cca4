import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../../src/steepest/lab/web/model/history.js";

const equal = (one, other) => one === other;

/** A history of these states, each from a change of its own. */
function recorded(states, most) {
  const history = new History(equal, most);
  for (const state of states) history.record(state, `to ${state}`);
  return history;
}

test("the first state cannot be undone", () => {
  const history = recorded(["a"]);
  assert.deepEqual([history.undoLabel, history.redoLabel], [null, null]);
  assert.deepEqual([history.undo(), history.redo()], [null, null]);
  assert.equal(history.index, 0);
});

test("undo goes back and redo forth, and each says what it would do", () => {
  const history = recorded(["a", "b", "c"]);
  assert.deepEqual([history.undoLabel, history.redoLabel], ["to c", null]);
  assert.equal(history.undo(), "b");
  assert.deepEqual([history.undoLabel, history.redoLabel], ["to b", "to c"]);
  assert.equal(history.undo(), "a");
  assert.equal(history.undo(), null);
  assert.deepEqual([history.redo(), history.redo(), history.redo()], ["b", "c", null]);
});

test("a new change clears what was undone, and one that changes nothing does not", () => {
  const history = recorded(["a", "b", "c"]);
  history.undo();
  history.record("b", "nothing");
  assert.equal(history.redoLabel, "to c");
  history.record("d", "to d");
  assert.equal(history.redoLabel, null);
  assert.deepEqual(
    history.entries.map(({ state }) => state),
    ["a", "b", "d"],
  );
});

test("the states of a gesture are one entry", () => {
  const history = recorded(["a"]);
  for (const state of ["b", "c", "d"]) history.record(state, "start moved", history.gesture("start"));
  history.record("e", "lr changed", history.gesture("lr"));
  history.endGesture();
  history.record("f", "lr changed", history.gesture("lr"));
  assert.deepEqual(
    history.entries.map(({ state }) => state),
    ["a", "d", "e", "f"],
  );
});

test("a gesture that comes back leaves no entry, and one that goes on after undo is another", () => {
  const history = recorded(["a"]);
  const gesture = history.gesture("start");
  history.record("b", "start moved", gesture);
  history.record("a", "start moved", gesture);
  assert.equal(history.undoLabel, null);
  history.record("c", "start moved", gesture);
  assert.equal(history.undo(), "a");
  history.record("d", "start moved", history.gesture("start"));
  history.record("e", "start moved", history.gesture("start"));
  assert.equal(history.undo(), "a");
});

test("what arrives late belongs to the gesture that asked for it", () => {
  const history = recorded(["a"]);
  const gesture = history.gesture("formula");
  history.record("b", "formula changed", gesture);
  history.endGesture();
  history.record("c", "formula changed", gesture);
  assert.equal(history.undo(), "a");
});

test("the oldest entries are dropped", () => {
  const history = recorded([..."abcdefgh"], 3);
  assert.equal(history.entries.length, 3);
  assert.deepEqual([history.undo(), history.undo(), history.undo()], ["g", "f", null]);
  const many = recorded(Array.from({ length: 1000 }, (_, k) => k));
  assert.equal(many.entries.length, 200);
});

test("any entry can be gone to", () => {
  const history = recorded([..."abcd"]);
  assert.equal(history.go(1), "b");
  assert.deepEqual([history.undoLabel, history.redoLabel], ["to b", "to c"]);
  assert.equal(history.go(3), "d");
  assert.equal(history.go(4), null);
  assert.equal(history.index, 3);
});
