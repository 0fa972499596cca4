// @ts-check
/** What was wrong with a text that was typed. */
import { h } from "./dom.js";

const WIDE = 44; // characters of a line that are shown
const BEFORE = 24; // of a longer one in front of the mistake

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
  const points = [...text.replaceAll("\n", " ")];
  const from = points.length <= WIDE ? 0 : Math.max(0, (place ?? 0) - BEFORE);
  const shown = points.slice(from, from + WIDE);
  if (from) shown[0] = "…";
  if (from + WIDE < points.length) shown[WIDE - 1] = "…";
  const line = shown.join("");
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
