// @ts-check
/**
 * The surface z = f(x, y) drawn with WebGL 2: shaded by height, with contour lines, its shadow on the floor, and the
 * paths of the runs on it, opaque in front and faint where the surface hides them.
 */
import { bestCamera } from "./best_camera.js";
import { box, drawLines, shadow } from "./draw_lines.js";
import { drawSurface } from "./draw_surface.js";
import { LineMesh } from "./line_mesh.js";
import { Overlay } from "./overlay.js";
import { listenToPointer } from "./pointer_controls.js";
import { Surface } from "./surface.js";
import { surfacePath } from "./surface_path.js";
import { Viewport } from "./viewport.js";
import { sees } from "./visibility.js";
import {
  attribute,
  channels,
  createResources,
  release,
  resizeTargets,
  uploadBuffer,
  uploadTheme,
  vertices,
} from "./webgl.js";

/** @typedef {import("./camera.js").Point} Point */
/** @typedef {import("./surface_path.js").SurfacePath} SurfacePath */
/** @typedef {import("./webgl.js").Theme} Theme */
/** @typedef {import("./webgl.js").Resources} Resources */
/** A range of indices. @typedef {{first: number, count: number}} Range */
/** @typedef {{kind: string, position: ArrayLike<number>}} Marker */
/** @typedef {{names?: readonly string[], markers?: readonly Marker[], spacing?: string}} Known */
/**
 * Values, the names of the axes, known points, and how the levels grow.
 * @typedef {import("./surface.js").SurfaceGrid & Known} Shape
 */
/**
 * One run: `x, y` of every step, its color, dashes in line widths, and its marker in matplotlib's letters.
 * @typedef {{points: ArrayLike<number>, color: string, dash?: readonly number[], marker?: string}} Run
 */
/** @typedef {{run: Run, path: SurfacePath}} SurfaceRun */

const PAUSE = 140; // milliseconds
const COARSE = 3; // points of the grid
const NONE = { first: 0, count: 0 };
const MISSING = "This view needs WebGL 2, which this browser does not offer. The plane shows the same runs.";
/** @type {SurfacePath} */
const EMPTY = { unit: new Float64Array(), places: new Float64Array(), line: new Float32Array(), count: 0 };

