// @ts-check
/** WebGL 2 for the surface: programs, buffers, textures and framebuffers. */
import {
  FLOOR_FRAGMENT,
  FLOOR_VERTEX,
  LINE_FRAGMENT,
  LINE_VERTEX,
  SURFACE_FRAGMENT,
  SURFACE_VERTEX,
} from "./shaders.js";

/** @typedef {import("../plot/run_style.js").Theme} PageTheme */
/** Sizes are points. @typedef {{path_width?: number, halo?: number, mark_size?: number, dot_size?: number}} Sizes */
/** @typedef {PageTheme & Sizes} Theme */
/** @typedef {{program: WebGLProgram, at: Record<string, WebGLUniformLocation | null>}} Program */
/** @typedef {{color: string, thin: number, behind: number, dash: readonly number[]}} LineStyle */
/**
 * What WebGL keeps. The surface and the floor are drawn into `sharp`, with several samples a pixel, from defined into
 * `scene`, and that is what every picture begins with: lines are compared with its depths, so that a step needs no
 * surface drawn again.
 * @typedef {ReturnType<typeof createResources>} Resources
 */

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** @param {WebGL2RenderingContext} gl */
export function createResources(gl) {
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = gl.getParameter(named?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  const [grid, triangles, corners, order] = Array.from({ length: 4 }, () => gl.createBuffer());
  const [shades, heights] = [0, 1].map(() => texture(gl, gl.LINEAR));
  const [colors, depths, styles] = [0, 1, 2].map(() => texture(gl, gl.NEAREST));
  return {
    gl,
    slow: SOFTWARE.test(String(renderer)),
    surface: program(gl, SURFACE_VERTEX, SURFACE_FRAGMENT),
    holes: program(gl, SURFACE_VERTEX, `\n#define HOLES${SURFACE_FRAGMENT}`),
    floor: program(gl, FLOOR_VERTEX, FLOOR_FRAGMENT),
    lines: program(gl, LINE_VERTEX, LINE_FRAGMENT),
    mesh: gl.createVertexArray(),
    strip: gl.createVertexArray(),
    grid,
    triangles,
    corners,
    order,
    shades,
    heights,
    styles,
    colors,
    depths,
    scene: gl.createFramebuffer(),
    sharp: gl.createFramebuffer(),
    sharpColors: gl.createRenderbuffer(),
    sharpDepths: gl.createRenderbuffer(),
  };
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {number} filter
 */
function texture(gl, filter) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const key of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, key, filter);
  for (const key of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, key, gl.CLAMP_TO_EDGE);
  return made;
}

/**
 * Make the pictures behind the picture this large.
 * @param {Resources} resources
 * @param {number} width
 * @param {number} height
 */
export function resizeTargets({ gl, scene, sharp, colors, depths, sharpColors, sharpDepths }, width, height) {
  gl.bindTexture(gl.TEXTURE_2D, colors);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
  gl.bindTexture(gl.TEXTURE_2D, depths);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.DEPTH_COMPONENT24, width, height, 0, gl.DEPTH_COMPONENT, gl.UNSIGNED_INT, null);
  gl.bindFramebuffer(gl.FRAMEBUFFER, scene);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, colors, 0);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.TEXTURE_2D, depths, 0);
  gl.bindFramebuffer(gl.FRAMEBUFFER, sharp);
  const samples = Math.min(4, gl.getParameter(gl.MAX_SAMPLES));
  for (const [buffer, format, attachment] of /** @type {[WebGLRenderbuffer, number, number][]} */ ([
    [sharpColors, gl.RGBA8, gl.COLOR_ATTACHMENT0],
    [sharpDepths, gl.DEPTH_COMPONENT24, gl.DEPTH_ATTACHMENT],
  ])) {
    gl.bindRenderbuffer(gl.RENDERBUFFER, buffer);
    gl.renderbufferStorageMultisample(gl.RENDERBUFFER, samples, format, width, height);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, attachment, gl.RENDERBUFFER, buffer);
  }
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {string} vertex
 * @param {string} fragment
 * @returns {Program}
 */
