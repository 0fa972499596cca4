// @ts-check
/**
 * The tape in the browser.
 *
 * A tape is a straight-line program without branches: inputs, constants, then one slot for each operation. `Machine`
 * runs one over a Float64Array; `Grid` evaluates one over rows of points. The numbers equal those of Python: tests hold
 * them to 1e-12.
 */
import { Builder, constantCount, used } from "./builder.js";
import { compile, execute } from "./bytecode.js";
import { apply, CODES } from "./operations.js";
import { RowMachine } from "./row_machine.js";
import { CompiledGrid } from "./wasm/grids.js";
import { attempt } from "./wasm/instance.js";

/** @typedef {import("./builder.js").Operation} Operation */
/** @typedef {import("./builder.js").Tape} Tape */

const PATIENCE = 1_000_000; // operations on a point that are interpreted in the time that it takes to compile them

const ONCE = Float64Array.of(0);

/**
 * A tape ready to run: `registers` holds the inputs, the constants, and after `execute` every result.
 */
export class Machine {
  /** @param {Tape} tape */
  constructor(tape) {
    this.tape = tape;
    this.first = tape.inputs.length + tape.constants.length;
    this.registers = new Float64Array(this.first + tape.operations.length);
    this.registers.set(tape.constants, tape.inputs.length);
    /** What gives the sums and means over the rows; null without data. */
    this.rows = tape.rows ? new RowMachine(tape.rows) : null;
    this.code = compile(tape, () => true, this.rows);
  }

  execute() {
    execute(this.code, this.registers, this.rows);
  }
}

/**
 * An objective's value over rows of points. What depends on the first parameter alone is computed once for all rows,
 * what depends on the second alone once for a row.
 */
export class Grid {
  /** @param {Tape} tape */
  constructor(tape) {
    const builder = new Builder(tape.inputs);
    this.tape = builder.tape({ f: builder.inline(tape, [...tape.inputs.keys()]).f }, []);
    this.machine = new Machine(this.tape);
    const { inputs, constants, operations } = this.tape;
    // What a slot depends on: 1 is x, 2 is y, 3 is both, 0 neither.
    /** How many inputs are parameters; constants of the formula come behind them. */
    this.count = inputs.length - constantCount(tape);
    this.kinds = inputs.map((_, slot) => (slot < this.count ? ([1, 2][slot] ?? 0) : 0)).concat(constants.map(() => 0));
    for (const operation of operations)
      this.kinds.push(used(operation).reduce((kind, slot) => kind | this.kinds[slot], 0));
    this.operands = operations.map(used);
    this.width = 0;
    /** @type {Float64Array[]} */
    this.columns = [];
    /** Points to interpret before WebAssembly takes over. */
    this.patience = PATIENCE / operations.length;
    /** @type {CompiledGrid | null | undefined} */
    this.compiled = undefined;
  }

  /**
   * Give the constants of the formula other values.
   * @param {number[]} values
   */
  setConstants(values) {
    this.machine.registers.set(values, this.count);
  }

  /**
   * Values at every pair of `x` and `y`, row by row; of a function of one parameter, at every `x`.
   * @param {Float64Array} x
   * @param {Float64Array | null} y
   * @param {Float64Array} [into]
   */
  evaluate(x, y, into) {
    const rows = y ? y.length : 1;
    const width = x.length;
    const values = into && into.length === rows * width ? into : new Float64Array(rows * width);
    const compiled = this.patience < rows * width ? this.compile() : null;
    if (compiled) {
      compiled.evaluate(x, y ?? ONCE, values, this.machine.registers.subarray(0, this.tape.inputs.length));
      return values;
    }
    this.patience -= rows * width;
    this.prepare(x);
    const { kinds, columns, machine } = this;
    const { registers } = machine;
    const output = this.tape.outputs.f[0];
    for (let row = 0; row < rows; row++) {
      if (y) registers[1] = y[row];
      machine.execute(); // gives what depends on the row alone
      for (let slot = 0; slot < kinds.length; slot++) {
        if (kinds[slot] === 2 || (kinds[slot] === 0 && row === 0)) columns[slot].fill(registers[slot]);
        else if (slot >= machine.first && (kinds[slot] === 3 || (kinds[slot] === 1 && row === 0))) this.sweep(slot);
      }
      values.set(columns[output], row * width);
    }
    return values;
  }

  /** The values in WebAssembly; null where the browser has none. */
  compile() {
    if (this.compiled === undefined) {
      this.compiled = attempt(() => new CompiledGrid(this.tape, this.kinds));
      this.patience = 0;
    }
    return this.compiled;
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

  /**
   * One operation along a row.
   * @param {number} slot
   */
  sweep(slot) {
    const { columns, width, machine } = this;
    const index = slot - machine.first;
    const [a, b, c] = this.operands[index].map((each) => columns[each]);
    const to = columns[slot];
    const [kind] = this.tape.operations[index];
    const code = /** @type {number} */ (CODES.get(kind));
    if (kind === "add") for (let i = 0; i < width; i++) to[i] = a[i] + b[i];
    else if (kind === "sub") for (let i = 0; i < width; i++) to[i] = a[i] - b[i];
    else if (kind === "mul") for (let i = 0; i < width; i++) to[i] = a[i] * b[i];
    else for (let i = 0; i < width; i++) to[i] = apply(code, a[i], b ? b[i] : 0, c ? c[i] : 0, 0);
  }
}
