// @ts-check
/** WebAssembly modules written byte by byte: https://webassembly.github.io/spec/core/binary/ */

/** Types of values, as the format numbers them. */
export const I32 = 0x7f;
export const F64 = 0x7c;
export const V128 = 0x7b;

/** Instructions that no table of `lanes.js` has. */
export const OP = {
  BLOCK: [0x02, 0x40], // without a result, as LOOP and IF
  LOOP: [0x03, 0x40],
  IF: [0x04, 0x40],
  END: [0x0b],
  BRANCH: 0x0c,
  BRANCH_IF: 0x0d,
  SELECT: [0x1b],
  I32_EQZ: [0x45],
  I32_LT: [0x48],
  I32_ADD: [0x6a],
  I32_MUL: [0x6c],
  I32_AND: [0x71],
  I32_OR: [0x72],
  F64_FROM_I32: [0xb7],
};

const SCRATCH = new DataView(new ArrayBuffer(8));

/**
 * A number in LEB128.
 * @param {number} value a whole number from 0
 */
export function unsigned(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  bytes.push(value);
  return bytes;
}

/** The body of one function: instructions in order. */
export class Body {
  /**
   * @param {Module} module
   * @param {number[]} parameters their types
   */
  constructor(module, parameters) {
    this.module = module;
    this.parameters = parameters;
    /** The types of all locals, the parameters first. */
    this.types = [...parameters];
    /** @type {number[]} */
    this.bytes = [];
  }

  /**
   * A new local variable.
   * @param {number} type
   */
  local(type) {
    return this.types.push(type) - 1;
  }

  /** @param {readonly number[]} instruction */
  emit(instruction) {
    for (const byte of instruction) this.bytes.push(byte);
  }

  /** @param {number[]} locals */
  get(...locals) {
    for (const local of locals) this.indexed(0x20, local);
  }

  /** @param {number} local */
  set(local) {
    this.indexed(0x21, local);
  }

  /** @param {number} local */
  tee(local) {
    this.indexed(0x22, local);
  }

  /**
   * An instruction with one index: of a local, a function, or a block counted from the innermost.
   * @param {number} code
   * @param {number} index
   */
  indexed(code, index) {
    this.bytes.push(code);
    this.emit(unsigned(index));
  }

  /** @param {number} value a whole number, not negative */
  integer(value) {
    this.bytes.push(0x41);
    let left = value;
    for (; left > 63; left >>>= 7) this.bytes.push((left & 127) | 128); // signed: the sixth bit is the sign
    this.bytes.push(left);
  }

  /** @param {number} value */
  float(value) {
    SCRATCH.setFloat64(0, value, true);
    this.bytes.push(0x44, ...new Uint8Array(SCRATCH.buffer));
  }

  /**
   * A load or a store.
   * @param {readonly number[]} instruction
   * @param {number} offset bytes after the address on the stack
   */
  memory(instruction, offset) {
    this.emit(instruction);
    this.bytes.push(3); // aligned to 8 bytes
    this.emit(unsigned(offset));
  }

  /**
   * Add a constant to an integer.
   * @param {number} local
   * @param {number} value
   */
  increase(local, value) {
    this.get(local);
    this.integer(value);
    this.emit(OP.I32_ADD);
    this.set(local);
  }

  /**
   * A call of a function from outside, which takes and gives floating-point numbers.
   * @param {string} name
   * @param {number} count of its arguments
   */
  call(name, count) {
    this.indexed(0x10, this.module.imported(name, count));
  }
}

/** A module that takes its memory and functions of numbers from outside. */
export class Module {
  constructor() {
    /** The number of arguments of every function from outside. @type {Map<string, number>} */
    this.imports = new Map();
    /** @type {{name: string, body: Body, result: number}[]} */
    this.functions = [];
  }

  /**
   * @param {string} name
   * @param {number} count
   */
  imported(name, count) {
    if (!this.imports.has(name)) this.imports.set(name, count);
    return [...this.imports.keys()].indexOf(name);
  }

  /**
   * A function for outside.
   * @param {string} name
   * @param {number[]} parameters
   * @param {number} result
   * @param {(body: Body) => void} write
   */
  define(name, parameters, result, write) {
    const body = new Body(this, parameters);
    write(body);
    this.functions.push({ name, body, result });
  }

  /** The bytes. */
  encode() {
    const { functions } = this;
    const imports = [...this.imports];
    const types = [
      ...imports.map(([, count]) => signature(Array(count).fill(F64), F64)),
      ...functions.map(({ body, result }) => signature(body.parameters, result)),
    ];
    const memory = [...text("page"), ...text("memory"), 2, 0, 1];
    return Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, types),
      ...section(2, [memory, ...imports.map(([name], k) => [...text("page"), ...text(name), 0, ...unsigned(k)])]),
      ...section(
        3,
        functions.map((_, k) => unsigned(imports.length + k)),
      ),
      ...section(
        7,
        functions.map(({ name }, k) => [...text(name), 0, ...unsigned(imports.length + k)]),
      ),
      ...section(
        10,
        functions.map(({ body: { types, parameters, bytes } }) => {
          const locals = types.slice(parameters.length).map((type) => [1, type]);
          const code = [...unsigned(locals.length), ...locals.flat(), ...bytes, ...OP.END];
          return [...unsigned(code.length), ...code];
        }),
      ),
    ]);
  }
}

/**
 * @param {number[]} parameters
 * @param {number} result
 */
function signature(parameters, result) {
  return [0x60, ...unsigned(parameters.length), ...parameters, 1, result];
}

/** @param {string} name in ASCII */
function text(name) {
  return [name.length, ...[...name].map((letter) => letter.charCodeAt(0))];
}

/**
 * @param {number} identity
 * @param {number[][]} entries
 */
function section(identity, entries) {
  const content = [...unsigned(entries.length), ...entries.flat()];
  return [identity, ...unsigned(content.length), ...content];
}
