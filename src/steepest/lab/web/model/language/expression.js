// @ts-check
/**
 * Immutable, interned expressions: equal ones are the same object, so a shared part is computed once. `call` keeps the
 * form that was written; `simplified` folds constants and drops neutral elements, as derivatives need it.
 */
import { decimal } from "./numbers.js";
import { CONSTANTS, OPERATIONS, REDUCTIONS, value } from "./operations.js";
import { reducedRows } from "./rows.js";
import { COMPARISON_NAMES, EXPRESSION } from "./tables.js";

/** @typedef {import("./rows.js").Rows} Rows */

const COMPARISONS = new Set(COMPARISON_NAMES.split(" "));
let made = 0;

/** A number, a named constant, a name, a column of a table, or an operation on expressions. */
export class Expression {
  /**
   * @param {string} operation `number`, `constant`, `name`, `column`, or the name of an operation or a function
   * @param {Expression[]} args the expressions it is applied to
   * @param {number} value of a number or a named constant, else NaN
   * @param {string} name of a name, a column or a named constant, else empty
   * @param {Rows | null} source of a column: the rows that it is one of
   */
  constructor(operation, args, value, name, source) {
    this.operation = operation;
    this.arguments = args;
    this.value = value;
    this.name = name;
    /** Of a column and of what contains one: the rows; null for all others. @type {Rows | null} */
    this.source = args.find((argument) => argument.source)?.source ?? source;
    /** Whether it contains no name and nothing random. @type {boolean} */
    this.isConstant = args.length
      ? OPERATIONS.has(operation) && args.every((argument) => argument.isConstant)
      : operation === "number" || operation === "constant";
    /** How many numbers, names and operations it has when written out, shared ones as often as they occur. @type {number} */
    this.parts = args.reduce((sum, argument) => sum + argument.parts, 1);
    /** Different for every expression. */
    this.id = made++;
  }

  /** Its tree as text, such as `add(x, 1.0)`. */
  toString() {
    /** @type {Map<Expression, string>} */
    const texts = new Map(); // not recursive: a long sum is nested deeply
    for (const node of postorder(this)) {
      const inner = node.arguments.map((argument) => texts.get(argument)).join(", ");
      const number = Object.is(node.value, -0) ? "-0" : String(node.value);
      texts.set(node, node.operation === "number" ? number : node.name || `${node.operation}(${inner})`);
    }
    return texts.get(this) ?? "";
  }
}

/** @type {Map<string, WeakRef<Expression>>} */
const known = new Map();
/** @type {FinalizationRegistry<string>} */
const forgotten = new FinalizationRegistry((key) => {
  if (!known.get(key)?.deref()) known.delete(key);
});
/** @type {WeakMap<Rows, number>} */
const tables = new WeakMap();

/**
 * The unique expression with this operation and these arguments, or of this number, constant, name or column.
 * @param {string} operation
 * @param {Expression[]} args
 * @param {number} [number]
 * @param {string} [text]
 * @param {Rows | null} [source]
 */
function intern(operation, args, number = Number.NaN, text = "", source = null) {
  let key = operation;
  if (args.length) for (const argument of args) key += ` ${argument.id}`;
  else if (source) key += ` ${tableNumber(source)} ${text}`;
  else key += text ? ` ${text}` : ` ${Object.is(number, -0) ? "-0" : number}`;
  const found = known.get(key)?.deref();
  if (found) return found;
  const created = new Expression(operation, args, number, text, source);
  known.set(key, new WeakRef(created));
  forgotten.register(created, key);
  return created;
}

/** @param {Rows} rows */
function tableNumber(rows) {
  const number = tables.get(rows) ?? made++;
  tables.set(rows, number);
  return number;
}

/** @param {number} value */
export function number(value) {
  return intern("number", [], value);
}

/**
 * A constant of the language, `pi` or `e`, which keeps its name.
 * @param {string} name
 */
export function constant(name) {
  return intern("constant", [], CONSTANTS.get(name), name);
}

