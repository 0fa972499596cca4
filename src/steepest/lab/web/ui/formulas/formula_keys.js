// @ts-check
/** A row of keys for formulas, for screens whose keyboards have few of their signs. */
import { h } from "../dom.js";

/** What a key writes, and how many signs from its end the caret then stands. @type {[string, number][]} */
const KEYS = [
  ["x", 0],
  ["y", 0],
  ["^", 0],
  ["(", 0],
  [")", 0],
  ["+", 0],
  ["-", 0],
  ["*", 0],
  ["/", 0],
  ["sin()", 1],
  ["cos()", 1],
  ["exp()", 1],
  ["log()", 1],
  ["sqrt()", 1],
  ["pi", 0],
];

/**
 * @param {HTMLInputElement} field that they write into
 */
export function formulaKeys(field) {
  const write = (/** @type {string} */ text, /** @type {number} */ back) => {
    const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
    field.setRangeText(text, from, to, "end");
    const caret = from + text.length - back;
    field.setSelectionRange(caret, caret);
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };
  const keys = KEYS.map(([text, back]) =>
    h(
      "button",
      {
        type: "button",
        class: "steepest-button steepest-key",
        tabindex: "-1",
        onpointerdown: (/** @type {Event} */ event) => event.preventDefault(), // the field keeps the focus
        onclick: () => write(text, back),
      },
      text.replace("()", ""),
    ),
  );
  return h("div", { class: "steepest-keys", role: "group", "aria-label": "signs of formulas" }, ...keys);
}
