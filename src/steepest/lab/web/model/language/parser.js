// @ts-check
/** Tokens -> expression: names, constants and functions with their arguments, and what other languages call them. */
import { BARE, constantSpelled, dialectReason, READINGS, spelled } from "./dialects.js";
import { clipped } from "./errors.js";
import { call, constant, name, names, number, postorder } from "./expression.js";
import { general } from "./numbers.js";
import { CONSTANTS, FUNCTIONS, REDUCTIONS } from "./operations.js";
import { COMPARISON_SIGNS, PrecedenceParser } from "./precedence.js";
import { nearest } from "./similarity.js";
import { fused, isElsewhere, listed, noFunction, signature } from "./suggestions.js";
import { PARSER, PRECEDENCE } from "./tables.js";
import { readTokens } from "./tokens/pasted.js";
import { GREEK } from "./tokens/tokens.js";

/** @typedef {import("./expression.js").Expression} Expression */
/** @typedef {import("./tokens/tokens.js").Token} Token */

const { DECIMAL_COMMA, PRODUCT } = PRECEDENCE;
export const ALIASES = new Map(Object.entries(PARSER.ALIASES));
const VARIADIC = new Set(PARSER.VARIADIC.split(" "));
const INVERSES = new Map(Object.entries(PARSER.INVERSES));
const WITH_TWO = new Map(Object.entries(PARSER.WITH_TWO));
const CALLED = [...FUNCTIONS.keys(), ...ALIASES.keys()];

/** The parser of the whole language. */
export class Parser extends PrecedenceParser {
  /**
   * A name, a constant, or a function with its arguments.
   * @param {Token} token
   * @returns {Expression}
   */
  name(token) {
    if (token.prefix === "`") return this.quoted(token);
    const word = this.meaning(token);
    if (this.isFunction(word)) return this.function(word, token);
    this.count();
    if (CONSTANTS.has(word) && !this.given.has(word)) {
      const [opening, closing] = this.tokens.slice(this.index, this.index + 2);
      if (word === "pi" && opening.kind === "(" && closing?.kind === ")") this.index += 2; // PI() of spreadsheets
      return constant(word);
    }
    const meaning = this.given.has(word) && this.meanings.get(word);
    if (meaning) return this.meant(meaning, token);
    this.checkCall(word, token);
    if (word.length > 1) this.checkWord(word, token);
    this.deepest.set(word, Math.max(this.depth, this.deepest.get(word) ?? 0));
    if (!this.positions.has(word)) this.positions.set(word, token.position);
    return name(word);
  }

  /**
   * The column whose name stands in backquotes.
   * @param {Token} token
   */
  quoted(token) {
    const { text, position } = token;
    const meaning = this.meanings.get(text);
    if (!meaning) {
      const { columns } = this;
      if (!columns.length)
        this.fail("backquotes stand around the name of a column, and this formula has no table", position);
      const near = nearest(text, columns);
      const hint = near ? `did you mean \`${near}\`?` : `there are ${listed(columns)}`;
      this.fail(`there is no column '${clipped(text)}': ${hint}`, position);
    }
    this.count();
    return this.meant(meaning, token);
  }

  /**
   * What a name stands for, with the place where it stands, preferably outside of sums and means.
   * @param {Expression} meaning
   * @param {Token} token
   */
  meant(meaning, { position }) {
    const places = this.reducing ? this.origins : this.outside;
    if (!places.has(meaning)) places.set(meaning, position);
    return meaning;
  }

  /** The names of the table's columns. */
  get columns() {
    return [...this.meanings].filter(([, meaning]) => meaning.operation === "column").map(([word]) => word);
  }