/**
 * The name of a parameter, a hyperparameter, or a quantity of an optimizer's equations.
 * @param {string} text
 */
export function name(text) {
  return intern("name", [], Number.NaN, text);
}

/**
 * A column of a table.
 * @param {string} text
 * @param {Rows} source the rows that it is one of
 */
export function column(text, source) {
  return intern("column", [], Number.NaN, text, source);
}

/**
 * The `sum` or the `mean` over rows; of an argument without a column the number of rows times it, or it.
 * @param {string} operation
 * @param {Expression} argument
 * @param {Rows} rows
 */
export function reduction(operation, argument, rows) {
  if (argument.source) return call(operation, argument);
  return operation === "mean" ? argument : simplified("mul", number(rows.rows), argument);
}

/**
 * The rows of the table whose columns an expression contains.
 * @param {Expression} expression
 */
export function rowsOf(expression) {
  if (!expression.source) throw new Error("there is no column in this expression");
  return expression.source;
}

/**
 * An operation as it was written, except that `-2` is a number and `-(-x)` is x.
 * @param {string} operation
 * @param {Expression[]} args
 */
export function call(operation, ...args) {
  const [first] = args;
  if (operation === "neg" && first.operation === "number") return number(-first.value);
  if (operation === "neg" && first.operation === "neg") return first.arguments[0];
  return intern(operation, args);
}

/** @type {WeakMap<Expression, Expression[]>} */
const orders = new WeakMap();

/**
 * Every expression in one once, arguments before what uses them.
 * @param {Expression} root
 */
export function postorder(root) {
  let order = orders.get(root);
  if (!order) {
    order = postorderOf([root]);
    orders.set(root, order);
  }
  return order;
}

/**
 * Every expression in several once, arguments before what uses them.
 * @param {Expression[]} roots
 */
export function postorderOf(roots) {
  /** @type {Set<Expression>} */
  const seen = new Set();
  for (const root of roots) {
    const stack = seen.has(root) ? [] : [root];
    const places = [0]; // the next argument of each on the stack
    while (stack.length) {
      const top = stack.length - 1;
      const next = stack[top].arguments[places[top]++];
      if (!next) {
        seen.add(/** @type {Expression} */ (stack.pop()));
        places.pop();
      } else if (!seen.has(next)) {
        stack.push(next);
        places.push(0);
      }
    }
  }
  return [...seen]; // in the order of their insertion
}

/**
 * The names that occur in an expression.
 * @param {Expression} root
 */
export function names(root) {
  return new Set(postorder(root).flatMap((node) => (node.operation === "name" ? [node.name] : [])));
}

/**
 * The IEEE value of an expression: NaN or infinite outside the domain.
 * @param {Expression} root
 * @param {Map<string, number>} [values] of the names
 * @param {number} [row] of the table, where a column is a number
 * @returns {number}
 */
export function evaluate(root, values = new Map(), row = -1) {
  /** @type {Map<Expression, number>} */
  const results = new Map();
  for (const node of postorder(root)) {
    let result = node.value;
    if (REDUCTIONS.has(node.operation)) result = overRows(node, values);
    else if (node.arguments.length) {
      const numbers = node.arguments.map((argument) => /** @type {number} */ (results.get(argument)));
      result = value(node.operation, numbers);
    } else if (node.operation === "column") result = row < 0 ? Number.NaN : Number(rowsOf(node).get(node.name)[row]);
    else if (node.operation === "name") result = valueNamed(node.name, values);
    results.set(node, result);
  }
  return /** @type {number} */ (results.get(root));
}

/**
 * @param {string} name
 * @param {Map<string, number>} values
 */
function valueNamed(name, values) {
  const found = values.get(name);
  if (found === undefined) throw new Error(`there is no value of ${name}`);
  return found;
}

/**
 * The value of a sum or a mean.
 * @param {Expression} node
 * @param {Map<string, number>} values
 * @returns {number}
 */
