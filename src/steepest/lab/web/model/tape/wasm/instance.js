// @ts-check
/** WebAssembly as the page has it: one memory, what modules take from outside, and whether there is SIMD. */
import { FUNCTIONS } from "../operations.js";
import { Module, V128 } from "./module.js";

/** @typedef {Record<string, (...values: number[]) => number>} Functions */

export const PAGE = 65536; // bytes

/** All modules compute in it, one after the other; nothing in it outlasts a call. @type {any} */
let memory = null;
let view = new Float64Array(0);
/** How many numbers an instruction takes at most: 2 with SIMD; 0 without WebAssembly. @type {number | null} */
let lanes = null;

/**
 * How many numbers at once: 2 with SIMD, 1 without, 0 where WebAssembly is missing or refused, as by a policy without
 * `'wasm-unsafe-eval'`.
 */
export function lanesAtOnce() {
  if (lanes === null) {
    const tiny = new Module();
    tiny.define("pair", [], V128, (body) => body.emit([0xfd, 0x0c, ...Array(16).fill(0)]));
    try {
      memory = new WebAssembly.Memory({ initial: 1 });
      new WebAssembly.Module(new Module().encode()); // what a policy refuses is not refused by `validate`
      lanes = WebAssembly.validate(tiny.encode()) ? 2 : 1;
    } catch {
      lanes = 0;
    }
  }
  return lanes;
}

/**
 * What is compiled; null where there is no WebAssembly, or none for a module so large.
 * @template T
 * @param {() => T} compile
 */
export function attempt(compile) {
  if (!lanesAtOnce()) return null;
  try {
    return compile();
  } catch {
    return null;
  }
}

/**
 * A memory of its own, for numbers that outlast a call.
 * @param {number} bytes
 */
export function memoryFor(bytes) {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
}

/**
 * The functions of a module.
 * @param {Module} module
 * @param {WebAssembly.Memory} [own] the memory that it computes in, if not that of all
 * @returns {Functions}
 */
export function instantiate(module, own = memory) {
  const compiled = new WebAssembly.Module(module.encode());
  const page = { ...FUNCTIONS, pow: Math.pow, length, memory: own };
  return /** @type {any} */ (new WebAssembly.Instance(compiled, { page }).exports);
}

/**
 * The memory as numbers, with room for so many.
 * @param {number} numbers
 */
export function room(numbers) {
  if (view.length >= numbers) return view; // a look at `memory.buffer` takes as long as some steps
  const missing = 8 * numbers - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  view = new Float64Array(memory.buffer);
  return view;
}

/**
 * The length of a vector in the memory.
 * @param {number} at the number where it begins
 * @param {number} count
 * @param {number} stride
 */
function length(at, count, stride) {
  return Math.hypot(...Array.from({ length: count }, (_, i) => room(0)[at + i * stride]));
}
