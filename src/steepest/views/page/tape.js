// @ts-check
/**
 * The tape in the browser: links an optimizer's tape with an objective's and runs the result.
 *
 * A tape is a straight-line program without branches: inputs, constants, then one slot for each operation. `Machine` runs one
 * over a Float64Array; `Grid` evaluates one over rows of points. The numbers equal those of Python: tests hold them to 1e-12.
 */

/** @typedef {[string, ...number[]]} Operation */
/** @typedef {{inputs: string[], constants: number[], operations: Operation[], outputs: Record<string, number[]>, vectors: string[]}} Tape */

export const STEP = "±step";
const CALLS = /** @type {Record<string, number>} */ ({ value: 0, gradient: 1, hessian: 2 });
const NOT_RECORDED = new Set(["theta", "f", "g", STEP]);
const REPEATED = 64;

const NAMES = [
  "lt", "le", "gt", "ge", "eq", "ne", "neg", "add", "sub", "mul", "div", "pow", "sqrt", "cbrt", "exp", "log", "log2", "log10",
  "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "floor", "ceil", "abs", "sign", "min", "max",
  "where", "sigmoid", "softplus", "erf", "hypot", "noise",
];
const CODES = new Map(NAMES.map((name, code) => [name, code]));

/** What an argument must be for the value to be finite; operations that are not here can only overflow. */
const DOMAINS = /** @type {Record<string, string>} */ ({
  div: "a divisor other than 0", pow: "a positive base for this exponent", sqrt: "a number that is not negative",
  log: "a positive number", log2: "a positive number", log10: "a positive number",
  sin: "a finite number", cos: "a finite number", tan: "a finite number",
  asin: "a number from -1 to 1", acos: "a number from -1 to 1",
});

// Operations ---------------------------------------------------------------------------------------------------------

/** IEEE's power, where JavaScript has its own mind about 1 and -1. @param {number} a @param {number} b */
function power(a, b) {
  if (a === 1) return 1;
  if (a === -1 && (b === Infinity || b === -Infinity)) return 1;
  return Math.pow(a, b);
}

/** @param {number} a */
function sigmoid(a) {
  if (a >= 0) return 1 / (1 + Math.exp(-a));
  const growth = Math.exp(a);
  return growth / (1 + growth);
}

/** @param {number} a */
function softplus(a) {
  return (a >= 0 || a !== a ? a : 0) + Math.log1p(Math.exp(-Math.abs(a)));
}

/** The error function: its series of positive terms (Abramowitz and Stegun 7.1.6), beyond 3 the continued fraction of 1 - erf (7.1.14). @param {number} a */
function erf(a) {
  const x = Math.abs(a);
  if (x !== x) return a;
  if (x > 6) return a > 0 ? 1 : -1;
  if (x < 3) {
    let term = a, sum = a;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += term *= (2 * a * a) / (2 * n + 1);
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum;
  }
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  const rest = Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
  return a > 0 ? 1 - rest : rest - 1;
}