/** A surface in a canvas. It draws by itself after a change; destroy it when the canvas goes. */
export class SurfaceRenderer {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Theme} theme
   */
  constructor(canvas, theme) {
    this.canvas = canvas;
    this.colors = theme;
    this.viewport = new Viewport();
    this.density = 1;
    this.step = Infinity;
    /** @type {Surface | null} */
    this.surface = null;
    /** @type {readonly string[]} */
    this.names = [];
    /** @type {readonly Marker[]} */
    this.markers = [];
    this.spacing = "linear";
    /** @type {SurfaceRun[]} */
    this.surfaceRuns = [];
    this.lineMesh = new LineMesh();
    /** The box and the paths' shadows, and the paths, among the indices of the line mesh. @type {[Range, Range]} */
    this.lineRanges = [NONE, NONE];
    /** The surface's triangles, and fewer for a slow machine while the camera moves. @type {[Range, Range]} */
    this.triangles = [NONE, NONE];
    this.sceneChanged = true; // whether the surface is to be drawn again
    this.coarseTimer = 0; // while a slow machine draws fewer triangles
    this.cameraUndecided = true;
    this.linesChanged = true; // whether the lines are still to be laid out
    this.scheduled = false;
    /** @type {Resources | null} */
    this.resources = null;
    this.overlay = new Overlay();
    this.onDrawn = () => {}; // what else follows the camera
    /** Ends every listener. */
    this.listening = new AbortController();
    /** Stands in the canvas' place where there is no WebGL 2. @type {HTMLElement | null} */
    this.message = null;
    const gl = canvas.getContext("webgl2", {
      antialias: false,
      alpha: false,
      stencil: false,
      powerPreference: "low-power",
    });
    if (!gl) {
      this.showMessage();
      return;
    }
    canvas.after(this.overlay.canvas);
    this.resources = createResources(gl);
    this.resizeObserver = listenToPointer(this, this.listening.signal);
    this.setTheme(theme);
    this.resize();
  }

  showMessage() {
    this.message = document.createElement("p");
    this.message.className = "surface-missing";
    this.message.textContent = MISSING;
    this.canvas.style.display = "none";
    this.canvas.after(this.message);
  }

  /**
   * Show another function, from where most of its paths are seen.
   * @param {Shape} shape
   */
  setSurface(shape) {
    this.surface = new Surface(shape);
    this.names = shape.names ?? ["x", "y"];
    this.markers = shape.markers ?? [];
    this.spacing = shape.spacing ?? "linear";
    this.viewport.half = this.surface.half;
    this.viewport.reset();
    this.cameraUndecided = true;
    this.uploadSurface();
    this.sceneChanged = true;
    this.setRuns(this.surfaceRuns.map(({ run }) => run));
  }

  /**
   * Show these runs.
   * @param {readonly Run[]} runs
   */
  setRuns(runs) {
    const { surface } = this;
    this.surfaceRuns = runs.map((run) => ({ run, path: surface ? surfacePath(surface, run.points) : EMPTY }));
    this.linesChanged = true;
    this.schedule();
  }

  /**
   * Show the paths up to a step or between two.
   * @param {number} step
   */
  setStep(step) {
    this.step = step;
    this.schedule();
  }

  /** @param {Theme} theme */
  setTheme(theme) {
    this.colors = theme;
    if (this.resources) uploadTheme(this.resources, theme);
    this.sceneChanged = true;
    this.schedule();
  }

  /**
   * Look from a direction, in degrees.
   * @param {number} azimuth
   * @param {number} elevation
   */
  orbit(azimuth, elevation) {
    this.viewport.orbit(azimuth, elevation);
    this.cameraUndecided = false;
    this.drawCoarsely();
    this.change();
  }

  /**
   * Come nearer by a factor, toward a place of the canvas, its middle by default; false at either end.
   * @param {number} factor
   * @param {number} [x]
   * @param {number} [y]
   */
  approach(factor, x = this.viewport.width / 2, y = this.viewport.height / 2) {
    this.decideCamera();
    if (!this.viewport.approach(factor, x, y)) return false;
    this.drawCoarsely();
    this.change();
    return true;
  }

  /**
   * Move the picture in its canvas.
   * @param {number} right
   * @param {number} down
   */
  move(right, down) {
    this.viewport.move(right, down);
    this.drawCoarsely();
    this.change();
  }

  /** Go back to the camera that sees most of the paths. */
  reset() {
    this.cameraUndecided = true;
    this.viewport.reset();
    this.decideCamera();
    this.change();
  }

  /** Take the canvas' present size and the screen's density. */
  resize() {
    if (!this.resources) return;
    const { canvas, viewport } = this;
    const overlay = this.overlay.canvas;
    viewport.width = Math.max(canvas.clientWidth, 1);
    viewport.height = Math.max(canvas.clientHeight, 1);
    const magnified = canvas.getBoundingClientRect().width / viewport.width || 1; // by CSS zoom
    this.density = Math.min((globalThis.devicePixelRatio || 1) * magnified, 3);
    for (const each of [canvas, overlay]) {
      const size = [Math.round(viewport.width * this.density), Math.round(viewport.height * this.density)];
      if (each.width !== size[0] || each.height !== size[1]) [each.width, each.height] = size;
    }
    resizeTargets(this.resources, canvas.width, canvas.height);
    const { offsetLeft, offsetTop, clientLeft, clientTop } = canvas;
    Object.assign(overlay.style, {
      left: `${offsetLeft + clientLeft}px`,
      top: `${offsetTop + clientTop}px`,
      width: `${viewport.width}px`,
      height: `${viewport.height}px`,
    });
    this.change();
  }

  /** Make everything anew for a graphics card that was lost. */
  restore() {
    if (!this.resources) return;
    this.resources = createResources(this.resources.gl);
    this.setTheme(this.colors);
    this.uploadSurface();
    this.resize();
  }

  /** The picture as a PNG. @returns {Promise<Blob>} */
  image() {
    const { canvas, overlay } = this;
    const picture = document.createElement("canvas");
    [picture.width, picture.height] = [canvas.width, canvas.height];
    const context = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
    this.draw();
    if (this.resources) for (const part of [canvas, overlay.canvas]) context.drawImage(part, 0, 0);
    return new Promise((done, failed) => {
      picture.toBlob((blob) => (blob ? done(blob) : failed(new Error("the browser made no picture"))), "image/png");
    });
  }

  /** Free the graphics card's memory and remove every listener. */
  destroy() {
    this.listening.abort();
    this.resizeObserver?.disconnect();
    clearTimeout(this.coarseTimer);
    this.overlay.canvas.remove();
    this.message?.remove();
    if (this.message) this.canvas.style.display = "";
    if (this.resources) release(this.resources);
    this.resources = null;
    this.surface = null;
    this.surfaceRuns = [];
    this.overlay.dots = [];
  }

  /**
   * Where a point is in the canvas, in CSS pixels, and whether it is in front.
   * @param {Point} point
   */
  project(point) {
    this.decideCamera();
    const { surface, viewport } = this;
    const seen = !surface || sees(surface, viewport.camera, viewport.frame().scale, ...point);
    return { ...viewport.project(point), seen };
  }

  /** Everything is to be drawn again. */
  change() {
    this.sceneChanged = this.linesChanged = true;
    this.schedule();
  }

  /** Without a graphics card, draw the surface with fewer triangles and samples until the camera rests. */
  drawCoarsely() {
    if (!this.resources?.slow) return;
    clearTimeout(this.coarseTimer);
    this.coarseTimer = window.setTimeout(() => {
      this.coarseTimer = 0;
      this.change();
    }, PAUSE);
  }

  /** Draw in a microtask, once for all changes until then. */
  schedule() {
    if (this.scheduled || !this.resources) return;
    this.scheduled = true;
    queueMicrotask(() => this.scheduled && this.draw());
  }

  /** Choose the camera, if that is still to be done. */
  decideCamera() {
    const { surface } = this;
    if (!this.cameraUndecided || !surface) return;
    const place = (/** @type {Marker} */ { position }) => surface.pointAt(position[0], position[1]);
    const points = /** @type {Point[]} */ (this.markers.map(place).filter(Boolean));
    const low = this.markers.filter(({ kind }) => kind !== "saddle");
    const paths = this.surfaceRuns.map(({ path }) => path);
    this.cameraUndecided = false;
    this.sceneChanged = this.linesChanged = true;
    this.viewport.camera = bestCamera(surface, paths, points, /** @type {Point[]} */ (low.map(place).filter(Boolean)));
  }

  /** Give WebGL the surface. */
  uploadSurface() {
    const { resources, surface } = this;
    if (!resources || !surface) return;
    const { gl } = resources;
    const fine = surface.triangles(1);
    const coarse = resources.slow ? surface.triangles(COARSE) : fine.subarray(0, 0);
    const points = vertices(surface);
    const heights = Float32Array.from(
      { length: 2 * surface.grid.length },
      (_, at) => points[4 * (at >> 1) + (at % 2 ? 3 : 0)],
    );
    gl.bindVertexArray(resources.mesh);
    uploadBuffer(gl, gl.ARRAY_BUFFER, resources.grid, points);
    attribute(gl, 0, 4, 16, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, resources.triangles);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, 4 * (fine.length + coarse.length), gl.DYNAMIC_DRAW);
    gl.bufferSubData(gl.ELEMENT_ARRAY_BUFFER, 0, fine);
    gl.bufferSubData(gl.ELEMENT_ARRAY_BUFFER, 4 * fine.length, coarse);
    gl.bindVertexArray(null);
    this.triangles = [
      { first: 0, count: fine.length },
      { first: fine.length, count: coarse.length },
    ];
    gl.bindTexture(gl.TEXTURE_2D, resources.heights);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG16F, surface.columns, surface.rows, 0, gl.RG, gl.FLOAT, heights);
  }

  /** Lay out every line as this camera sees it. */
  arrange() {
    const { resources, surface, surfaceRuns, lineMesh, viewport } = this;
    if (!resources || !surface) return;
    lineMesh.begin(viewport.camera, viewport.frame());
    lineMesh.add(box(surface, viewport.camera), 0);
    for (const [index, { path }] of surfaceRuns.entries()) lineMesh.add(shadow(path), index + 1);
    const count = lineMesh.indices;
    for (const [index, { path }] of surfaceRuns.entries()) lineMesh.add(path, index + 1);
    this.lineRanges = [
      { first: 0, count },
      { first: count, count: lineMesh.indices - count },
    ];
    const paths = surfaceRuns.map(({ path }) => path);
    this.overlay.arrange(surface, viewport, paths);
    lineMesh.upload(resources);
    this.linesChanged = false;
  }

  /** Draw now. */
  draw() {
    this.scheduled = false;
    const { resources } = this;
    if (!resources || resources.gl.isContextLost()) return;
    this.decideCamera();
    if (this.linesChanged) this.arrange();
    const { gl } = resources;
    const { width, height } = this.canvas;
    if (this.sceneChanged) this.drawScene(resources);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, resources.scene);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
    // Without this the browser clears a canvas that it has shown at the first line that is drawn, after the copy.
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    if (this.surface) drawLines(this, resources);
    this.overlay.draw(this);
    this.onDrawn();
  }

  /**
   * What lines do not change: the surface and the floor, into `scene`.
   * @param {Resources} resources
   */
  drawScene(resources) {
    const { gl, scene, sharp } = resources;
    const { surface, coarseTimer } = this;
    const { width, height } = this.canvas;
    gl.bindFramebuffer(gl.FRAMEBUFFER, coarseTimer ? scene : sharp);
    gl.viewport(0, 0, width, height);
    gl.depthMask(true);
    gl.clearColor(...channels(this.colors.paper), 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (surface) drawSurface(this, resources, surface);
    if (!coarseTimer) {
      gl.bindFramebuffer(gl.READ_FRAMEBUFFER, sharp);
      gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, scene);
      gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
      gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.DEPTH_BUFFER_BIT, gl.NEAREST);
    }
    this.sceneChanged = false;
  }
}
