// The surface on a page of its own: what the tests ask it to show is in the document that they serve.

import { numbers } from "/model/format.js";
import { Camera } from "/surface/camera.js";
import { axisLabels, pointAtStep } from "/surface/overlay.js";
import { SurfaceRenderer } from "/surface/renderer.js";
import { Surface } from "/surface/surface.js";
import { sees } from "/surface/visibility.js";

const scene = await (await fetch("/document.json")).json();
const canvas = document.getElementById("surface");
if (scene.dark) document.documentElement.classList.add("dark");
const numbered = (values) => Float64Array.from(values, (value) => value ?? Number.NaN); // JSON has no NaN
const shape = scene.shape && { ...scene.shape, values: numbered(scene.shape.values) };
const renderer = new SurfaceRenderer(canvas, scene.theme);
if (shape) renderer.setSurface(shape);
renderer.setRuns((scene.runs ?? []).map((run) => ({ ...run, points: numbered(run.points) })));
if (scene.step !== undefined) renderer.setStep(scene.step);
renderer.draw();
const named = { axisLabels, Camera, numbers, pointAtStep, renderer, scene, sees, shape, Surface, SurfaceRenderer };
Object.assign(globalThis, named, { ready: true });
document.documentElement.dataset.ready = "yes";