/** The hash PCG3D of three 32-bit integers (Jarzynski and Olano, JCGT 9(3), 2020, p. 27). @param {number} x @param {number} y @param {number} z */
export function pcg3d(x, y, z) {
  x = (Math.imul(x, 1664525) + 1013904223) | 0;
  y = (Math.imul(y, 1664525) + 1013904223) | 0;
  z = (Math.imul(z, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  return [x >>> 0, y >>> 0, z >>> 0];
}

/** Standard normal noise (Box and Muller, 1958). @param {number} seed @param {number} step @param {number} stream @param {number} coordinate */
function normal(seed, step, stream, coordinate) {
  const [a, b] = pcg3d(coordinate, step, (seed + Math.imul(stream, 0x9e3779b9)) | 0);
  return Math.sqrt(-2 * Math.log((a + 0.5) / 4294967296)) * Math.cos(2 * Math.PI * ((b + 0.5) / 4294967296));
}

/** Coordinate `coordinate` of the seed's `index`-th random point, between 0 and 1. @param {number} seed @param {number} index @param {number} coordinate */
export function uniform(seed, index, coordinate) {
  return (pcg3d(coordinate, index, ~seed)[2] + 0.5) / 4294967296;
}

/** @param {number} code @param {number} a @param {number} b @param {number} c @param {number} d */
function apply(code, a, b, c, d) {
  switch (code) {
    case 0: return a < b ? 1 : 0;
    case 1: return a <= b ? 1 : 0;
    case 2: return a > b ? 1 : 0;
    case 3: return a >= b ? 1 : 0;
    case 4: return a === b ? 1 : 0;
    case 5: return a !== b ? 1 : 0;
    case 6: return -a;
    case 7: return a + b;
    case 8: return a - b;
    case 9: return a * b;
    case 10: return a / b;
    case 11: return power(a, b);
    case 12: return Math.sqrt(a);
    case 13: return Math.cbrt(a);
    case 14: return Math.exp(a);
    case 15: return Math.log(a);
    case 16: return Math.log2(a);
    case 17: return Math.log10(a);
    case 18: return Math.sin(a);
    case 19: return Math.cos(a);
    case 20: return Math.tan(a);
    case 21: return Math.asin(a);
    case 22: return Math.acos(a);
    case 23: return Math.atan(a);
    case 24: return Math.atan2(a, b);
    case 25: return Math.sinh(a);
    case 26: return Math.cosh(a);
    case 27: return Math.tanh(a);
    case 28: return Math.floor(a);
    case 29: return Math.ceil(a);
    case 30: return Math.abs(a);
    case 31: return a > 0 ? 1 : a < 0 ? -1 : a !== a ? a : 0;
    case 32: return a <= b || a !== a ? a : b;
    case 33: return a >= b || a !== a ? a : b;
    case 34: return a !== 0 ? b : c;
    case 35: return sigmoid(a);
    case 36: return softplus(a);
    case 37: return erf(a);
    case 38: return Math.hypot(a, b);
    default: return normal(a, b, c, d);
  }
}

// Building and linking: a port of builder.py and lowering.link, operation by operation ---------------------------------

/** The slots an operation reads. @param {Operation} operation */
function used(operation) {
  return /** @type {number[]} */ (operation.slice(1 + (CALLS[operation[0]] ?? 0)));
}

class Builder {
  /** @param {string[]} inputs */
  constructor(inputs) {
    this.inputs = inputs;
    /** @type {(number | Operation | null)[]} */
    this.nodes = inputs.map(() => null);
    /** @type {Map<string, number>} */
    this.known = new Map();
  }

  /** @param {number} value */
  constant(value) {
    return this.add(Object.is(value, -0) ? "-0" : String(value), value);
  }

  /** @param {string} key @param {number | Operation} node */
  add(key, node) {
    let slot = this.known.get(key);
    if (slot === undefined) {
      slot = this.nodes.length;
      this.known.set(key, slot);
      this.nodes.push(node);
    }
    return slot;
  }

  /** @param {string} name @param {number[]} slots @returns {number} */
  emit(name, ...slots) {
    const values = slots.map((slot) => this.value(slot));
    if (values.every((value) => value !== null) && name !== "noise") {
      const [a, b, c] = /** @type {number[]} */ (values);
      const value = apply(/** @type {number} */ (CODES.get(name)), a, b, c, 0);
      if (Number.isFinite(value)) return this.constant(value);
    }
    if (name === "pow" && values[1] !== null) return this.power(slots[0], /** @type {number} */ (values[1]), slots);
    if (name === "pow" && values[0] === Math.E) return this.store(["exp", slots[1]]);
    const simpler = this.simpler(name, slots);
    if (simpler !== null) return simpler;
    if (name === "add" || name === "mul") {
      slots = [...slots].sort((a, b) => Number(this.value(a) === null) - Number(this.value(b) === null) || a - b);
    }
    return this.store([name, ...slots]);
  }

  /** @param {Operation} operation */
  store(operation) {
    return this.add(operation.join(), operation);
  }

  /** @param {string} name @param {number[]} slots @returns {number | null} */
  simpler(name, slots) {
    if (name === "neg") {
      const inner = this.operation(slots[0]);
      return inner[0] === "neg" ? inner[1] : null;
    }
    if (name !== "add" && name !== "sub" && name !== "mul" && name !== "div") return null;
    let [a, b] = slots;
    if (name === "mul" && this.value(b) !== null) [a, b] = [b, a];
    const minusA = this.operation(a)[0] === "neg", minusB = this.operation(b)[0] === "neg";
    if (name === "div") return this.value(b) === 1 ? a : null;
    if (name === "sub") {
      if (this.value(b) === 0) return a;
      if (minusB) return this.emit("add", a, this.operation(b)[1]);
      return minusA ? this.emit("neg", this.emit("add", this.operation(a)[1], b)) : null;
    }
    if (name === "add") {
      if (minusB) return this.emit("sub", a, this.operation(b)[1]);
      return minusA ? this.emit("sub", b, this.operation(a)[1]) : null;
    }
    return this.coefficient(a, b, minusA, minusB);
  }

  /** @param {number} a @param {number} b @param {boolean} minusA @param {boolean} minusB @returns {number | null} */
  coefficient(a, b, minusA, minusB) {
    const by = this.value(a);
    if (by === 1) return b;
    if (by === -1) return this.emit("neg", b);
    const inner = this.operation(b);
    const factor = inner[0] === "mul" ? this.value(inner[1]) : null;
    if (by !== null && factor !== null) {
      const product = by * factor;
      return Number.isFinite(product) && product ? this.emit("mul", this.constant(product), inner[2]) : null;
    }
    if (!minusA && !minusB) return null;
    const bare = this.emit("mul", minusA ? this.operation(a)[1] : a, minusB ? this.operation(b)[1] : b);
    return minusA && minusB ? bare : this.emit("neg", bare);
  }

  /** What was added to the old slot to give the new one, up to its sign. @param {number} now @param {number} old */
  difference(now, old) {
    const [name, a, b] = this.operation(now);
    if ((name === "add" || name === "sub") && a === old) return b;
    return name === "add" && b === old ? a : this.emit("sub", now, old);
  }

  /** @param {number} slot @returns {Operation} */
  operation(slot) {
    const node = this.nodes[slot];
    return Array.isArray(node) ? node : [""];
  }

  /** @param {number} slot @returns {number | null} */
  value(slot) {
    const node = this.nodes[slot];
    return typeof node === "number" ? node : null;
  }

  /** @param {number} base @param {number} exponent @param {number[]} slots @returns {number} */
  power(base, exponent, slots) {
    if (exponent === 0.5) return this.emit("sqrt", base);
    if (!Number.isInteger(exponent) || Math.abs(exponent) > REPEATED) return this.store(["pow", ...slots]);
    if (exponent < 0) return this.emit("div", this.constant(1), this.power(base, -exponent, slots));
    let result = this.constant(1), square = base;
    for (let left = exponent; left; ) {
      if (left & 1) result = this.emit("mul", result, square);
      left >>= 1;
      if (left) square = this.emit("mul", square, square);
    }
    return result;
  }

  /** Another tape's outputs at a position. @param {Tape} tape @param {number[]} position */
  inline(tape, position) {
    const results = [...position, ...tape.constants.map((value) => this.constant(value))];
    for (const operation of tape.operations) {
      results.push(this.emit(operation[0], ...used(operation).map((slot) => results[slot])));
    }
    return Object.fromEntries(Object.entries(tape.outputs).map(([name, slots]) => [name, slots.map((slot) => results[slot])]));
  }

  /** The finished tape: only what the outputs need, constants before operations. @param {Record<string, number[]>} outputs @param {string[]} vectors @returns {Tape} */
  tape(outputs, vectors) {
    const needed = new Set(Object.values(outputs).flat());
    for (let slot = this.nodes.length - 1; slot >= 0; slot--) {
      const node = this.nodes[slot];
      if (needed.has(slot) && Array.isArray(node)) for (const each of used(node)) needed.add(each);
    }
    const first = this.inputs.length;
    const ordered = [...needed].sort((a, b) => a - b).filter((slot) => slot >= first);
    const constants = ordered.filter((slot) => this.value(slot) !== null);
    const operations = ordered.filter((slot) => this.value(slot) === null);
    const place = new Map([...this.inputs.keys(), ...constants, ...operations].map((slot, index) => [slot, index]));
    /** @param {number} slot */
    const at = (slot) => /** @type {number} */ (place.get(slot));
    return {
      inputs: this.inputs,
      constants: constants.map((slot) => /** @type {number} */ (this.nodes[slot])),
      operations: operations.map((slot) => {
        const operation = this.operation(slot);
        return [operation[0], ...used(operation).map(at)];
      }),
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, slots]) => [name, slots.map(at)])),
      vectors,
    };
  }
}

