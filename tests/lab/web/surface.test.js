import assert from "node:assert/strict";
import { test } from "node:test";
import { bestCamera } from "../../../src/steepest/lab/web/surface/best_camera.js";
import { Camera } from "../../../src/steepest/lab/web/surface/camera.js";
import { LineMesh } from "../../../src/steepest/lab/web/surface/line_mesh.js";
import { axisLabels, heightLabels, pointAtStep, uncrowded } from "../../../src/steepest/lab/web/surface/overlay.js";
import { Surface } from "../../../src/steepest/lab/web/surface/surface.js";
import { LINE, surfacePath } from "../../../src/steepest/lab/web/surface/surface_path.js";
import { Viewport } from "../../../src/steepest/lab/web/surface/viewport.js";
import { sees } from "../../../src/steepest/lab/web/surface/visibility.js";

const RISE = 0.6;
const SIDE = Float64Array.from({ length: 41 }, (_, k) => k / 40);
/** The surface of a function with values from 0 to 1 on the unit square. */
function surface(value) {
  const values = [...SIDE].flatMap((y) => [...SIDE].map((x) => value(x, y)));
  const levels = Float64Array.from({ length: 17 }, (_, k) => k / 16);
  const view = [
    [0, 1],
    [0, 1],
  ];
  return new Surface({ x: SIDE, y: SIDE, values, levels, view });
}
function close(found, wanted, tolerance = 1e-6) {
  for (const [axis, part] of found.entries()) {
    assert.ok(Math.abs(part - wanted[axis]) <= tolerance, `${found} is not ${wanted}`);
  }
}
const ridge = surface((_, y) => Math.exp(-(((y - 0.5) / 0.06) ** 2)));
const plane = surface((x) => x);

test("a plane rises evenly", () => {
  close(plane.pointAt(0.25, 0.6), [-0.25, 0.1, 0.25 * RISE]);
  close([plane.slopes[0], plane.slopes[1]], [RISE, 0]);
  assert.equal(plane.pointAt(1.1, 0.5), null);
  assert.equal(plane.triangles(1).length, 6 * 40 * 40);
  assert.ok(plane.triangles(4).length < plane.triangles(1).length);
});

test("where the function has no value there is no surface", () => {
  const cut = surface((x, y) => (x + y < 0.7 ? Number.NaN : 0.5));
  assert.equal(cut.pointAt(0.1, 0.1), null);
  close(cut.pointAt(0.8, 0.8), [0.3, 0.3, 0.5 * RISE]);
  assert.ok(cut.triangles(1).length < plane.triangles(1).length);
  assert.equal(plane.defined, null);
});

/** Half the sides of a surface whose domain is so long and 1 high. */
function half(length) {
  const [x, y] = [
    [0, length],
    [0, 1],
  ];
  return new Surface({ x, y, values: [0, 0, 1, 1], levels: [0, 1], view: [x, y] }).half;
}

test("a long side is 1, the other keeps its share, unless it is slender", () => {
  assert.deepEqual(half(1.25), [0.5, 0.4]);
  assert.deepEqual(half(0.8), [0.4, 0.5]);
  assert.deepEqual(half(2), [0.5, 0.5 / 1.4]);
  assert.deepEqual(half(3), [0.5, 0.5]);
});

test("cameras look from the front and from above", () => {
  close(new Camera(-90, 0).project(1, 2, 3), [1, 3, -2], 1e-12);
  close(new Camera(-90, 90).project(1, 2, 3), [1, 2, 3], 1e-12);
  close(new Camera(0, 0).project(1, 2, 3), [2, 3, 1], 1e-12);
});

test("a ridge hides what is behind it", () => {
  const camera = new Camera(-90, 20);
  assert.ok(sees(ridge, camera, 400, ...ridge.pointAt(0.5, 0.2)));
  assert.ok(!sees(ridge, camera, 400, ...ridge.pointAt(0.5, 0.8)));
  assert.ok(sees(ridge, new Camera(90, 20), 400, ...ridge.pointAt(0.5, 0.8)));
});

test("a path lies on the surface, and ends where it leaves it", () => {
  const path = surfacePath(plane, [0, 0.5, 0.5, 0.5, 1.5, 0.5]);
  close([...path.places.slice(3, 6)], [0, 0, 0.5 * RISE]);
  assert.ok(Number.isNaN(path.places[6]));
  const rows = Array.from({ length: path.count }, (_, row) => [...path.line.slice(LINE * row, LINE * row + LINE)]);
  const drawn = rows.filter((row) => row[5] >= 0);
  for (const [x, y, z] of drawn) close([y, z], [0, RISE * (x + 0.5)]);
  close([drawn[0][0], drawn.at(-1)[0], drawn.at(-1)[5]], [-0.5, 0.5, 1.5]);
  close(pointAtStep(path, plane, 0.5), [-0.25, 0, 0.25 * RISE]);
  assert.equal(pointAtStep(path, plane, 2), null);
});

