"""What the page talks to where no notebook is."""

from collections.abc import Callable
from typing import Any

MAIN = """
import { Model } from "/hosts/host_model.js";
globalThis.Model = Model;
"""
TALK = """async () => {
  const told = [];
  const model = new Model({ state: 1 }, async ({ text }) => {
    if (text === "bad") throw { message: "wrong", place: 2 };
    return text;
  });
  const listener = (answer) => told.push(answer);
  model.on("change:state", () => told.push(["state", model.get("state")]));
  model.on("msg:custom", listener);
  model.set("state", 1);
  model.set("state", 2);
  await model.send({ id: 1, kind: "objective", text: "x" });
  await model.send({ id: 2, kind: "objective", text: "bad" });
  model.off("msg:custom", listener);
  await model.send({ id: 3, kind: "objective", text: "x" });
  model.off("change:state");
  model.set("state", 3);
  model.off();
  return told;
}"""


def test_the_model_is_like_anywidgets(node: Callable[..., Any]) -> None:
    assert node(MAIN).evaluate(TALK) == [
        ["state", 2],
        {"id": 1, "ok": True, "result": "x"},
        {"id": 2, "ok": False, "error": {"message": "wrong", "text": None, "place": 2, "length": 0}},
    ]