  /**
   * Refuse a column that stands outside a sum or mean over the rows, and a sum or mean in which there is none.
   * @param {Expression} expression of all tokens
   * @param {boolean} inside whether it is itself taken in every row
   */
  checkRows(expression, inside) {
    for (const node of postorder(expression)) {
      if (!REDUCTIONS.has(node.operation) || node.source) continue;
      const words = [...names(node)].sort().filter((word) => word.length > 1);
      const near = words.map((word) => nearest(word, this.columns)).find(Boolean);
      const hint = near ? `did you mean ${near}?` : `the columns are ${listed(this.columns)}`;
      this.fail(
        `there is no column in this ${node.operation}, which is taken over the rows: ${hint}`,
        this.origins.get(node),
      );
    }
    const waiting = inside ? [] : [expression];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if (node.operation === "column") {
        const reason = `the column '${clipped(node.name)}' has a number in every row: put mean(...) or sum(...) around it`;
        this.fail(reason, this.outside.get(node));
      }
      if (!REDUCTIONS.has(node.operation)) waiting.push(...node.arguments);
    }
  }

  /**
   * The function, the reading of another language's function, the constant or the name that a word stands for.
   * @param {Token} token
   */
  meaning({ text: word, prefix }) {
    if (this.given.has(word) || this.extra.has(word)) return word;
    const called = this.token.kind === "(";
    const bare = this.standsBare(word, this.index);
    if (FUNCTIONS.has(word) || ALIASES.has(word) || called || bare || prefix) {
      const found = spelled(word);
      if (found && (FUNCTIONS.has(found) || called || bare)) return found;
    }
    return constantSpelled(word, prefix !== "") ?? word;
  }

  /**
   * Whether a word is a function of the language or one that the tables read.
   * @param {string} word
   */
  isFunction(word) {
    return this.extra.has(word) || (!this.given.has(word) && (FUNCTIONS.has(word) || this.isReading(word)));
  }

  /**
   * Whether a word is another language's function in front of its argument.
   * @param {string} word
   */
  isReading(word) {
    return READINGS.has(word) && (this.token.kind === "(" || this.standsBare(word, this.index));
  }

  /**
   * Whether a word is a function that its argument follows without brackets, perhaps with a power in between.
   * @param {string} word
   * @param {number} from
   */
  standsBare(word, from) {
    if (!BARE.has(word)) return false;
    let index = from;
    if (this.tokens[index].kind === "superscript") index++;
    else if (this.tokens[index].kind === "^") {
      index += this.tokens[index + 1].kind === "-" ? 2 : 1;
      if (this.tokens[index].kind !== "number") return false;
      index++;
    }
    const { kind } = this.tokens[Math.min(index, this.tokens.length - 1)];
    return kind === "number" || kind === "name" || kind === "(" || kind === "|";
  }

  /**
   * Refuse a name in front of brackets, or one of a library, that would be read as a factor and is meant as a call.
   * @param {string} word
   * @param {Token} token
   */
  checkCall(word, { prefix, position }) {
    if (this.given.has(word)) return;
    const bracket = this.token.kind === "(";
    const reason = bracket ? dialectReason(word) : "";
    if (reason) this.fail(reason, position);
    if (prefix) this.fail(noFunction(word, CALLED)[0], position);
    if (!bracket || !this.token.glued) return;
    const [inner, closing] = this.tokens.slice(this.index + 1, this.index + 3);
    if (inner.kind === "number" && closing?.kind === ")" && /^\d+$/.test(inner.text)) {
      const way = `${clipped(word)}${inner.text} or ${clipped(word)}*${inner.text}`;
      this.fail(`this could be an element or a product: write ${clipped(way)}`, position);
    }
    if (!this.known && (word === "f" || word === "g" || word === "h") && this.holdsNames(this.index + 1))
      this.fail(`the function ${word} is not defined: write its formula, or ${word}*(...) for a parameter`, position);
  }

  /**
   * Whether only names with commas between them stand before the closing bracket.
   * @param {number} from
   */
  holdsNames(from) {
    let index = from;
    while (this.tokens[index].kind === "name" && this.tokens[index + 1].kind === ",") index += 2;
    return this.tokens[index].kind === "name" && this.tokens[index + 1].kind === ")";
  }

  /**
   * Refuse a word that is meant as a function: `sine(x)`, `sine x`, `sinx`.
   * @param {string} word
   * @param {Token} token
   */
  checkWord(word, { position }) {
    const stem = word.replace(/[0-9_]+$/, "");
    if (stem.length === 1 || GREEK.has(stem) || this.given.has(word)) return;
    if (this.token.kind === "(" && this.token.glued)
      this.fail(noFunction(word, [...CALLED, ...this.extra.keys()])[0], position);
    if (this.known || (word.length === 2 && !isElsewhere(word))) return;
    const call = fused(word);
    if (call) this.fail(`adjacent letters are one name: write ${call}, or give the parameter another name`, position);
    if (!this.startsOperand()) return; // else read as the product of two parameters
    const [reason, meant] = noFunction(word, CALLED);
    if (meant) this.fail(`${reason} (write ${word}*... if it is a parameter)`, position);
  }

  /**
   * A function with its arguments, in brackets or without, and a power in between.
   * @param {string} word
   * @param {Token} token
   */
  function(word, token) {
    const exponent = this.functionExponent(token);
    const result = this.token.kind === "(" ? this.reduced(word, token) : this.callBare(word, token);
    return exponent ? this.node("pow", token.position, result, exponent) : result;
  }

  /**
   * A call in brackets, within which a sum or a mean is known.
   * @param {string} word
   * @param {Token} token
   */
  reduced(word, token) {
    const one = Number(REDUCTIONS.has(word));
    this.reducing += one;
    const result = this.callInBrackets(word, token);
    this.reducing -= one;
    return result;
  }

  /**
   * A function with its argument behind it, without brackets.
   * @param {string} word
   * @param {Token} token
   */
  callBare(word, token) {
    const { text, position } = token;
    if (this.extra.has(word) || !(BARE.has(word) || FUNCTIONS.get(word)?.arity === 1))
      this.fail(`${text} needs its arguments in brackets, such as ${signature(word)}`, position);
    if (!["number", "name", "|", "-"].includes(this.token.kind))
      this.fail(`${text} needs an argument, such as ${text}(x)`, position);
    const before = this.nodes;
    const deeper = deepening(word);
    this.depth += deeper;
    const argument = this.bareArgument();
    this.depth -= deeper;
    return this.applied(word, token, [argument], [this.nodes - before]);
  }

  /**
   * The 2 of `sin^2(x)`; `sin^-1(x)` could mean two things and is refused.
   * @param {Token} token
   */
  functionExponent({ text, position }) {
    if (this.token.kind !== "^" && this.token.kind !== "superscript") return undefined;
    const exponent = this.exponentOf(text);
    if (exponent.value >= 0) return exponent;
    if (exponent.value !== -1)
      this.fail(`write the power behind the brackets: ${text}(x)^${general(exponent.value, 6)}`, position);
    const inverse = INVERSES.get(ALIASES.get(text) ?? text) ?? "the inverse function";
    return this.fail(`${text}^-1 could mean ${inverse} or 1/${text}(x): write one of them`, position);
  }

  /**
   * The number behind a function's name.
   * @param {string} text the name as it was typed
   */
  exponentOf(text) {
    const sign = this.advance();
    if (sign.kind === "superscript") return this.number(sign);
    const negative = this.token.kind === "-";
    if (negative) this.advance();
    if (this.token.kind === "number") {
      const size = this.number(this.advance());
      return negative ? call("neg", size) : size;
    }
    if (negative) return number(-1);
    return this.fail(`write the power behind the brackets: ${text}(x)^n`);
  }

  /** The factors up to the next function, sum, quotient or closing bracket: `sin 2x`. */
  bareArgument() {
    let argument = this.expression(PRODUCT);
    while (!this.atFunction() && (this.token.kind === "*" || this.startsOperand()))
      argument = this.infix(argument, PRODUCT);
    return argument;
  }

  /** Whether the next factor is a function, with `*` in front or not. */
  atFunction() {
    const starred = Number(this.token.kind === "*");
    const { kind, text } = this.tokens[this.index + starred];
    if (kind !== "name") return false;
    if (this.given.has(text)) return this.extra.has(text);
    const word = ALIASES.get(text) ?? text;
    const index = this.index + 1 + starred;
    const called = this.tokens[index].kind === "(" && spelled(word) !== undefined;
    return FUNCTIONS.has(word) || this.standsBare(word, index) || this.extra.has(word) || called;
  }

  /**
   * A function with its arguments in brackets.
   * @param {string} word
   * @param {Token} token
   */
  callInBrackets(word, token) {
    const { text, position } = token;
    const { args, sizes, decimalComma } = this.arguments(word);
    if (word === "log" && args.length === 2 && (text === "log" || text === "LOG")) {
      const [over, under] = args.map((argument) => this.node("log", position, argument));
      return this.node("div", position, over, under);
    }
    if (word === "noise" && !args.length) return this.node(word, position, number(this.noise++));
    if (VARIADIC.has(word) && args.length > 2)
      return args.reduce((result, argument) => this.node(word, position, result, argument));
    this.checkArity(word, token, args.length, decimalComma);
    return this.applied(word, token, args, sizes);
  }

  /**
   * The arguments in brackets, how many parts each has, and where a comma stands between digits, as in `0,5`.
   * @param {string} word
   */
  arguments(word) {
    const opening = this.advance();
    const deeper = deepening(word);
    /** @type {Expression[]} */
    const args = [];
    /** @type {number[]} */
    const sizes = [];
    /** @type {number | undefined} */
    let decimalComma;
    this.open.push("(");
    this.depth += deeper;
    while (this.token.kind !== ")" || args.length) {
      if (args.length) {
        const comma = this.advance();
        if (this.isDecimal(comma)) decimalComma = comma.position;
      }
      const before = this.nodes;
      args.push(word === "where" && !args.length ? this.condition() : this.expression(0));
      sizes.push(this.nodes - before);
      if (this.token.kind !== ",") break;
    }
    this.depth -= deeper;
    this.close("(", opening);
    return { args, sizes, decimalComma };
  }

  /**
   * Refuse a wrong number of arguments, or a decimal comma.
   * @param {string} word
   * @param {Token} token
   * @param {number} count
   * @param {number | undefined} decimalComma
   */
  checkArity(word, { text, position }, count, decimalComma) {
    const readings = templates(word);
    const last = readings.at(-1);
    const arity = this.extra.get(word) ?? FUNCTIONS.get(word)?.arity ?? last?.names.length ?? 0;
    if (count > arity && decimalComma !== undefined) this.fail(DECIMAL_COMMA, decimalComma);
    if (count === arity || readings.some((template) => template.names.length === count)) return;
    const written = last?.signature ?? signature(word);
    const takes = `${arity} argument${arity === 1 ? "" : "s"}, ${written}, and got ${count}${WITH_TWO.get(word) ?? ""}`;
    this.fail(`${clipped(text)} takes ${takes}`, position);
  }

  /**
   * A function, or the formula that the tables read a word as, of its arguments, which have so many parts each.
   * @param {string} word
   * @param {Token} token
   * @param {Expression[]} args
   * @param {number[]} sizes
   */
  applied(word, { text, position }, args, sizes) {
    const template = templates(word).find((each) => each.names.length === args.length);
    if (!template || this.extra.has(word) || FUNCTIONS.has(word)) return this.node(word, position, ...args);
    template.times.forEach((times, index) => {
      if (times > 1 && postorder(args[index]).some((part) => part.operation === "noise"))
        this.fail(`${clipped(text)} would draw its noise more than once: assign noise() to a name first`, position);
      this.count((times - 1) * sizes[index]);
    });
    const results = new Map(template.names.map((each, index) => [name(each), args[index]]));
    const result = (/** @type {Expression} */ part) => /** @type {Expression} */ (results.get(part));
    for (const part of postorder(template.expression)) {
      if (part.arguments.length) results.set(part, this.node(part.operation, position, ...part.arguments.map(result)));
      else if (part.operation !== "name") results.set(part, part);
    }
    return result(template.expression);
  }

  /**
   * Whether the comma that was just read stands between digits, as in `0,5`.
   * @param {Token} comma
   */
  isDecimal(comma) {
    const { kind, glued } = this.token;
    return kind === "number" && this.tokens[this.index - 2].kind === "number" && glued && comma.glued;
  }

  /** The comparison that `where` begins with. */
  condition() {
    const left = this.expression(0);
    const { kind, position } = this.token;
    const comparison = COMPARISON_SIGNS.get(kind);
    if (!comparison) this.fail("where starts with a comparison, without brackets: where(x < 0, a, b)");
    this.index++;
    const result = this.node(comparison, position, left, this.expression(0));
    if (COMPARISON_SIGNS.has(this.token.kind)) this.fail("chained comparisons are not read: nest one where in another");
    return result;
  }
}