function overRows(node, values) {
  const [inner] = node.arguments;
  const nested = postorder(inner).filter((part) => REDUCTIONS.has(part.operation));
  const numbers = new Map(nested.map((part) => [part, number(overRows(part, values))]));
  const each = nested.length ? rebuilt(inner, numbers) : inner;
  const rows = Array.from({ length: rowsOf(node).rows }, (_, row) => evaluate(each, values, row));
  return reducedRows(node.operation, rows);
}

/**
 * The expression with some of its parts replaced; the rest stays as it was written.
 * @param {Expression} root
 * @param {Map<Expression, Expression>} others
 */
export function rebuilt(root, others) {
  /** @type {Map<Expression, Expression>} */
  const results = new Map();
  const result = (/** @type {Expression} */ node) => /** @type {Expression} */ (results.get(node));
  for (const node of postorder(root)) {
    const kept = () => (node.arguments.length ? call(node.operation, ...node.arguments.map(result)) : node);
    results.set(node, others.get(node) ?? kept());
  }
  return result(root);
}

/**
 * An expression with names replaced by expressions; what becomes constant or neutral is simplified.
 * @param {Expression} root
 * @param {Map<string, Expression>} replacements
 */
export function substitute(root, replacements) {
  /** @type {Map<Expression, Expression>} */
  const results = new Map();
  const result = (/** @type {Expression} */ node) => /** @type {Expression} */ (results.get(node));
  for (const node of postorder(root)) {
    if (node.arguments.length) results.set(node, simplified(node.operation, ...node.arguments.map(result)));
    else results.set(node, (node.operation === "name" && replacements.get(node.name)) || node);
  }
  return result(root);
}

export const ZERO = number(0);
export const ONE = number(1);

/**
 * An operation with numbers folded and neutral elements dropped. A product with the number 0 is 0 even where the other
 * factor is not finite, as derivatives need it.
 * @param {string} operation
 * @param {Expression[]} args
 */
export function simplified(operation, ...args) {
  if (OPERATIONS.has(operation) && args.every((argument) => argument.operation === "number")) {
    const folded = fold(
      operation,
      args.map((argument) => argument.value),
    );
    if (folded !== undefined) return number(folded);
  }
  return neutral(operation, args) ?? call(operation, ...args);
}

/**
 * The value, if people would write it as a number; undefined for 1/3 and sqrt(2), which stay as they are.
 * @param {string} operation
 * @param {number[]} values
 */
function fold(operation, values) {
  const result = value(operation, values);
  if (COMPARISONS.has(operation) || !Number.isFinite(result)) return undefined;
  if (Number.isInteger(result) && Math.abs(result) < EXPRESSION.LARGEST_EXACT) return result + 0; // never -0
  if (operation === "add" || operation === "sub" || operation === "mul")
    return decimal(operation, values[0], values[1]);
  return operation === "neg" ? result : undefined;
}

/**
 * What an operation with a neutral element is; undefined for all others.
 * @param {string} operation
 * @param {Expression[]} args
 * @returns {Expression | undefined}
 */
function neutral(operation, [a, b, c]) {
  switch (operation) {
    case "add":
      return a === ZERO ? b : b === ZERO ? a : undefined;
    case "sub":
      return a === ZERO ? simplified("neg", b) : b === ZERO ? a : undefined;
    case "mul":
      if (a === ZERO || b === ZERO) return ZERO;
      if (a === ONE) return b;
      if (b === ONE) return a;
      if (a.operation === "number" && a.value === -1) return simplified("neg", b);
      return b.operation === "number" && b.value === -1 ? simplified("neg", a) : undefined;
    case "div":
      return a === ZERO ? ZERO : b === ONE ? a : undefined;
    case "pow":
      return b === ONE ? a : b === ZERO ? ONE : undefined;
    case "where":
      return b === c ? b : undefined;
    case "log":
      return a.operation === "constant" && a.name === "e" ? ONE : undefined;
    default:
      return undefined;
  }
}