/** The tape of one step on one objective: every call replaced by the objective's operations. @param {Tape} optimizer @param {Tape} objective @returns {Tape} */
export function link(optimizer, objective) {
  const builder = new Builder(optimizer.inputs);
  const results = [...optimizer.inputs.keys(), ...optimizer.constants.map((value) => builder.constant(value))];
  /** @type {Map<string, Record<string, number[]>>} */
  const evaluations = new Map();
  /** @param {number[]} position */
  const at = (position) => {
    const key = position.join();
    let found = evaluations.get(key);
    if (!found) evaluations.set(key, (found = builder.inline(objective, position)));
    return found;
  };
  for (const operation of optimizer.operations) {
    const slots = used(operation).map((slot) => results[slot]);
    const [name, i, j] = operation;
    if (name === "value") results.push(at(slots).f[0]);
    else if (name === "gradient") results.push(at(slots).g[i]);
    else if (name === "hessian") results.push(at(slots).H[i * slots.length + j]);
    else results.push(builder.emit(name, ...slots));
  }
  const outputs = Object.fromEntries(Object.entries(optimizer.outputs).map(([name, slots]) => [name, slots.map((slot) => results[slot])]));
  const position = [...objective.inputs.keys()];
  const start = at(position);
  const step = outputs.theta.map((now, index) => builder.difference(now, position[index]));
  return builder.tape({ ...outputs, f: start.f, g: start.g, [STEP]: step }, [...optimizer.vectors, "g", STEP]);
}

