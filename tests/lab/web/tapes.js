// Tapes of x^2, x^2 + 10y^2, gradient descent and momentum, as Python writes them.
import { Builder } from "../../../src/steepest/lab/web/model/tape/builder.js";

/** The tape of half the sum of curvature times coordinate squared, with its Hessian. */
export function bowl(...curvatures) {
  const builder = new Builder(["x", "y", "z"].slice(0, curvatures.length));
  const scaled = curvatures.map((curvature, i) => builder.emit("mul", builder.constant(curvature), i));
  const parts = scaled.map((slot, i) => builder.emit("mul", builder.constant(0.5), builder.emit("mul", slot, i)));
  const f = parts.reduce((sum, slot) => builder.emit("add", sum, slot));
  const H = curvatures.flatMap((value, i) => curvatures.map((_, j) => builder.constant(i === j ? value : 0)));
  return builder.tape({ f: [f], g: scaled, H }, ["g", "H"]);
}

/** What the page is given of an objective. */
export const objective = (text, ...curvatures) => ({
  text,
  plain: text,
  names: ["x", "y", "z"].slice(0, curvatures.length),
  tape: bowl(...curvatures),
  constants: {},
  constantInputs: [],
  forms: [],
  start: curvatures.map(() => 1),
  hyperparameters: {},
  minima: [{ position: curvatures.map(() => 0), value: 0 }],
  saddles: [],
  gallery: null,
});

/** What the page is given of gradient descent or of momentum, for so many parameters. */
export function optimizer(name, count) {
  const position = Array.from({ length: count }, (_, i) => `theta[${i}]`);
  const state = name === "momentum" ? position.map((_, i) => `v[${i}]`) : [];
  const held = name === "momentum" ? ["lr", "beta"] : ["lr"];
  const inputs = [...position, ...state, ...held, "t", "T", "seed"];
  const operations = [];
  const add = (...operation) => inputs.length + operations.push(operation) - 1;
  const at = (input) => inputs.indexOf(input);
  const places = position.map(at);
  const gradient = places.map((_, k) => add("gradient", k, ...places));
  const velocity = state.map((input, i) => add("add", add("mul", at("beta"), at(input)), gradient[i]));
  const steps = (velocity.length ? velocity : gradient).map((slot) => add("mul", at("lr"), slot));
  const theta = places.map((slot, i) => add("sub", slot, steps[i]));
  const outputs = velocity.length ? { v: velocity, theta } : { theta };
  const defaults = { lr: 0.1, beta: 0.9 };
  return {
    name,
    text: name,
    year: 1847,
    tape: { inputs, constants: [], operations, outputs, vectors: Object.keys(outputs) },
    state: velocity.length ? ["v"] : [],
    hyperparameters: held.map((each) => ({ name: each, default: defaults[each], value: null, schedule: null })),
    squares: [],
    arrows: velocity.length ? ["v"] : [],
  };
}

/** A run by its values, for comparison: its ending's sentence is read, and its arrays are copied. */
export function plain(run) {
  const { kind, message } = run.ending;
  return structuredClone({ ...run, ending: { kind, message } });
}
