// @ts-check
/** Where the buttons over the picture stand: where they cover the start, or else the fewest stars. */

/** @typedef {{x: number, y: number}} Pixel */
/** @typedef {"" | "steepest-low" | "steepest-left"} Place above as a rule, at the lower edge, above on the left */

const PLACES = /** @type {Place[]} */ (["", "steepest-low", "steepest-left"]);
const LOW = 190; // pixels of height below which buttons at the lower edge would be as near to the upper one
const HIGH = 30; // pixels, of a row of buttons
const START = { reach: 20, weight: 100 }; // pixels from its middle to its edge
const STAR = { reach: 9, weight: 1 };

export class ButtonPlaces {
  /** @param {HTMLElement} element of the picture, which holds the buttons */
  constructor(element) {
    this.element = element;
    /** What the buttons made way for last: nothing is measured again while it stays. */
    this.cleared = "";
  }

  /**
   * @param {{width: number, height: number}} area of the picture
   * @param {Pixel | null} start
   * @param {Pixel[]} stars
   */
  makeWay(area, start, stars) {
    const fitting = this.element.closest(".steepest-fitting") !== null;
    const points = [...(start ? [{ ...start, ...START }] : []), ...stars.map((star) => ({ ...star, ...STAR }))];
    const places = points.map(({ x, y, weight }) => [Math.round(x), Math.round(y), weight]);
    const key = [area.width, area.height, fitting, ...places].join();
    if (key === this.cleared) return;
    this.cleared = key;
    for (const buttons of this.buttons) {
      const isZoom = buttons.matches(".steepest-zoom");
      const wide = points.length ? buttons.offsetWidth : 0;
      let [chosen, least] = [PLACES[0], Number.POSITIVE_INFINITY];
      for (const place of PLACES) {
        if (place === "steepest-low" && area.height <= LOW) continue;
        if (place === "steepest-left" && !isZoom && !fitting) continue;
        const { left, top } = corner(place, isZoom, fitting, wide, area);
        const covered = points.filter(
          ({ x, y, reach }) => x > left - reach && x < left + wide + reach && y > top - reach && y < top + HIGH + reach,
        );
        const cost = covered.reduce((sum, { weight }) => sum + weight, 0);
        if (cost < least) [chosen, least] = [place, cost];
      }
      for (const name of PLACES.slice(1)) buttons.classList.toggle(name, name === chosen);
    }
  }

  /** Where the buttons stand, in the picture's pixels; those that are hidden nowhere. */
  boxes() {
    return this.buttons.flatMap(({ offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height }) =>
      width ? [{ left, top, right: left + width, bottom: top + height }] : [],
    );
  }

  /** The groups of buttons. @returns {HTMLElement[]} */
  get buttons() {
    return [...this.element.querySelectorAll(".steepest-zoom, .steepest-sweeps")].map(
      (each) => /** @type {HTMLElement} */ (each),
    );
  }
}

/**
 * The upper left corner of buttons, as `stage.css` and `lab.css` have it.
 * @param {Place} place
 * @param {boolean} isZoom
 * @param {boolean} fitting whether a fit stands beside: all buttons are on the right then
 * @param {number} wide
 * @param {{width: number, height: number}} area
 */
function corner(place, isZoom, fitting, wide, { width, height }) {
  const second = fitting && !isZoom; // below the others
  const right = width - 16 - wide;
  const left = fitting ? 50 : isZoom ? 130 : 54;
  const top = place === "steepest-low" ? height - (second ? 80 : 44) - HIGH : second ? 52 : 16;
  return { left: place === "steepest-left" || !(isZoom || fitting) ? left : right, top };
}