// Running --------------------------------------------------------------------------------------------------------------

const PLUS = 40, MINUS = 41, FROM = 42, BOTH = 43, APART = 44; // a*b + c, a*b - c, c - a*b, a*b + c*d, a*b - c*d: one dispatch for two or three
const WIDTH = 6; // of an instruction: code, target, a, b, c, d

/** A tape ready to run: `registers` holds the inputs, the constants, and after `execute` every result that is read again. */
export class Machine {
  /** @param {Tape} tape */
  constructor(tape) {
    this.tape = tape;
    this.first = tape.inputs.length + tape.constants.length;
    this.registers = new Float64Array(this.first + tape.operations.length);
    this.registers.set(tape.constants, tape.inputs.length);
    /** Every operation by itself. */
    this.plain = Int32Array.from(tape.operations.flatMap((operation, index) => {
      const [a = 0, b = 0, c = 0, d = 0] = used(operation);
      return [/** @type {number} */ (CODES.get(operation[0])), this.first + index, a, b, c, d];
    }));
    this.code = fused(tape, this.plain, this.first);
  }

  execute() {
    run(this.code, this.registers);
  }

  /** Every result, also those that are only part of another. */
  executeAll() {
    run(this.plain, this.registers);
  }
}

/** Products that are only added to something, put into the sum: the same numbers in fewer instructions. @param {Tape} tape @param {Int32Array} plain @param {number} first */
function fused(tape, plain, first) {
  const uses = new Int32Array(first + tape.operations.length), dropped = new Set();
  for (const operation of tape.operations) for (const slot of used(operation)) uses[slot]++;
  for (const slot of Object.values(tape.outputs).flat()) uses[slot] += 2;
  const product = (/** @type {number} */ slot) => slot >= first && uses[slot] === 1 && tape.operations[slot - first][0] === "mul";
  const instructions = tape.operations.map(([name, a, b], index) => {
    const target = first + index, parts = (/** @type {number} */ slot) => used(tape.operations[slot - first]);
    if (name !== "add" && name !== "sub") return Array.from(plain.subarray(index * WIDTH, (index + 1) * WIDTH));
    if (a !== b && product(a) && product(b)) {
      dropped.add(a).add(b);
      return [name === "add" ? BOTH : APART, target, ...parts(a), ...parts(b)];
    }
    if (product(a)) {
      dropped.add(a);
      return [name === "add" ? PLUS : MINUS, target, ...parts(a), b, 0];
    }
    if (product(b)) {
      dropped.add(b);
      return [name === "add" ? PLUS : FROM, target, ...parts(b), a, 0];
    }
    return Array.from(plain.subarray(index * WIDTH, (index + 1) * WIDTH));
  });
  return Int32Array.from(instructions.filter((_, index) => !dropped.has(first + index)).flat());
}