function program(gl, vertex, fragment) {
  const made = gl.createProgram();
  const parts = [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, `#version 300 es${fragment}`],
  ].map(([kind, source]) => {
    const shader = /** @type {WebGLShader} */ (gl.createShader(/** @type {number} */ (kind)));
    gl.shaderSource(shader, /** @type {string} */ (source));
    gl.compileShader(shader);
    gl.attachShader(made, shader);
    return shader;
  });
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error([gl.getProgramInfoLog(made), ...parts.map((part) => gl.getShaderInfoLog(part))].join("\n"));
  for (const part of parts) gl.deleteShader(part);
  const at = /** @type {Program["at"]} */ ({});
  for (let index = 0; index < (gl.getProgramParameter(made, gl.ACTIVE_UNIFORMS) ?? 0); index++) {
    const name = gl.getActiveUniform(made, index)?.name ?? "";
    at[name.replace("[0]", "")] = gl.getUniformLocation(made, name);
  }
  return { program: made, at };
}

/** @param {Resources} resources */
export function release(resources) {
  const { gl } = resources;
  for (const { program: each } of [resources.surface, resources.holes, resources.floor, resources.lines])
    gl.deleteProgram(each);
  for (const each of [resources.grid, resources.triangles, resources.corners, resources.order]) gl.deleteBuffer(each);
  for (const each of [resources.shades, resources.heights, resources.styles, resources.colors, resources.depths])
    gl.deleteTexture(each);
  for (const each of [resources.sharpColors, resources.sharpDepths]) gl.deleteRenderbuffer(each);
  for (const each of [resources.scene, resources.sharp]) gl.deleteFramebuffer(each);
  for (const each of [resources.mesh, resources.strip]) gl.deleteVertexArray(each);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {number} kind
 * @param {WebGLBuffer} buffer
 * @param {Float32Array | Uint32Array} data
 */
export function uploadBuffer(gl, kind, buffer, data) {
  gl.bindBuffer(kind, buffer);
  gl.bufferData(kind, data, gl.DYNAMIC_DRAW);
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {number} location
 * @param {number} size
 * @param {number} stride
 * @param {number} first
 */
export function attribute(gl, location, size, stride, first) {
  gl.enableVertexAttribArray(location);
  gl.vertexAttribPointer(location, size, gl.FLOAT, false, stride, first);
}

/**
 * Every point of the grid: its height, its slopes, and how much of it is defined.
 * @param {import("./surface.js").Surface} surface
 */
export function vertices({ grid, slopes, defined }) {
  const points = new Float32Array(4 * grid.length);
  for (let point = 0, at = 0; point < grid.length; point++) {
    points[at++] = grid[point];
    points[at++] = slopes[2 * point];
    points[at++] = slopes[2 * point + 1];
    points[at++] = defined ? defined[point] : 1;
  }
  return points;
}

/**
 * The theme's colors of the heights as a texture: those of the surface, and below them those of the floor.
 * @param {Resources} resources
 * @param {Theme} theme
 */
export function uploadTheme({ gl, shades }, theme) {
  const paper = channels(theme.paper);
  const pixels = new Uint8Array(2 * 256 * 4);
  const last = theme.colormap.length - 1;
  [0.35 * theme.muted, theme.muted].forEach((muted, row) => {
    for (let column = 0; column < 256; column++) {
      const height = (column / 255) * last;
      const low = Math.min(Math.floor(height), last - 1);
      const [one, other] = [channels(theme.colormap[low]), channels(theme.colormap[low + 1])];
      const color = one.map((part, index) => part + (other[index] - part) * (height - low));
      pixels.set(
        [...color.map((part, index) => 255 * (part + (paper[index] - part) * muted)), 255],
        4 * (256 * row + column),
      );
    }
  });
  gl.bindTexture(gl.TEXTURE_2D, shades);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 2, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
}

/**
 * The styles as a texture, a row for each: its color, the opacity of its thin lines and of what is hidden, and its
 * dashes in pixels.
 * @param {Resources} resources
 * @param {LineStyle[]} styles
 */
export function uploadStyles({ gl, styles: texture }, styles) {
  const rows = new Float32Array(16 * styles.length);
  styles.forEach(({ color, thin, behind, dash }, row) => {
    let length = 0;
    dash.slice(0, 8).forEach((part, index) => {
      if (index % 2 === 0) rows.set([length, length + part], 16 * row + 8 + index);
      length += part;
    });
    rows.set([...channels(color), thin, length, behind], 16 * row);
  });
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, 4, styles.length, 0, gl.RGBA, gl.FLOAT, rows);
}

/**
 * Red, green and blue of `#rrggbb`, from 0 to 1.
 * @param {string} color
 * @returns {[number, number, number]}
 */
export function channels(color) {
  const all = parseInt(color.slice(1), 16);
  return [(all >> 16) / 255, ((all >> 8) & 255) / 255, (all & 255) / 255];
}
