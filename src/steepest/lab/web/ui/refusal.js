// @ts-check
/** What was wrong with a text that was typed. */
import { h } from "./dom.js";

/** @typedef {{message: string, text?: string, place?: number | null, length?: number, constant?: string}} Refusal */

/**
 * A mistake with a caret under its place.
 * @param {Refusal | null} refusal
 * @param {string} id
 */
export function refusalText(refusal, id) {
  if (!refusal) return h("div", { class: "steepest-refusal", id, hidden: true });
  const place = refusal.place ?? null;
  const text = refusal.text ?? "";
  const points = [...text];
  const from = Math.max(0, (place ?? 0) - 24);
  const line = points
    .slice(from, from + 44)
    .join("")
    .replaceAll("\n", " ");
  return h(
    "div",
    { class: "steepest-refusal", id, role: "status" },
    h("p", null, refusal.message),
    place !== null && text ? h("pre", { "aria-hidden": "true" }, `${line}\n${" ".repeat(place - from)}^`) : null,
  );
}

/**
 * What was thrown, as a refusal.
 * @param {any} error
 * @returns {Refusal}
 */
export function refusalOf(error) {
  return error && typeof error.message === "string" ? error : { message: String(error) };
}
