// @ts-check
/**
 * The surface z = f(x, y) in space, drawn with WebGL 2: shaded by height, with lines of equal height, its shadow on the
 * floor, and
 * the paths of the runs on it, full in front and faint where the surface hides them.
 */

import { numbers } from "../model/format.js";
import { Board } from "../plot/cached_layer.js";
import { outline } from "../plot/run_style.js";
import { Sheet } from "./line_mesh.js";
import { watch } from "./pointer_controls.js";
import { Camera, climb, FLOOR, Ground, LINE, RISE, sees, viewpoint } from "./surface.js";
import { attribute, channels, dip, fit, pointsOf, release, shade, store, tools } from "./webgl.js";

/** @typedef {import("./webgl.js").Program} Program */
/** @typedef {import("./webgl.js").Theme} Theme */
/** @typedef {import("./webgl.js").Tools} Tools */
/** @typedef {import("./line_mesh.js").Frame} Frame */
/** @typedef {{first: number, count: number}} Part A range of indices */
/** @typedef {import("./surface.js").Climb} Climb */
/** @typedef {import("./surface.js").Place} Place */
/** @typedef {{kind: string, position: ArrayLike<number>}} Mark */
/**
 * Values with what is known about them; `names` are the axes', `spacing` says how the levels grow.
 * @typedef {import("./surface.js").Heights & {names?: readonly string[], marks?: readonly Mark[], spacing?: string}}
 *   Shape
 */
/**
 * One run: `x, y` of every step, its color, dashes in line widths, and its marker in matplotlib's letters.
 * @typedef {{points: ArrayLike<number>, values?: ArrayLike<number>, color: string, dash?: readonly number[], marker?:
 *   string}} Run
 */
/** @typedef {{run: Run, climb: Climb}} Way */
/** @typedef {{x: number, y: number, step: number}} Dot */

const POINT = 4 / 3; // pixels
const BEHIND = 0.38; // the opacity of what the surface hides
const SHADOW = 0.45; // of a path's shadow on the floor
const THIN = 0.9 * POINT; // of that and of the box
const NUMBERS = 11;
const NAMES = 25; // points from the floor
const PLAIN = "11.5px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";
const ITALIC =
  "italic 18px 'Latin Modern Math', 'STIX Two Math', 'Cambria Math', 'Times New Roman', 'DejaVu Serif', serif";
const ROOM = { beside: 12, above: 8, below: 16 };
const TICKS = 5;
const DOT = 0.014;
const DOTS_APART = 9;
const MOST_DOTS = 120;
const LOWEST = 6;
const HIGHEST = 88; // degrees
const CLOSEST = 12;
const PAUSE = 140;
const COARSE = 3; // milliseconds; points of the grid
const NONE = { first: 0, count: 0 };
const GLYPHS = /** @type {Record<string, [string, number, number]>} */ ({
  minimum: ["*", 1.9, 1],
  "lowest point found": ["*", 1.9, 1],
  "local minimum": ["*", 1.3, 0],
  saddle: ["x", 0.8, 0],
  "flat spot": ["x", 0.8, 0],
});
const MISSING = "This view needs WebGL 2, which this browser does not offer. The plane shows the same runs.";

