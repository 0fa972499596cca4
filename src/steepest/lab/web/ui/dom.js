// @ts-check
/** Making elements, and asking for the numbers and words in them. */

/** @typedef {Record<string, any>} Attributes */

/**
 * An element with attributes, listeners (`onclick`) and children; null and false are left out.
 * @param {string} tag
 * @param {Attributes | null} attributes
 * @param {...(Node | string | null | false | undefined)} children
 * @returns {any}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden")
      Object.assign(element, { [name]: value });
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(
    .../** @type {(Node | string)[]} */ (
      children.filter((child) => child !== null && child !== undefined && child !== false)
    ),
  );
  return element;
}

const PATHS = /** @type {Record<string, string>} */ ({
  play: "M7 4.5v15l12-7.5z",
  pause: "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
  back: "M17 5v14L9 12zM6 5h2v14H6z",
  next: "M7 5v14l8-7zM16 5h2v14h-2z",
  first: "M5 5h2v14H5zM18.5 5v14L13 12zM13 5v14l-5.5-7z",
  last: "M17 5h2v14h-2zM5.5 5v14l5.5-7zM11 5v14l5.5-7z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
  close: "M6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12 19 6.4 17.6 5 12 10.6z",
  copy: "M8 3h11v13h-2V5H8zM5 7h10v14H5zm2 2v10h6V9z",
  edit: "m15.5 4 4.5 4.5L9 19.5 4 20l.5-5zm0 2.8L6.4 16l-.2 1.8 1.8-.2 9.2-9.1z",
  fit: "M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z",
  undo: "M9 4 3 9.5 9 15v-4.5h5.5a3.75 3.75 0 0 1 0 7.5H8v2h6.5a5.75 5.75 0 0 0 0-11.5H9z",
  redo: "M15 4 21 9.5 15 15v-4.5H9.5a3.75 3.75 0 0 0 0 7.5H16v2H9.5a5.75 5.75 0 0 1 0-11.5H15z",
  present: "M3 4h18v13h-8v2h4v2H7v-2h4v-2H3zm2 2v9h14V6zm5 1.5 5 3-5 3z",
  scheme: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2v14a7 7 0 0 1 0-14z",
  history:
    "M12 3a9 9 0 0 0-8.5 6H1.2l3.6 4.6L8.4 9H5.7a7 7 0 1 1-.4 5l-2 .4A9 9 0 1 0 12 3zm-1 4h2v4.6l3.4 2-1 1.7-4.4-2.6z",
  arrow: "M4 11h11l-4-4 1.4-1.4L19 12l-6.6 6.4L11 17l4-4H4z",
  basins: "M4 4h7v7H4zM13 4h7v7h-7zm2 2v3h3V6zM4 13h7v7H4zm2 2v3h3v-3zM13 13h7v7h-7z",
  many: "M12 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM6 5a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM18 5a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM6 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM18 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  loop: "M7 7h9V4l5 4.5-5 4.5v-3H9v3H7zm10 10H8v3l-5-4.5L8 11v3h7v-3h2z",
  down: "M6 9l6 6 6-6-1.4-1.4L12 12.2 7.4 7.6z",
});

/**
 * A picture of one of the paths above.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "steepest-icon");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/**
 * A button that shows a picture and says what it does.
 * @param {string} name
 * @param {string} label
 * @param {(event: Event) => void} onclick
 * @param {string} [kind]
 */
export function iconButton(name, label, onclick, kind = "") {
  return h(
    "button",
    { type: "button", class: `steepest-button steepest-square ${kind}`, "aria-label": label, title: label, onclick },
    icon(name),
  );
}

/**
 * How many times as large an element is shown as its own pixels are (CSS `zoom`).
 * @param {HTMLElement} element
 */
export function magnification(element) {
  return element.getBoundingClientRect().width / element.offsetWidth || 1;
}

/**
 * The pixels of the screen for each of an element's, at most 2.
 * @param {HTMLElement} element
 */
export function pixelRatio(element) {
  return Math.min((window.devicePixelRatio || 1) * magnification(element), 2);
}

/**
 * Rebuild a part of the page; the control that had the focus has it again, told by its label and its place among its like.
 * @param {HTMLElement} element
 * @param {() => void} rebuild
 */
export function keepFocus(element, rebuild) {
  const focused = element.querySelector(":focus");
  const label = focused?.getAttribute("aria-label") ?? "";
  const alike = () =>
    [...element.querySelectorAll("[aria-label]")].filter((each) => each.getAttribute("aria-label") === label);
  const place = focused ? alike().indexOf(focused) : -1;
  rebuild();
  if (place < 0 || element.querySelector(":focus")) return;
  const found = /** @type {HTMLElement[]} */ (alike());
  found[Math.min(place, found.length - 1)]?.focus({ preventScroll: true });
}

/**
 * An element with MathML that Python wrote.
 * @param {string} tag
 * @param {string} mathml
 * @param {Attributes} [attributes]
 */
export function math(tag, mathml, attributes = {}) {
  const element = h(tag, attributes);
  element.innerHTML = mathml;
  for (const sign of element.querySelectorAll("mo")) {
    const words = [sign.previousElementSibling, sign.nextElementSibling].some(
      (each) => each?.tagName === "mi" && (each.textContent ?? "").length > 1,
    );
    if (sign.textContent === "\u2062" && words) sign.setAttribute("lspace", "0.22em");
  }
  return element;
}