/**
 * What a function of another language is read as: `clip(x, a, b)` as min(max(x, a), b).
 * @typedef {object} Template
 * @property {string[]} names of the arguments
 * @property {Expression} expression of these names
 * @property {number[]} times how often each argument occurs in the expression
 * @property {number} deeper how much deeper the arguments stand in the expression than in a call
 * @property {string} signature the call, for errors
 */

/** @type {Map<string, Template[]>} */
const known = new Map();

/**
 * The readings of a word, which differ in the number of arguments.
 * @param {string} word
 */
function templates(word) {
  const found = known.get(word) ?? (READINGS.get(word) ?? []).map((reading) => template(word, reading));
  if (found.length) known.set(word, found);
  return found;
}

/**
 * @param {string} word
 * @param {string} reading such as `x: x^2`
 * @returns {Template}
 */
function template(word, reading) {
  const [head, text] = reading.split(": ");
  const parameters = head.split(", ");
  const tokens = readTokens(text);
  const parser = new Parser(text, tokens, 0, { known: parameters });
  const expression = parser.whole();
  const times = parameters.map(
    (parameter) => tokens.filter(({ kind, text }) => kind === "name" && text === parameter).length,
  );
  const deeper = Math.max(...parser.deepest.values()) - 1;
  return { names: parameters, expression, times, deeper, signature: `${word}(${head})` };
}

/**
 * How much deeper the arguments of a call stand in what it is read as.
 * @param {string} word
 */
function deepening(word) {
  return Math.max(0, ...templates(word).map(({ deeper }) => deeper));
}