/** A surface in a canvas. It draws by itself after a change; destroy it when the canvas goes. */
export class Space {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Theme} theme
   */
  constructor(canvas, theme) {
    this.canvas = canvas;
    this.look = theme;
    this.camera = new Camera(-60, 40);
    this.zoom = 1;
    this.pan = [0, 0];
    this.width = this.height = this.density = 1;
    this.step = Infinity;
    /** @type {Ground | null} */ this.ground = null;
    /** @type {readonly string[]} */ this.names = [];
    /** @type {readonly Mark[]} */ this.marks = [];
    /** @type {Way[]} */ this.ways = [];
    this.sheet = new Sheet();
    /** @type {Dot[][]} */ this.dots = [];
    /** The box and the paths' shadows, and the paths, among the ribbons. @type {[Part, Part]} */
    this.parts = [NONE, NONE];
    /** The surface's triangles, and fewer for a slow machine in a hurry. @type {[Part, Part]} */
    this.triangles = [NONE, NONE];
    this.stale = true; // whether the surface is to be drawn again
    this.hurry = 0; // a timer, while a slow machine follows a hand
    this.undecided = true; // whether the camera is still to be chosen
    this.turned = true; // whether the lines are still to be laid out
    this.asked = this.ended = false;
    /** @type {Tools | null} */ this.tools = null;
    const gl = canvas.getContext("webgl2", {
      antialias: false,
      alpha: false,
      stencil: false,
      powerPreference: "low-power",
    });
    /** Words and marks, over the canvas. */
    this.overlay = document.createElement("canvas");
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.overlay.getContext("2d"));
    this.overlay.setAttribute("aria-hidden", "true");
    this.board = new Board();
    Object.assign(this.overlay.style, { position: "absolute", pointerEvents: "none" });
    /** Ends every listener. */
    this.ending = new AbortController();
    /** Stands in the canvas' place where there is no WebGL 2. @type {HTMLElement | null} */
    this.message = null;
    if (!gl) {
      this.message = document.createElement("p");
      this.message.className = "space-missing";
      this.message.textContent = MISSING;
      canvas.style.display = "none";
      canvas.after(this.message);
      return;
    }
    canvas.after(this.overlay);
    this.tools = tools(gl);
    this.watched = watch(this, this.ending.signal);
    this.theme(theme);
    this.resize();
  }

  /**
   * Show another function, from where most of its paths are seen.
   * @param {Shape} shape
   */
  surface(shape) {
    this.ground = new Ground(shape);
    this.names = shape.names ?? ["x", "y"];
    this.marks = shape.marks ?? [];
    this.spacing = shape.spacing ?? "linear";
    this.undecided = true;
    [this.zoom, this.pan] = [1, [0, 0]];
    this.load();
    this.stale = true;
    this.paths(this.ways.map((way) => way.run));
  }

  /**
   * Show these runs.
   * @param {readonly Run[]} runs
   */
  paths(runs) {
    const { ground } = this;
    this.ways = ground
      ? runs.map((run) => ({ run, climb: climb(ground, run.points) }))
      : runs.map((run) => ({ run, climb: NOWHERE }));
    this.turned = true;
    this.ask();
  }

  /**
   * Cut the paths at a step or between two, where their heads are then.
   * @param {number} step
   */
  at(step) {
    this.step = step;
    this.ask();
  }

  /** @param {Theme} theme */
  theme(theme) {
    this.look = theme;
    if (this.tools) shade(this.tools, theme);
    this.stale = true;
    this.ask();
  }

  /**
   * Look from a direction, in degrees.
   * @param {number} azimuth
   * @param {number} elevation
   */
  orbit(azimuth, elevation) {
    this.camera = new Camera(
      ((((azimuth + 180) % 360) + 360) % 360) - 180,
      Math.min(Math.max(elevation, LOWEST), HIGHEST),
    );
    this.undecided = false;
    this.hasten();
    this.change();
  }

  /**
   * Come nearer by a factor, with what is at a place of the canvas, its middle by default, staying there; false at
   * either end.
   * @param {number} factor
   * @param {number} [x]
   * @param {number} [y]
   */
  approach(factor, x = this.width / 2, y = this.height / 2) {
    this.decide();
    const before = this.frame();
    const zoom = Math.min(Math.max(this.zoom * factor, 1), CLOSEST);
    if (zoom === this.zoom) return false;
    const times = zoom / this.zoom;
    this.zoom = zoom;
    const after = this.frame();
    this.move(x + (before.x - x) * times - after.x, y + (before.y - y) * times - after.y);
    return true;
  }

  /**
   * Move the picture, so far that its middle stays in view.
   * @param {number} right
   * @param {number} down
   */
  move(right, down) {
    this.hasten();
    const reach = [0.5 * (this.zoom - 1) * this.width, 0.5 * (this.zoom - 1) * this.height];
    this.pan = [this.pan[0] + right, this.pan[1] + down].map((shift, axis) =>
      Math.min(Math.max(shift, -reach[axis]), reach[axis]),
    );
    this.change();
  }

  /** Go back to the camera that sees most of the paths. */
  reset() {
    this.undecided = true;
    [this.zoom, this.pan] = [1, [0, 0]];
    this.decide();
    this.change();
  }

  /** Take the canvas' present size and the screen's density. */
  resize() {
    if (!this.tools) return;
    const { canvas, overlay } = this;
    this.width = Math.max(canvas.clientWidth, 1);
    this.height = Math.max(canvas.clientHeight, 1);
    this.density = Math.min(globalThis.devicePixelRatio || 1, 3);
    for (const each of [canvas, overlay]) {
      const size = [Math.round(this.width * this.density), Math.round(this.height * this.density)];
      if (each.width !== size[0] || each.height !== size[1]) [each.width, each.height] = size;
    }
    fit(this.tools, canvas.width, canvas.height);
    const { offsetLeft, offsetTop, clientLeft, clientTop } = canvas;
    Object.assign(overlay.style, {
      left: `${offsetLeft + clientLeft}px`,
      top: `${offsetTop + clientTop}px`,
      width: `${this.width}px`,
      height: `${this.height}px`,
    });
    this.change();
  }

  /**
   * The picture as a PNG.
   * @returns {Promise<Blob>}
   */
  image() {
    const { canvas, overlay } = this;
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [canvas.width, canvas.height];
    const pen = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
    this.draw();
    if (this.tools) for (const part of [canvas, overlay]) pen.drawImage(part, 0, 0);
    return new Promise((done, failed) =>
      sheet.toBlob((blob) => (blob ? done(blob) : failed(new Error("the browser made no picture"))), "image/png"),
    );
  }

  /** Free the graphics card's memory and listen no more. */
  destroy() {
    this.ended = true;
    this.ending.abort();
    this.watched?.disconnect();
    clearTimeout(this.hurry);
    this.overlay.remove();
    this.message?.remove();
    if (this.message) this.canvas.style.display = "";
    if (this.tools) release(this.tools);
    this.tools = null;
    this.ground = null;
    this.ways = [];
    this.dots = [];
  }

  /**
   * Where the box is in the canvas: as large as fits from every side, so that turning does not change its size.
   * @returns {Frame}
   */
  frame() {
    const { sine, cosine } = this.camera;
    const radius = Math.hypot(...(this.ground?.half ?? [0.5, 0.5]));
    const tall = RISE - FLOOR;
    const room = [this.width - 2 * ROOM.beside, this.height - ROOM.above - ROOM.below];
    const scale = Math.max(Math.min(room[0] / (2 * radius), room[1] / Math.hypot(tall, 2 * radius)), 1) * this.zoom;
    const low = cosine * FLOOR - sine * radius;
    const high = cosine * RISE + sine * radius;
    return {
      scale,
      x: this.width / 2 + this.pan[0],
      y: ROOM.above + room[1] / 2 + (scale * (low + high)) / 2 + this.pan[1],
    };
  }

  /** How large marks are, which are smaller in a small picture. */
  get grain() {
    return Math.min(Math.max(Math.min(this.width, 1.3 * this.height) / 520, 0.75), 1);
  }

  /**
   * Where a place is in the canvas, in CSS pixels, and whether it is in front.
   * @param {Place} place
   */
  project([x, y, z]) {
    this.decide();
    const frame = this.frame();
    const [across, up] = this.camera.project(x, y, z);
    return {
      x: frame.x + frame.scale * across,
      y: frame.y - frame.scale * up,
      seen: !this.ground || sees(this.ground, this.camera, frame.scale, x, y, z),
    };
  }

  /** The picture is another one. */
  change() {
    this.stale = this.turned = true;
    this.ask();
  }

  /** Without a graphics card, draw the surface with fewer triangles and samples until the hand rests. */
  hasten() {
    if (!this.tools?.slow) return;
    clearTimeout(this.hurry);
    this.hurry = window.setTimeout(() => {
      this.hurry = 0;
      this.change();
    }, PAUSE);
  }

  /** Draw after what is going on now: all changes of one moment are one picture. */
  ask() {
    if (this.asked || !this.tools) return;
    this.asked = true;
    queueMicrotask(() => this.asked && this.draw());
  }

  /** Choose the camera, if that is still to be done. */
  decide() {
    if (!this.undecided || !this.ground) return;
    const { ground } = this;
    const places = this.marks.map(({ position }) => ground.place(position[0], position[1]));
    this.undecided = false;
    this.stale = this.turned = true;
    this.camera = viewpoint(
      ground,
      this.ways.map((way) => way.climb),
      /** @type {Place[]} */ (places.filter(Boolean)),
    );
  }

  /** Give WebGL the ground. */
  load() {
    const { tools, ground } = this;
    if (!tools || !ground) return;
    const { gl } = tools;
    const fine = ground.triangles(1);
    const coarse = tools.slow ? ground.triangles(COARSE) : fine.subarray(0, 0);
    const points = pointsOf(ground);
    const rows = Float32Array.from(
      { length: 2 * ground.grid.length },
      (_, at) => points[4 * (at >> 1) + (at % 2 ? 3 : 0)],
    );
    gl.bindVertexArray(tools.mesh);
    store(gl, gl.ARRAY_BUFFER, tools.grid, points);
    attribute(gl, 0, 4, 16, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, tools.triangles);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, 4 * (fine.length + coarse.length), gl.DYNAMIC_DRAW);
    gl.bufferSubData(gl.ELEMENT_ARRAY_BUFFER, 0, fine);
    gl.bufferSubData(gl.ELEMENT_ARRAY_BUFFER, 4 * fine.length, coarse);
    gl.bindVertexArray(null);
    this.triangles = [
      { first: 0, count: fine.length },
      { first: fine.length, count: coarse.length },
    ];
    gl.bindTexture(gl.TEXTURE_2D, tools.heights);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG16F, ground.columns, ground.rows, 0, gl.RG, gl.FLOAT, rows);
  }

  /** Lay out every line as this camera sees it. */
  arrange() {
    const { tools, ground, camera } = this;
    if (!tools || !ground) return;
    const frame = this.frame();
    const { sheet } = this;
    sheet.begin(camera, frame);
    sheet.ribbon(box(ground, camera), 0);
    for (const [index, { climb: way }] of this.ways.entries()) sheet.ribbon(fallen(way), index + 1);
    const count = sheet.indices;
    for (const [index, { climb: way }] of this.ways.entries()) sheet.ribbon(way, index + 1);
    this.parts = [
      { first: 0, count },
      { first: count, count: sheet.indices - count },
    ];
    this.dots = this.ways.map(({ climb: way }) => dots(way, ground, camera, frame));
    sheet.upload(tools);
    this.turned = false;
  }

  /** Draw now. */
  draw() {
    this.asked = false;
    const { tools } = this;
    if (!tools || tools.gl.isContextLost()) return;
    this.decide();
    if (this.turned) this.arrange();
    const { gl } = tools;
    const { width, height } = this.canvas;
    if (this.stale) this.drawScene(tools);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, tools.scene);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
    // Without this the browser clears a canvas that it has shown at the first line that is drawn, after the copy.
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    if (this.ground) this.drawLines(tools);
    this.write();
  }

  /**
   * What lines do not change: the surface and the floor, into `scene`.
   * @param {Tools} tools
   */
  drawScene(tools) {
    const { gl, scene, sharp } = tools;
    const { ground, hurry } = this;
    const { width, height } = this.canvas;
    gl.bindFramebuffer(gl.FRAMEBUFFER, hurry ? scene : sharp);
    gl.viewport(0, 0, width, height);
    gl.depthMask(true);
    gl.clearColor(...channels(this.look.paper), 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (ground) this.drawSurface(tools, ground);
    if (!hurry) {
      gl.bindFramebuffer(gl.READ_FRAMEBUFFER, sharp);
      gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, scene);
      gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
      gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.DEPTH_BUFFER_BIT, gl.NEAREST);
    }
    this.stale = false;
  }

  /**
   * @param {Tools} tools
   * @param {Ground} ground
   */
  drawSurface(tools, ground) {
    const { gl, floor, mesh } = tools;
    const { look } = this;
    const { first, count } = this.triangles[this.hurry ? 1 : 0];
    gl.enable(gl.DEPTH_TEST);
    gl.disable(gl.BLEND);
    if (ground.there) gl.enable(gl.SAMPLE_ALPHA_TO_COVERAGE);
    gl.bindVertexArray(mesh);
    const at = this.use(tools, ground.there ? tools.holes : tools.surface, ground, 0.36);
    gl.uniform1i(at.columns, ground.columns);
    gl.uniform1i(at.rows, ground.rows);
    gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_INT, 4 * first);
    gl.bindVertexArray(null);
    gl.disable(gl.SAMPLE_ALPHA_TO_COVERAGE);
    const under = this.use(tools, floor, ground, 0.34);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, tools.heights);
    gl.activeTexture(gl.TEXTURE0);
    gl.uniform1i(under.heights, 1);
    gl.uniform3f(under.paper, ...channels(look.paper));
    gl.uniform3f(under.nowhere, ...channels(look.nowhere));
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  /**
   * Begin to draw with a program that looks at the ground, with lines of this half width.
   * @param {Tools} tools
   * @param {Program} chosen
   * @param {Ground} ground
   * @param {number} thick
   */
  use({ gl, shades }, { program, at }, ground, thick) {
    const { camera } = this;
    const frame = this.frame();
    gl.useProgram(program);
    gl.bindTexture(gl.TEXTURE_2D, shades);
    gl.uniform4f(at.turn, ...camera.right, ...camera.away);
    gl.uniform2f(at.tilt, camera.sine, camera.cosine);
    gl.uniform3f(at.frame, frame.scale, frame.x, frame.y);
    gl.uniform2f(at.size, this.width, this.height);
    gl.uniform2f(at.spread, ...ground.half);
    gl.uniform1f(at.bands, ground.bands);
    gl.uniform1f(at.thick, thick * this.density);
    return at;
  }

  /**
   * The box, the paths' shadows, the paper around the paths, and the paths.
   * @param {Tools} tools
   */
  drawLines(tools) {
    const {
      gl,
      ribbons: { program, at },
    } = tools;
    const { look, ways, parts } = this;
    const wide = (look.path_width ?? 1.6) * POINT;
    const halo = (look.halo ?? 1.8) * POINT;
    const own = ways.map(({ run }) => ({
      color: run.color,
      thin: SHADOW,
      behind: BEHIND,
      dash: (run.dash ?? []).map((part) => part * wide),
    }));
    dip(tools, [{ color: look.faint, thin: 1, behind: 0, dash: [] }, ...own]);
    gl.useProgram(program);
    gl.bindVertexArray(tools.strip);
    [tools.depths, tools.pens].forEach((texture, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, texture);
    });
    gl.activeTexture(gl.TEXTURE0);
    gl.uniform1i(at.pens, 1);
    gl.uniform2f(at.size, this.width, this.height);
    gl.uniform1f(at.density, this.density);
    gl.uniform1f(at.head, Math.min(this.step, 3e38));
    gl.uniform3f(at.papers, ...channels(look.paper));
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.disable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    parts.forEach(({ first, count }, part) => {
      gl.uniform1i(at.thin, 1 - part);
      gl.uniform2f(at.widths, part ? wide + halo : THIN, part ? wide : THIN);
      // Of the paths two instances: the halo under all of them, then the paths.
      gl.drawElementsInstanced(gl.TRIANGLES, count, gl.UNSIGNED_INT, 4 * first, 1 + part);
    });
    gl.bindVertexArray(null);
  }

  /**
   * What stands along the edges.
   * @param {Ground} ground
   */
  writeSigns(ground) {
    const { pen, board, look } = this;
    const signs = this.signs(ground);
    board.show(pen, this.width, [JSON.stringify(signs), look.ink, this.spacing], (chalk) => {
      [chalk.font, chalk.fillStyle] = [PLAIN, look.quiet];
      if (this.spacing !== "linear") chalk.fillText("heights on a logarithmic scale", 4, 14);
      [chalk.textAlign, chalk.textBaseline] = ["center", "middle"];
      [chalk.font, chalk.fillStyle] = [PLAIN, look.quiet];
      for (const { name, text, x, y } of signs)
        if (!name) chalk.fillText(text, text.startsWith("\u2212") ? x - 1.8 : x, y); // the digits are centered
      [chalk.font, chalk.fillStyle] = [ITALIC, look.ink];
      for (const { name, text, x, y } of signs) if (name) chalk.fillText(text, x, y);
    });
  }

  /** Words and marks. */
  write() {
    const { pen, ground, look, density } = this;
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    if (!ground) return;
    this.writeSigns(ground);
    const grain = this.grain;
    const size = (look.mark_size ?? 7.5) * POINT * grain;
    for (const { kind, position } of this.marks) {
      const place = ground.place(position[0], position[1]);
      const [shape, large, filled] = GLYPHS[kind] ?? GLYPHS.saddle;
      if (!place) continue;
      const line = shape === "x" ? look.saddle : look.ink;
      this.mark(
        shape,
        place,
        large * size,
        filled ? look.minimum : shape === "x" ? null : look.paper,
        line,
        (shape === "x" ? 1.6 : 0.8) * POINT,
      );
    }
    for (const [index, dots] of this.dots.entries()) this.writeDots(dots, this.ways[index].run);
    const starts = this.ways.map(({ run }) => `${run.points[0]} ${run.points[1]}`);
    this.ways.forEach(({ run, climb: way }, index) => {
      const over = Math.min(starts.slice(index + 1).filter((start) => start === starts[index]).length, 3);
      this.mark(run.marker ?? "o", stop(way, 0), size + (1 + 3.4 * over) * POINT * grain, null, run.color, 1.6 * POINT);
    });
    for (const { run, climb: way } of this.ways)
      this.mark(run.marker ?? "o", this.head(way), size, run.color, look.paper, 1.1 * POINT);
  }

  /**
   * The steps of a run that can be told apart.
   * @param {Dot[]} dots
   * @param {Run} run
   */
  writeDots(dots, run) {
    const { pen, look } = this;
    const size = (look.dot_size ?? 4) * POINT * this.grain;
    for (const { x, y, step } of dots) {
      if (step > this.step) break;
      outline(pen, run.marker ?? "o", x, y, size / 2);
      [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = [run.color, look.paper, 0.5 * POINT];
      pen.fill();
      pen.stroke();
    }
  }

  /**
   * A mark, faint where the surface hides it.
   * @param {string} shape
   * @param {Place | null} place
   * @param {number} size
   * @param {string | null} fill
   * @param {string} line
   * @param {number} wide
   */
  mark(shape, place, size, fill, line, wide) {
    if (!place) return;
    const { pen } = this;
    const { x, y, seen } = this.project(place);
    pen.globalAlpha = seen ? 1 : BEHIND;
    outline(pen, shape, x, y, size / 2);
    if (fill && shape !== "x") {
      pen.fillStyle = fill;
      pen.fill();
    }
    [pen.strokeStyle, pen.lineWidth] = [line, wide];
    pen.stroke();
    pen.globalAlpha = 1;
  }

  /**
   * Where a run is at the present step, or on its way to the next one.
   * @param {Climb} way
   * @returns {Place | null}
   */
  head({ unit, stops }) {
    const last = (unit.length >> 1) - 1;
    const step = Math.min(Math.max(this.step, 0), last);
    const from = Math.floor(step);
    const share = step - from;
    if (last < 0 || !share) return stop({ stops }, from);
    const [u, v] = [0, 1].map(
      (axis) => unit[2 * from + axis] + share * (unit[2 * from + 2 + axis] - unit[2 * from + axis]),
    );
    const found = [0, 0, 0];
    return this.ground?.lay(u, v, found, 0, false) ? [found[0], found[1], found[2]] : null;
  }

  /**
   * The numbers and the names along the two sides of the floor that are near the camera.
   * @param {Ground} ground
   */
  signs(ground) {
    const { camera } = this;
    const frame = this.frame();
    const found = [];
    for (const axis of [0, 1]) {
      const other = 1 - axis;
      const side = camera.away[other] > -1e-9 ? -1 : 1;
      const outward = [side * camera.right[other], -side * camera.sine * camera.away[other]];
      const length = Math.hypot(...outward);
      const ticks = numbers(ground.view[axis], this.width < 420 ? TICKS - 1 : TICKS).map((tick) => ({
        ...tick,
        name: false,
        far: NUMBERS,
      }));
      for (const { share, text, name, far } of [
        ...ticks,
        { share: 0.5, text: this.names[axis] ?? "", name: true, far: NAMES },
      ]) {
        const spot = [0, 0];
        spot[axis] = (2 * share - 1) * ground.half[axis];
        spot[other] = side * ground.half[other];
        const [across, up] = camera.project(spot[0], spot[1], FLOOR);
        const distance = (far * POINT) / length;
        found.push({
          text,
          name,
          x: frame.x + frame.scale * across + distance * outward[0],
          y: frame.y - frame.scale * up + distance * outward[1],
        });
      }
    }
    return found;
  }
}