/** @param {Int32Array} code @param {Float64Array} r */
function run(code, r) {
  const end = code.length;
  for (let at = 0; at < end; at += WIDTH) {
    const target = code[at + 1], a = r[code[at + 2]];
    // The arithmetic that most steps consist of stands here, so that it costs no call.
    switch (code[at]) {
      case 6: r[target] = -a; break;
      case 7: r[target] = a + r[code[at + 3]]; break;
      case 8: r[target] = a - r[code[at + 3]]; break;
      case 9: r[target] = a * r[code[at + 3]]; break;
      case 10: r[target] = a / r[code[at + 3]]; break;
      case 11: r[target] = power(a, r[code[at + 3]]); break;
      case 12: r[target] = Math.sqrt(a); break;
      case 14: r[target] = Math.exp(a); break;
      case 18: r[target] = Math.sin(a); break;
      case 19: r[target] = Math.cos(a); break;
      case 40: r[target] = a * r[code[at + 3]] + r[code[at + 4]]; break;
      case 41: r[target] = a * r[code[at + 3]] - r[code[at + 4]]; break;
      case 42: r[target] = r[code[at + 4]] - a * r[code[at + 3]]; break;
      case 43: r[target] = a * r[code[at + 3]] + r[code[at + 4]] * r[code[at + 5]]; break;
      case 44: r[target] = a * r[code[at + 3]] - r[code[at + 4]] * r[code[at + 5]]; break;
      default: r[target] = apply(code[at], a, r[code[at + 3]], r[code[at + 4]], r[code[at + 5]]);
    }
  }
}

/** @typedef {{kind: string, message: string}} Ending */
/** @typedef {{steps: number, tol: number, gtol: number, seed: number}} Limits */
/** @typedef {{name: string, width: number, slots: number[], rows: Float64Array}} Quantity */
/**
 * One run: row k of `positions`, `values` and `gradients` is what it was after k steps; row k of a quantity is what step
 * k + 1 computed.
 * @typedef {{count: number, steps: number, positions: Float64Array, values: Float64Array, gradients: Float64Array, quantities: Quantity[], ending: Ending, start: number[], limit: number}} Run
 */

/** An optimizer on an objective, linked once and run for every start and hyperparameter. */
export class Program {
  /** @param {Tape} optimizer @param {Tape} objective @param {string[]} state */
  constructor(optimizer, objective, state) {
    this.count = objective.inputs.length;
    this.step = new Machine(link(optimizer, objective));
    this.objective = new Machine(objective);
    const outputs = this.step.tape.outputs;
    this.next = state.flatMap((name) => outputs[name]);
    this.held = optimizer.inputs.slice(this.count + this.next.length, -3);
    this.recorded = Object.keys(outputs).filter((name) => !NOT_RECORDED.has(name));
    /** @type {Run | null} */
    this.latest = null;
  }

