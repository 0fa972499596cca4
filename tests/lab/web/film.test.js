import assert from "node:assert/strict";
import { test } from "node:test";
import { Gif } from "../../../src/steepest/lab/web/model/film/gif.js";
import { blocks } from "../../../src/steepest/lab/web/model/film/lzw.js";
import { paceOf } from "../../../src/steepest/lab/web/model/film/pace.js";
import { Palette, TRANSPARENT } from "../../../src/steepest/lab/web/model/film/palette.js";

const pixelsOf = (colors) => Uint8ClampedArray.from(colors.flatMap((color) => [...color, 255]));

test("colors that must be there are, with shades into the paper, and the rest are the picture's", () => {
  const picture = pixelsOf([...Array(50).fill([10, 200, 30]), ...Array(3).fill([250, 250, 255])]);
  const palette = new Palette(picture, ["#ff0000"], "#ffffff");
  assert.ok(palette.colors.length <= TRANSPARENT);
  for (const color of [
    [255, 0, 0],
    [255, 128, 128],
    [10, 200, 30],
  ])
    assert.deepEqual(palette.colors[palette.indexOf(...color)], color);
  assert.equal(palette.table.length, 768);
});

test("a picture of thousands of colors becomes one of 255, none of them far from its own", () => {
  const colors = Array.from({ length: 4096 }, (_, k) => [(k & 15) * 17, ((k >> 4) & 15) * 17, (k >> 8) * 17]);
  const palette = new Palette(pixelsOf(colors), [], "#ffffff");
  assert.equal(palette.colors.length, TRANSPARENT);
  for (const color of colors) {
    const found = palette.colors[palette.indexOf(...color)];
    assert.ok(Math.hypot(...found.map((value, i) => value - color[i])) < 40, color);
  }
});

test("data is cut into blocks of 255 bytes", () => {
  assert.deepEqual([...blocks(new Uint8Array(0))], [0]);
  const found = blocks(Uint8Array.from({ length: 256 }, (_, k) => k & 255));
  assert.deepEqual([found.length, found[0], found[256], found[257], found[258]], [259, 255, 1, 255, 0]);
});

test("a frame that changes nothing lengthens the one before, and durations add up", () => {
  const picture = pixelsOf(Array(12).fill([9, 9, 9]));
  const gif = new Gif(4, 3, new Palette(picture, [], "#ffffff"), "made by hand");
  for (let k = 0; k < 3; k++) gif.add(picture, 0.013);
  picture.set([200, 9, 9], 4 * 5);
  gif.add(picture, 0.013);
  gif.bytes();
  assert.equal(gif.hundredths, 6); // 3.9 and 1.3 hundredths, the latter not below 2
});

test("films are paced as Python's: uniform up to 60 steps, then as the logarithm", () => {
  assert.deepEqual(paceOf(0), [{ step: 0, seconds: 3.0625 }]);
  const few = paceOf(10).map(({ step }) => step);
  assert.deepEqual([few.length, few[0], few.at(-1)], [64, 0, 10]);
  const many = paceOf(1000).map(({ step }) => step);
  assert.deepEqual([many.length, many[0], many.at(-1)], [96, 0, 1000]);
  assert.ok(many[48] < 40 && many.every((step, k) => !k || step > many[k - 1]));
});
