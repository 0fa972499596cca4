// @ts-check
/** How wide a text is, whatever it is drawn on: what writes SVG cannot measure. */

const LETTER = 7; // pixels, where nothing can be measured

/** @type {CanvasRenderingContext2D | null} */
let measuring = null;

/**
 * The pixels that a text takes.
 * @param {string} text
 * @param {string} font
 */
export function widthOf(text, font) {
  measuring ??= document.createElement("canvas").getContext("2d");
  if (!measuring) return LETTER * text.length;
  measuring.font = font;
  return measuring.measureText(text).width;
}