  /**
   * Take up to `limits.steps` steps. The run before lends its arrays if it had the same limit: a drag allocates nothing.
   * @param {number[]} start @param {Record<string, number>} hyperparameters @param {Limits} limits @returns {Run}
   */
  run(start, hyperparameters, limits) {
    const run = this.prepare(start, limits.steps);
    const { step, count, next } = this;
    const r = step.registers, { theta, f, g } = step.tape.outputs, difference = step.tape.outputs[STEP];
    const inputs = step.tape.inputs.length, state = next.length;
    const shortest = limits.tol > 0 ? Math.max(limits.tol * limits.tol, 5e-324) : 0;
    const flattest = limits.gtol > 0 ? Math.max(limits.gtol * limits.gtol, 5e-324) : 0;
    const moved = new Float64Array(count + state), { positions, values, gradients, quantities } = run, value = f[0];
    const slots = Int32Array.from([...theta, ...next]), rows = quantities.map((each) => each.rows), sources = quantities.map((each) => Int32Array.from(each.slots));
    for (let i = 0; i < count; i++) r[i] = positions[i] = start[i];
    r.fill(0, count, count + state);
    this.held.forEach((name, index) => { r[count + state + index] = hyperparameters[name]; });
    r[inputs - 2] = limits.steps;
    r[inputs - 1] = limits.seed;
    let done = 0, stop = "limit", short = false;
    for (; done < limits.steps && !short; done++) {
      r[inputs - 3] = done + 1;
      step.execute();
      values[done] = r[value];
      for (let i = 0; i < count; i++) gradients[done * count + i] = r[g[i]];
      if (r[value] - r[value] !== 0) { stop = "left"; break; }
      if (flattest && squares(r, g) < flattest) { stop = "gradient"; break; }
      let defect = 0; // becomes not a number if anything is not finite
      for (let i = 0; i < slots.length; i++) {
        moved[i] = r[slots[i]];
        defect += moved[i] - moved[i];
      }
      if (defect !== 0) { stop = "broken"; break; }
      for (let q = 0; q < rows.length; q++) {
        const to = rows[q], from = sources[q], width = from.length;
        for (let i = 0; i < width; i++) to[done * width + i] = r[from[i]];
      }
      if (shortest) short = squares(r, difference) < shortest;
      for (let i = 0; i < count; i++) positions[(done + 1) * count + i] = moved[i];
      for (let i = 0; i < slots.length; i++) r[i] = moved[i];
    }
    run.steps = done;
    if (stop === "limit") stop = this.finish(run) ? (short ? "step" : "limit") : "left";
    run.ending = this.tell(stop, run, limits);
    return run;
  }

  /** @param {number[]} start @param {number} limit @returns {Run} */
  prepare(start, limit) {
    const { count, latest } = this;
    if (latest && latest.limit === limit) {
      latest.start = start;
      return latest;
    }
    const outputs = this.step.tape.outputs;
    const quantities = this.recorded.map((name) => {
      const slots = outputs[name];
      return { name, slots, width: slots.length, rows: new Float64Array(limit * slots.length) };
    });
    this.latest = {
      count, limit, start, steps: 0, quantities,
      positions: new Float64Array((limit + 1) * count), values: new Float64Array(limit + 1), gradients: new Float64Array((limit + 1) * count),
      ending: { kind: "", message: "" },
    };
    return this.latest;
  }

  /** The value and the gradient at the last position; whether the value is finite. @param {Run} run */
  finish(run) {
    const { objective, count } = this, { f, g } = objective.tape.outputs, r = objective.registers;
    for (let i = 0; i < count; i++) r[i] = run.positions[run.steps * count + i];
    objective.execute();
    run.values[run.steps] = r[f[0]];
    for (let i = 0; i < count; i++) run.gradients[run.steps * count + i] = r[g[i]];
    return Number.isFinite(r[f[0]]);
  }

  /** @param {string} stop @param {Run} run @param {Limits} limits @returns {Ending} */
  tell(stop, run, limits) {
    if (stop === "broken") return tellFailure(run.steps + 1, failure(this.step, [...this.step.tape.outputs.theta, ...this.next]), "the position");
    if (stop === "left") {
      this.finish(run);
      return tellFailure(run.steps, failure(this.objective, this.objective.tape.outputs.f), "the value");
    }
    const after = `after ${run.steps} step${run.steps === 1 ? "" : "s"}`;
    const length = run.steps ? stepLength(run, run.steps) : 0;
    if (stop === "step") {
      return { kind: "converged", message: `converged ${after}: the last step, ${general(length, 3)} long, is shorter than tol = ${general(limits.tol, 6)}` };
    }
    if (stop === "gradient") return { kind: "converged", message: `converged ${after}: the gradient's norm is smaller than gtol = ${general(limits.gtol, 6)}` };
    return { kind: "step_limit", message: `stopped at the step limit ${after}` + (run.steps ? `; the last one was ${general(length, 3)} long` : "") };
  }
}

