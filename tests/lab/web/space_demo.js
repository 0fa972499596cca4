// The surface view on a page of its own: what the tests ask it to show is in the document that they serve.

import { numbers } from "/model/format.js";
import { SurfaceRenderer } from "/surface/renderer.js";
import * as ground from "/surface/surface.js";

const scene = await (await fetch("/document.json")).json();
const canvas = document.getElementById("surface");
if (scene.dark) document.documentElement.classList.add("dark");
const bare = (values) => Float64Array.from(values, (value) => value ?? NaN); // JSON has no NaN
const shape = scene.shape && { ...scene.shape, values: bare(scene.shape.values) };
const space = new SurfaceRenderer(canvas, scene.theme);
if (shape) space.surface(shape);
space.paths((scene.runs ?? []).map((run) => ({ ...run, points: bare(run.points) })));
if (scene.step !== undefined) space.at(scene.step);
space.draw();
Object.assign(globalThis, { space, shape, ground, numbers, SurfaceRenderer, scene, ready: true });
document.documentElement.dataset.ready = "yes";
