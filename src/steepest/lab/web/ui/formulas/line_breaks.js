// @ts-check
/**
 * A formula that is wider than its column, as formulas of its parts, between which a line may end: at signs and factors,
 * within brackets too, with fractions and roots written in a row. Elements are moved, not copied.
 */

const NAMESPACE = "http://www.w3.org/1998/Math/MathML";
const INFIX = ["+", "−", "=", "·", "\u2062", "/", ","]; // a line may end before them
const SHORT = 8; // signs: what has no more stays whole
const HELD = ["mi", "mn", "mo", "ms", "mtext"]; // have no parts

/** Elements between which no line ends. @typedef {Element[]} Piece */

/**
 * Put a line's formulas into parts.
 * @param {HTMLElement} line
 */
export function breakLine(line) {
  const formulas = [...line.children].flatMap((formula) =>
    pieces([...formula.children]).map((piece) => make("math", { displaystyle: "true" }, ...piece)),
  );
  line.replaceChildren(...formulas);
  line.classList.add("steepest-broken");
}

/**
 * @param {Element[]} elements in a row
 * @returns {Piece[]}
 */
function pieces(elements) {
  /** @type {Piece[]} */
  const found = [[]];
  let isFirst = true; // a sign in front of everything is not between two operands
  for (const element of elements) {
    const parts = partsOf(element);
    const text = element.tagName === "mo" ? (element.textContent ?? "") : "";
    if (text === "(" || text === ")") element.setAttribute("stretchy", "false"); // its other half may be on another line
    if (INFIX.includes(text) && !isFirst) {
      element.setAttribute("form", "infix");
      if (text === "\u2062") element.setAttribute("lspace", "0.1em");
      found.push([element]);
    } else {
      found[found.length - 1].push(...parts[0]);
      found.push(...parts.slice(1));
    }
    isFirst = false;
  }
  return found.filter((piece) => piece.length);
}

/**
 * @param {Element} element
 * @returns {Piece[]} at least one
 */
function partsOf(element) {
  const { tagName } = element;
  const [first, second] = element.children;
  const isShort = (element.textContent ?? "").length <= SHORT;
  if (HELD.includes(tagName) || !first || isShort) return [[element]];
  if (tagName === "mrow") return orOne(pieces([...element.children]), element);
  if (tagName === "mfrac") return pieces([...bracketed([first]), sign("/"), ...bracketed([second])]);
  if (tagName === "msqrt") return pieces([sign("√"), ...bracketed([...element.children])]);
  if (tagName === "msup" && first.tagName === "mrow") return raised(partsOf(first), second);
  if (tagName === "mtable" && [...element.children].every((row) => row.children.length === 1)) {
    const rows = [...element.children].map((row) => [...row.children[0].children]);
    return pieces([sign("("), ...rows.flatMap((row, index) => (index ? [sign(","), ...row] : row)), sign(")")]);
  }
  return [[element]];
}

/**
 * @param {Piece[]} found
 * @param {Element} element
 */
function orOne(found, element) {
  return found.length ? found : [[element]];
}

/**
 * The pieces of a base, with an exponent at their end.
 * @param {Piece[]} base
 * @param {Element} exponent
 */
function raised(base, exponent) {
  const last = base[base.length - 1];
  const end = /** @type {Element} */ (last.pop());
  last.push(make("msup", {}, end, exponent));
  return base;
}

/** @param {Element[]} elements */
function bracketed(elements) {
  const single = elements.length === 1 && (HELD.includes(elements[0].tagName) || elements[0].tagName === "msup");
  return single ? elements : [sign("("), ...elements, sign(")")];
}

/** @param {string} text */
function sign(text) {
  return make("mo", {}, text);
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Element | string)} children
 */
function make(tag, attributes, ...children) {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