/** How long step `step` was. @param {Run} run @param {number} step */
export function stepLength(run, step) {
  const { count, positions } = run, differences = [];
  for (let i = 0; i < count; i++) differences.push(positions[step * count + i] - positions[(step - 1) * count + i]);
  return Math.hypot(...differences);
}

/** @param {Float64Array} registers @param {number[]} slots */
function squares(registers, slots) {
  let sum = 0;
  for (let i = 0; i < slots.length; i++) sum += registers[slots[i]] * registers[slots[i]];
  return sum;
}

/** @typedef {{overflow: boolean, operation: string, arguments: number[]}} Failure */

/** Where outputs that are not finite come from; a branch of `where` that is not taken is not looked at. @param {Machine} machine @param {number[]} outputs @returns {Failure | null} */
function failure(machine, outputs) {
  machine.executeAll();
  const { tape, registers: r, first } = machine;
  const waiting = outputs.filter((slot) => !Number.isFinite(r[slot])), seen = new Set();
  let origin = Infinity;
  while (waiting.length) {
    const slot = /** @type {number} */ (waiting.pop());
    if (seen.has(slot) || slot < first) continue;
    seen.add(slot);
    const operation = tape.operations[slot - first];
    const [condition, a, b] = used(operation);
    const taken = operation[0] === "where" ? [condition, r[condition] !== 0 ? a : b] : used(operation);
    const causes = taken.filter((each) => !Number.isFinite(r[each]));
    waiting.push(...causes);
    if (!causes.length) origin = Math.min(origin, slot);
  }
  if (origin === Infinity) return null;
  const operation = tape.operations[origin - first];
  const values = used(operation).map((slot) => r[slot]);
  return { overflow: overflows(operation[0], values), operation: operation[0], arguments: values };
}

/** @param {string} operation @param {number[]} values */
function overflows(operation, [a, b]) {
  if (!(operation in DOMAINS)) return true;
  if (operation === "div") return b !== 0;
  return operation === "pow" && a !== 0 && Math.abs(power(a, b)) === Infinity;
}

/** @param {number} step @param {Failure | null} cause @param {string} what @returns {Ending} */
function tellFailure(step, cause, what) {
  const when = step ? `at step ${step}` : "at the start";
  if (!cause || cause.overflow) return { kind: "diverged", message: `diverged ${when}: ${what} is larger than any number of the machine (1.8e308)` };
  const { operation, arguments: values } = cause;
  const given = values.map((value) => general(value, 6)).join(operation === "div" ? "/" : " and ");
  const word = operation === "div" ? "a quotient" : operation === "pow" ? "a power" : operation;
  return { kind: "undefined", message: `undefined ${when}: ${word} needs ${DOMAINS[operation]} and got ${given}` };
}

/** A number with so many significant digits, as Python's format `g` writes it. @param {number} value @param {number} digits */
export function general(value, digits) {
  if (!Number.isFinite(value)) return value !== value ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const power10 = Number(exponent);
  /** @param {string} text */
  const bare = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power10 >= -4 && power10 < digits) return bare(value.toFixed(Math.max(0, digits - 1 - power10)));
  return `${bare(mantissa)}e${power10 < 0 ? "-" : "+"}${String(Math.abs(power10)).padStart(2, "0")}`;
}

// Grids ----------------------------------------------------------------------------------------------------------------

/**
 * An objective's value over rows of points. What depends on the first parameter alone is computed once for all rows, what
 * depends on the second alone once for a row.
 */
export class Grid {
  /** @param {Tape} tape */
  constructor(tape) {
    const builder = new Builder(tape.inputs);
    this.tape = builder.tape({ f: builder.inline(tape, [...tape.inputs.keys()]).f }, []);
    this.machine = new Machine(this.tape);
    const { inputs, constants, operations } = this.tape;
    this.kinds = [1, 2, ...inputs.slice(2).map(() => 0)].slice(0, inputs.length).concat(constants.map(() => 0)); // 1 of x, 2 of y, 3 of both
    for (const operation of operations) this.kinds.push(used(operation).reduce((kind, slot) => kind | this.kinds[slot], 0));
    this.width = 0;
    /** @type {Float64Array[]} */
    this.columns = [];
  }

