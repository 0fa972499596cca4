// @ts-check
/** Texts that are typed but cannot be read yet: kept for a reload of the page. */

/** @typedef {import("./lab.js").Lab} Lab */
/**
 * The formula, and the equations of each optimizer; null for what the state has.
 * @typedef {{objective: string | null, equations: (string | null)[]}} Draft
 */

/**
 * What is typed and not in the state; null where there is nothing.
 * @param {Lab} lab
 * @returns {Draft | null}
 */
export function draftOf({ objectiveControls, optimizerList }) {
  const objective = objectiveControls.card.isDraft ? objectiveControls.card.field.value : null;
  const equations = optimizerList.cards.map(({ editor }) =>
    editor.getAttribute("aria-invalid") === "true" && !editor.hidden ? editor.value : null,
  );
  return objective === null && equations.every((each) => each === null) ? null : { objective, equations };
}

/**
 * Type again what was typed before a reload.
 * @param {Lab} lab
 * @param {Draft | null | undefined} draft
 */
export function typeDraft(lab, draft) {
  if (typeof draft?.objective === "string") {
    lab.objectiveControls.type(draft.objective);
  }
  for (const [index, text] of (draft?.equations ?? []).entries()) {
    const card = lab.optimizerList.cards[index];
    if (typeof text !== "string" || !card) continue;
    if (card.editor.hidden) card.toggleEditor();
    card.editor.value = text;
    lab.optimizerList.setText(index, text);
  }
}
