import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { derivative, gradient } from "../../../src/steepest/lab/web/model/language/algebra/derivative.js";
import { FormulaError } from "../../../src/steepest/lab/web/model/language/errors.js";
import { column, evaluate, number } from "../../../src/steepest/lab/web/model/language/expression.js";
import { readAssignments, readExpression, readFormula } from "../../../src/steepest/lab/web/model/language/grammar.js";
import { mathml } from "../../../src/steepest/lab/web/model/language/notation/mathml.js";
import { plain, textbook } from "../../../src/steepest/lab/web/model/language/notation/notation.js";
import { decimal, general, numberText, repr } from "../../../src/steepest/lab/web/model/language/numbers.js";
import { nearest } from "../../../src/steepest/lab/web/model/language/similarity.js";
import { natural } from "../../../src/steepest/lab/web/model/language/tokens/tokens.js";
import { difference, optimizerOutcome, outcome } from "./language.js";

const CORPUS = new URL("../../language/corpus/", import.meta.url);
const rows = (name) =>
  readFileSync(new URL(name, CORPUS), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const refused = (read) => {
  try {
    read();
  } catch (error) {
    if (error instanceof FormulaError) return error;
    throw error;
  }
  assert.fail("nothing was refused");
};

test("the corpus reads as in Python", () => {
  for (const { text, constants = {}, ...wanted } of rows("formulas.jsonl"))
    assert.deepEqual(difference(wanted, outcome({ text, constants })), {}, JSON.stringify({ text, constants }));
});

test("the corpus of optimizers reads as in Python", () => {
  for (const { text, given = {}, ...wanted } of rows("optimizers.jsonl"))
    assert.deepEqual(
      difference(wanted, optimizerOutcome({ text, settings: given })),
      {},
      JSON.stringify({ text, given }),
    );
});

for (const [value, wanted] of [
  [2, "2"],
  [-0, "-0"],
  [1e16, "1e16"],
  [123456789012345680, "1.2345678901234568e17"],
  [1e-5, "1e-5"],
  [0.0001, "0.0001"],
  [5e-324, "5e-324"],
]) {
  test(`${value} as text is ${wanted}`, () => assert.equal(numberText(value), wanted));
}

test("numbers as Python writes them", () => {
  assert.deepEqual([1e16, 1e-5, -0, 0.1, 1e22, Number.NaN].map(repr), [
    "1e+16",
    "1e-05",
    "-0.0",
    "0.1",
    "1e+22",
    "nan",
  ]);
  assert.deepEqual(
    [1234565, 1234575, 0.5, -33, 1e-7].map((value) => general(value, 6)),
    ["1.23456e+06", "1.23458e+06", "0.5", "-33", "1e-07"],
  );
  assert.deepEqual([decimal("sub", 2.2, 1), decimal("mul", 0.1, 3), decimal("add", 1e300, 5e-324)], [1.2, 0.3, 1e300]);
});

test("names in order, with the numbers in them by value", () => {
  assert.deepEqual(["x10", "b", "x2", "x", "x02"].sort(natural), ["b", "x", "x02", "x2", "x10"]);
});

test("similar words", () => {
  assert.equal(nearest("momentun", ["gd", "momentum"]), "momentum");
  assert.equal(nearest("z", ["gd"]), undefined);
});

test("an error shows the text and a caret", () => {
  const error = refused(() => readFormula("2x + sni(x)"));
  assert.equal(String(error), "there is no function 'sni': did you mean sin?\n  2x + sni(x)\n       ^");
  assert.equal(refused(() => readFormula("𝑥 + ?")).position, 4, "characters beyond U+FFFF count once");
});

test("equations have their numbers", () => {
  const [first, second] = readAssignments(["v = beta*v + noise()", "theta = theta - v*noise()"], ["theta", "beta"]);
  assert.deepEqual([first[0], String(first[1])], ["v", "add(mul(beta, v), noise(0))"]);
  assert.equal(String(second[1]), "sub(theta, mul(v, noise(1)))");
  assert.equal(refused(() => readAssignments(["theta = v"], ["theta"])).where, "equation 1");
  assert.equal(String(readExpression("0.1/(1+t)", ["t", "T"])), "div(0.1, add(1, t))");
});

test("means over the rows of a table", () => {
  const table = { rows: 3, get: (/** @type {string} */ name) => ({ a: [1, 2, 6], b: [2, 0, 1] })[name] };
  const meanings = new Map(["a", "b"].map((name) => [name, column(name, table)]));
  const { expression, names } = readFormula("mean((w*a - b)^2)", meanings);
  const at = new Map([["w", 0.5]]);
  const wanted = ((0.5 - 2) ** 2 + 1 + 4) / 3;
  assert.deepEqual(names, ["w"]);
  assert.equal(evaluate(expression, at), wanted);
  assert.equal(evaluate(gradient(expression, names)[0], at), evaluate(derivative(expression, "w"), at));
  assert.equal(plain(derivative(expression, "w")), "2*mean(a*(w*a-b))");
  assert.match(refused(() => readFormula("w a", meanings)).reason, /the column 'a' has a number in every row/);
});

test("values in place of names", () => {
  const { expression } = readFormula("2x^2 - 4x");
  assert.equal(plain(expression, new Map([["x", -1]])), "2*(-1)^2 - 4*(-1)");
  assert.equal(textbook(expression), "2x^2 - 4x");
  assert.match(mathml(expression, new Map([["x", 2.5e-7]])), /<mn>2.5<\/mn><mo>·<\/mo>/);
});

test("equal expressions are the same object", () => {
  assert.equal(readFormula("x + 2 x").expression, readFormula("x+2*x").expression);
  assert.notEqual(number(0), number(-0));
});

test("a long sum is no deep recursion", () => {
  const { expression, names } = readFormula(Array(400).fill("x").join("+"));
  assert.equal(plain(derivative(expression, "x")), "400");
  assert.deepEqual(gradient(expression, names).map(String), ["400"]);
  assert.match(refused(() => readFormula(`${"(".repeat(900)}x`)).reason, /nested more than 64 deep/);
});