/** @type {Climb} */
const NOWHERE = { unit: new Float64Array(), stops: new Float64Array(), line: new Float32Array(), count: 0 };

/**
 * The place of a step; null outside.
 * @param {{stops: Float64Array}} way
 * @param {number} step
 * @returns {Place | null}
 */
function stop({ stops }, step) {
  const [x, y, z] = stops.subarray(3 * step, 3 * step + 3);
  return x === undefined || Number.isNaN(x) ? null : [x, y, z];
}

// Lines

/**
 * A path's shadow on the floor.
 * @param {Climb} way
 */
function fallen({ line, count }) {
  const shadow = line.slice(0, LINE * count);
  for (let row = 0; row < shadow.length; row += LINE) {
    shadow[row + 2] = FLOOR;
    shadow[row + 3] = shadow[row + 4] = 0;
  }
  return { line: shadow, count };
}

/**
 * The floor's border, and the upright edges but for the nearest one.
 * @param {Ground} ground
 * @param {Camera} camera
 */
function box({ half: [x, y] }, camera) {
  const corners = [
    [-x, -y],
    [x, -y],
    [x, y],
    [-x, y],
  ];
  const away = corners.map((corner) => corner[0] * camera.away[0] + corner[1] * camera.away[1]);
  const nearest = away.indexOf(Math.min(...away));
  const rows = [...corners, corners[0]].map((corner) => [...corner, FLOOR, 0, 0, 0]);
  corners.forEach((corner, index) => {
    if (index !== nearest) rows.push([0, 0, 0, 0, 0, -1], [...corner, FLOOR, 0, 0, 0], [...corner, RISE, 0, 0, 0]);
  });
  return { line: Float32Array.from(rows.flat()), count: rows.length };
}

/**
 * The steps in front that are long enough to be told apart.
 * @param {Climb} way
 * @param {Ground} ground
 * @param {Camera} camera
 * @param {Frame} frame
 */
function dots({ unit, stops }, ground, camera, frame) {
  const found = /** @type {Dot[]} */ ([]);
  const last = (unit.length >> 1) - 1;
  /** @param {number} step */
  const long = (step) =>
    step >= 0 &&
    step < last &&
    Math.hypot(unit[2 * step + 2] - unit[2 * step], unit[2 * step + 3] - unit[2 * step + 1]) >= DOT;
  for (let step = 1; step <= last && found.length < MOST_DOTS; step++) {
    const place = stop({ stops }, step);
    if (!place || !(long(step - 1) || long(step))) continue;
    const [across, up] = camera.project(...place);
    const x = frame.x + frame.scale * across;
    const y = frame.y - frame.scale * up;
    if (
      found.some((dot) => Math.hypot(dot.x - x, dot.y - y) < DOTS_APART) ||
      !sees(ground, camera, frame.scale, ...place)
    )
      continue;
    found.push({ x, y, step });
  }
  return found;
}