test("the best camera sees the path, from near the usual direction", () => {
  const usual = bestCamera(plane, [], []);
  assert.deepEqual([usual.azimuth, usual.elevation], [-60, 40]);
  const camera = bestCamera(ridge, [surfacePath(ridge, [0.1, 0.8, 0.9, 0.8])], []);
  assert.ok(sees(ridge, camera, 400, ...ridge.pointAt(0.5, 0.8)));
});

test("the box fits from every side, and turning keeps its size", () => {
  const viewport = Object.assign(new Viewport(), { width: 480, height: 400 });
  const { scale } = viewport.frame();
  for (const azimuth of [-170, -60, 0, 45, 120]) {
    viewport.orbit(azimuth, 40);
    assert.equal(viewport.frame().scale, scale);
    for (const x of [-0.5, 0.5])
      for (const y of [-0.5, 0.5])
        for (const z of [-0.3, RISE]) {
          const pixel = viewport.project([x, y, z]);
          assert.ok(pixel.x >= 0 && pixel.x <= 480 && pixel.y >= 0 && pixel.y <= 400);
        }
  }
});

test("a zoom keeps what is under the pointer, up to an end", () => {
  const viewport = Object.assign(new Viewport(), { width: 480, height: 400 });
  const point = [0.1, -0.2, 0.2];
  const { x, y } = viewport.project(point);
  assert.ok(viewport.approach(2.5, x, y));
  const after = viewport.project(point);
  close([after.x, after.y], [x, y]);
  assert.ok(viewport.approach(1e9, x, y));
  assert.ok(!viewport.approach(2, x, y));
  viewport.orbit(200, 100);
  assert.deepEqual([viewport.camera.azimuth, viewport.camera.elevation], [-160, 88]);
});

test("each axis has numbers and its name, within the picture", () => {
  const viewport = Object.assign(new Viewport(), { width: 480, height: 400 });
  const labels = axisLabels(plane, viewport, ["w", "b"]);
  const names = labels.filter(({ name }) => name).map(({ text }) => text);
  assert.deepEqual(names, ["w", "b"]);
  const numbers = labels.filter(({ name }) => !name).map(({ text }) => text);
  assert.deepEqual(numbers.slice(0, numbers.length / 2), ["0.2", "0.4", "0.6", "0.8"]);
});

test("no number of an axis covers one of the height axis, whatever the camera", () => {
  const viewport = Object.assign(new Viewport(), { width: 480, height: 400 });
  for (let azimuth = -180; azimuth < 180; azimuth += 5) {
    for (const elevation of [20, 45, 72]) {
      viewport.camera = new Camera(azimuth, elevation);
      const numbers = axisLabels(plane, viewport, ["w", "b"]).filter(({ name }) => !name);
      const heights = uncrowded(heightLabels(plane, viewport));
      assert.ok(heights.length > 1);
      for (const [k, { y }] of heights.entries()) if (k) assert.ok(heights[k - 1].y - y > 11);
      for (const number of numbers)
        for (const height of heights) {
          const apart = Math.abs(height.y - number.y) > 9 || number.x - height.x > 3.2 * number.text.length - 9;
          assert.ok(apart || number.x < height.x - 40, `${azimuth} ${elevation} ${number.text} ${height.text}`);
        }
    }
  }
});

test("a straight line is a ribbon with two caps, a bend adds a joint", () => {
  const mesh = new LineMesh();
  const viewport = Object.assign(new Viewport(), { width: 480, height: 400 });
  const line = (...points) => ({
    line: Float32Array.from(points.flatMap(([x, y, step]) => [x, y, 0, 0, 0, step])),
    count: points.length,
  });
  mesh.begin(new Camera(-90, 60), viewport.frame());
  mesh.add(line([-0.4, 0, 0], [0.4, 0, 1]), 1);
  assert.deepEqual([mesh.count, mesh.indices], [12, 18]);
  mesh.begin(new Camera(-90, 60), viewport.frame());
  mesh.add(line([-0.4, 0, 0], [0, 0, 1], [0.4, 0, 2]), 1);
  assert.deepEqual([mesh.count, mesh.indices], [12, 18]); // the point between is not needed
  mesh.begin(new Camera(-90, 60), viewport.frame());
  mesh.add(line([-0.4, 0, 0], [0, 0.1, 1], [0.4, 0, 2]), 1);
  assert.deepEqual([mesh.count, mesh.indices], [14, 24]);
});
