// @ts-check
/** GIF's variable-length codes (Welch 1984; GIF89a specification, CompuServe 1990, appendix F). */

const BITS = 8; // of an index
const CLEAR = 1 << BITS;
const END = CLEAR + 1;
const MOST = 4096; // codes
const SLOTS = 1 << 14; // of the hash table, a power of two well above MOST

/**
 * Indices of a palette of 256 colors as image data: the size of a code, blocks of at most 255 bytes, an empty block.
 * @param {Uint8Array} indices
 */
export function compressed(indices) {
  const bytes = new Bytes(indices.length + 64);
  const keys = new Int32Array(SLOTS);
  const codes = new Int16Array(SLOTS);
  let next = END + 1;
  let width = BITS + 1;
  const clear = () => {
    bytes.code(CLEAR, width);
    keys.fill(-1);
    next = END + 1;
    width = BITS + 1;
  };
  clear();
  let prefix = indices[0];
  for (let at = 1; at < indices.length; at++) {
    const index = indices[at];
    const key = (prefix << BITS) | index;
    let slot = Math.imul(key, 0x9e3779b1) >>> 18;
    while (keys[slot] !== -1 && keys[slot] !== key) slot = (slot + 1) & (SLOTS - 1);
    if (keys[slot] === key) {
      prefix = codes[slot];
      continue;
    }
    bytes.code(prefix, width);
    prefix = index;
    if (next === MOST) {
      clear();
      continue;
    }
    keys[slot] = key;
    codes[slot] = next;
    if (next === 1 << width) width++; // the code that was just given away needs another bit
    next++;
  }
  bytes.code(prefix, width);
  if (next === 1 << width && width < 12) width++; // a reader has given the last code away, too
  bytes.code(END, width);
  return bytes.blocks();
}

/** Codes of different widths, the lowest bits first. */
class Bytes {
  /** @param {number} room */
  constructor(room) {
    this.data = new Uint8Array(room);
    this.length = 0;
    this.waiting = 0;
    this.bits = 0;
  }

  /**
   * @param {number} code
   * @param {number} width its bits
   */
  code(code, width) {
    this.waiting |= code << this.bits;
    for (this.bits += width; this.bits >= 8; this.bits -= 8) {
      this.push(this.waiting & 255);
      this.waiting >>>= 8;
    }
  }

  /** @param {number} byte */
  push(byte) {
    if (this.length === this.data.length) {
      const wider = new Uint8Array(2 * this.length);
      wider.set(this.data);
      this.data = wider;
    }
    this.data[this.length++] = byte;
  }

  blocks() {
    if (this.bits) this.push(this.waiting);
    return Uint8Array.from([BITS, ...blocks(this.data.subarray(0, this.length))]);
  }
}

/**
 * Data in blocks of at most 255 bytes, each after its length, and an empty one.
 * @param {Uint8Array} data
 */
export function blocks(data) {
  const count = Math.ceil(data.length / 255);
  const found = new Uint8Array(data.length + count + 1);
  for (let k = 0; k < count; k++) {
    const piece = data.subarray(255 * k, 255 * (k + 1));
    found[256 * k] = piece.length;
    found.set(piece, 256 * k + 1);
  }
  return found;
}
