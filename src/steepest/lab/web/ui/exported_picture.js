// @ts-check
/** The picture as a file: the cost, and the fit beside or below it as the page has it. */
import { SvgContext } from "../plot/canvas/svg_context.js";

/** @typedef {import("./lab.js").Lab} Lab */
/** @typedef {{width: number, height: number}} Size */

const RATIO = 2; // pixels of a PNG for one of the page
const GAP = 12;

/**
 * The picture as a PNG on paper, of twice the resolution.
 * @param {Lab} lab
 * @returns {Promise<Blob>}
 */
export async function pngOf(lab) {
  const { plane, surface, fitControls, theme, store } = lab;
  const cost = await (store.showsSurface ? surface : plane).image();
  if (!fitControls.isShown) return cost;
  const { clientWidth, clientHeight } = (store.showsSurface ? surface : plane).element;
  const { size, x, y } = place(lab, { width: clientWidth, height: clientHeight });
  const picture = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
  [picture.width, picture.height] = [RATIO * size.width, RATIO * size.height];
  context.scale(RATIO, RATIO);
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, size.width, size.height);
  const drawn = await createImageBitmap(cost);
  context.drawImage(drawn, 0, 0, clientWidth, clientHeight);
  drawn.close();
  context.translate(x, y);
  fitControls.plot.drawOn(context);
  return new Promise((done) => {
    picture.toBlob((blob) => done(/** @type {Blob} */ (blob)));
  });
}

/**
 * The picture as SVG; the cost as a plane.
 * @param {Lab} lab
 */
export function svgOf(lab) {
  const { plane, fitControls, theme } = lab;
  const { size, x, y } = fitControls.isShown ? place(lab, plane.area) : { size: plane.area, x: 0, y: 0 };
  const context = new SvgContext(size.width, size.height, theme.paper);
  plane.drawOn(context);
  if (!fitControls.isShown) return context;
  context.save();
  context.translate(x, y);
  fitControls.plot.drawOn(context);
  context.restore();
  return context;
}

/**
 * Where the fit stands beside or below a cost of this size, and the size of both.
 * @param {Lab} lab
 * @param {Size} cost
 */
function place({ fitControls }, cost) {
  const { element, area } = fitControls.plot;
  const beside = getComputedStyle(/** @type {HTMLElement} */ (element.parentElement)).flexDirection === "row";
  const [x, y] = beside ? [cost.width + GAP, 0] : [0, cost.height + GAP];
  return {
    ...{ x, y },
    size: { width: Math.max(cost.width, x + area.width), height: Math.max(cost.height, y + area.height) },
  };
}