  /** Values at every pair of `x` and `y`, row by row; of a function of one parameter, at every `x`. @param {Float64Array} x @param {Float64Array | null} y @param {Float64Array} [into] */
  evaluate(x, y, into) {
    const rows = y ? y.length : 1, width = x.length;
    const values = into && into.length === rows * width ? into : new Float64Array(rows * width);
    this.prepare(x);
    const { kinds, columns, machine } = this, { registers } = machine, output = this.tape.outputs.f[0];
    for (let row = 0; row < rows; row++) {
      if (y) registers[1] = y[row];
      machine.executeAll(); // gives what depends on the row alone
      for (let slot = 0; slot < kinds.length; slot++) {
        if (kinds[slot] === 2 || (kinds[slot] === 0 && row === 0)) columns[slot].fill(registers[slot]);
        else if (slot >= machine.first && (kinds[slot] === 3 || (kinds[slot] === 1 && row === 0))) this.sweep(slot);
      }
      values.set(columns[output], row * width);
    }
    return values;
  }

  /** @param {Float64Array} x */
  prepare(x) {
    if (this.width !== x.length) {
      this.width = x.length;
      this.columns = this.kinds.map(() => new Float64Array(x.length));
    }
    this.columns[0].set(x);
    this.machine.registers[0] = x[0];
  }

  /** One operation along a row. @param {number} slot */
  sweep(slot) {
    const { columns, width, machine } = this, at = WIDTH * (slot - machine.first), code = machine.plain;
    const a = columns[code[at + 2]], b = columns[code[at + 3]], c = columns[code[at + 4]], to = columns[slot];
    switch (code[at]) {
      case 6: for (let i = 0; i < width; i++) to[i] = -a[i]; break;
      case 7: for (let i = 0; i < width; i++) to[i] = a[i] + b[i]; break;
      case 8: for (let i = 0; i < width; i++) to[i] = a[i] - b[i]; break;
      case 9: for (let i = 0; i < width; i++) to[i] = a[i] * b[i]; break;
      case 10: for (let i = 0; i < width; i++) to[i] = a[i] / b[i]; break;
      case 12: for (let i = 0; i < width; i++) to[i] = Math.sqrt(a[i]); break;
      case 14: for (let i = 0; i < width; i++) to[i] = Math.exp(a[i]); break;
      case 18: for (let i = 0; i < width; i++) to[i] = Math.sin(a[i]); break;
      case 19: for (let i = 0; i < width; i++) to[i] = Math.cos(a[i]); break;
      default: for (let i = 0; i < width; i++) to[i] = apply(code[at], a[i], b[i], c[i], 0);
    }
  }
}

/** The Hessian at a position, row by row; null where the tape has none. @param {Machine} objective @param {ArrayLike<number>} position */
export function hessianAt(objective, position) {
  const slots = objective.tape.outputs.H;
  if (!slots) return null;
  for (let i = 0; i < position.length; i++) objective.registers[i] = position[i];
  objective.execute();
  return slots.map((slot) => objective.registers[slot]);
}

/** The eigenvalues of a symmetric matrix, ascending, by Jacobi's rotations. @param {number[]} matrix */
export function eigenvalues(matrix) {
  const n = Math.round(Math.sqrt(matrix.length)), a = [...matrix];
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += Math.abs(a[p * n + q]);
    if (!(off > 0)) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (!a[p * n + q]) continue;
        const ratio = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
        const t = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1)), c = 1 / Math.sqrt(t * t + 1), s = t * c;
        for (let k = 0; k < n; k++) {
          const kp = a[k * n + p], kq = a[k * n + q];
          a[k * n + p] = c * kp - s * kq;
          a[k * n + q] = s * kp + c * kq;
        }
        for (let k = 0; k < n; k++) {
          const pk = a[p * n + k], qk = a[q * n + k];
          a[p * n + k] = c * pk - s * qk;
          a[q * n + k] = s * pk + c * qk;
        }
      }
    }
  }
  return Array.from({ length: n }, (_, i) => a[i * n + i]).sort((x, y) => x - y);
}
