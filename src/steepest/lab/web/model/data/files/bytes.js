// @ts-check
/** A file's bytes as text: its encoding found, as `steepest.data.files.encoding` finds it. */
import { grouped, InputError } from "../../language/errors.js";
import { MAGIC } from "../tables.js";

/** Marks of the byte order, the encodings they stand for, and what those are called. */
const MARKS = /** @type {[number[], string, string][]} */ ([
  [[0xef, 0xbb, 0xbf], "utf-8", ""],
  [[0xff, 0xfe], "utf-16le", "UTF-16"],
  [[0xfe, 0xff], "utf-16be", "UTF-16"],
]);
/** What Windows' cp1252 has from 0x80 on, a blank where it has nothing. */
const WINDOWS = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";
const CONTROLS = new Set(
  Array.from({ length: 32 }, (_, code) => code).filter((code) => ![9, 10, 12, 13, 26, 27].includes(code)),
);
const SAMPLE = 1 << 20;

/**
 * The text of a file, and what to tell about its encoding; throws what a file is that is no text.
 * @param {Uint8Array} bytes
 * @param {string} name for sentences
 * @returns {{text: string, writtenIn: string}}
 */
export function decoded(bytes, name) {
  const head = Array.from(bytes.subarray(0, 64), (byte) => String.fromCharCode(byte)).join("");
  if (head.startsWith("\x1f\x8b")) throw new InputError(`${name} is packed by gzip: unpack it first`);
  const kind = kindOf(head);
  if (kind) throw new InputError(`${name} is ${kind}`);
  const { encoding, told } = encodingOf(bytes, name);
  const isSingle = encoding === "latin-1" || encoding === "cp1252";
  const text = isSingle ? singleBytes(bytes, encoding) : new TextDecoder(encoding).decode(bytes);
  return { text, writtenIn: told && `, ${told}` };
}

/**
 * @param {Uint8Array} bytes
 * @param {string} encoding `latin-1` or `cp1252`
 */
function singleBytes(bytes, encoding) {
  const signs = [];
  for (let at = 0; at < bytes.length; at += 8192) signs.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  const text = signs.join("");
  return encoding === "latin-1" ? text : text.replace(/[\u0080-\u009f]/g, (sign) => WINDOWS[sign.charCodeAt(0) - 128]);
}

/**
 * What a file is that is no text; empty if it may be a text.
 * @param {string} head its first bytes
 */
function kindOf(head) {
  const found = Object.entries(MAGIC).find(([magic]) => head.startsWith(magic));
  if (found) return found[1];
  return /^\s*<(!doctype|html)/i.test(head.slice(0, 40)) ? MAGIC["<html"] : "";
}

/**
 * @param {Uint8Array} bytes
 * @param {string} name
 */
function encodingOf(bytes, name) {
  const marked = MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) return { encoding: marked[1], told: marked[2] };
  const zeros = [0, 1].map((odd) => bytes.subarray(0, 1000).filter((byte, index) => !byte && index % 2 === odd).length);
  const half = Math.min(bytes.length, 1000) / 2;
  if (Math.min(...zeros) === 0 && Math.max(...zeros) > half / 2) {
    const order = zeros[1] ? "le" : "be";
    return { encoding: `utf-16${order}`, told: `UTF-16-${order.toUpperCase()}` };
  }
  const at = bytes.subarray(0, SAMPLE).findIndex((byte) => CONTROLS.has(byte));
  if (at >= 0)
    throw new InputError(controlReason(name, bytes[at], bytes.subarray(0, at).filter((byte) => byte === 10).length));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { encoding: "utf-8", told: "" };
  } catch {
    const own = bytes.filter((byte) => byte >= 128 && byte < 160);
    const isWindows = own.length > 0 && own.every((byte) => WINDOWS[byte - 128] !== " ");
    return isWindows ? { encoding: "cp1252", told: "CP1252" } : { encoding: "latin-1", told: "LATIN-1" };
  }
}

/**
 * Refuse a character that does not occur in texts.
 * @param {string} text
 * @param {string} name
 */
export function checkCharacters(text, name) {
  const most = Math.min(text.length, SAMPLE);
  for (let at = 0; at < most; at++) {
    const code = text.charCodeAt(at);
    if (code >= 32 || !CONTROLS.has(code)) continue;
    throw new InputError(controlReason(name, code, text.slice(0, at).split("\n").length - 1));
  }
}

/**
 * @param {string} name
 * @param {number} byte
 * @param {number} before lines
 */
function controlReason(name, byte, before) {
  return `${name}, line ${grouped(before + 1)}: the byte ${byte} does not occur in texts: give a table as CSV`;
}
