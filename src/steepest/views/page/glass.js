// @ts-check
/** WebGL 2 for the surface in space: its shaders, and everything that the graphics card keeps for it. */

import { FLOOR, RISE } from "./ground.js";

/** @typedef {import("./ground.js").Ground} Ground */
/**
 * The look, in the fields of Python's `Theme`; sizes are points.
 * @typedef {{paper: string, ink: string, quiet: string, faint: string, nowhere: string, minimum: string, saddle: string,
 *   heights: readonly string[], muted: number, path_width?: number, halo?: number, mark_size?: number, dot_size?: number}} Theme
 */
/** @typedef {{program: WebGLProgram, at: Record<string, WebGLUniformLocation | null>}} Program */
/**
 * What WebGL keeps. The surface and the floor are drawn into `sharp`, with several samples a pixel, from there into `scene`, and
 * that is what every picture begins with: lines are held against its depths, so that a step needs no surface drawn again.
 * @typedef {{gl: WebGL2RenderingContext, slow: boolean, surface: Program, holes: Program, floor: Program, ribbons: Program,
 *   mesh: WebGLVertexArrayObject, grid: WebGLBuffer, triangles: WebGLBuffer, strip: WebGLVertexArrayObject, corners: WebGLBuffer,
 *   order: WebGLBuffer, shades: WebGLTexture, heights: WebGLTexture, colors: WebGLTexture, depths: WebGLTexture,
 *   scene: WebGLFramebuffer, sharp: WebGLFramebuffer, sharpColors: WebGLRenderbuffer, sharpDepths: WebGLRenderbuffer}} Tools
 */

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

const VIEW = `#version 300 es
uniform vec4 turn;    // right, away
uniform vec2 tilt;    // sine, cosine
uniform vec3 frame;   // scale, x, y
uniform vec2 size;
uniform vec2 spread;  // half the sides
vec4 seen(vec2 unit, float z) {
  vec2 ground = (2.0 * unit - 1.0) * spread;
  float away = dot(ground, turn.zw);
  vec2 spot = vec2(frame.y + frame.x * dot(ground, turn.xy), frame.z - frame.x * (tilt.x * away + tilt.y * z));
  return vec4(2.0 * spot.x / size.x - 1.0, 1.0 - 2.0 * spot.y / size.y, 0.5 * (tilt.y * away - tilt.x * z), 1.0);
}`;

const MESH = `${VIEW}
layout(location = 0) in vec4 point;  // height, slopes, whether it is there
uniform int columns, rows;
out vec4 shape;
void main() {
  gl_Position = seen(vec2(gl_VertexID % columns, gl_VertexID / columns) / vec2(columns - 1, rows - 1), ${RISE.toFixed(2)} * point.x);
  shape = point;
}`;

const GROUND = `${VIEW}
out vec2 unit;
void main() {
  unit = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = seen(unit, ${FLOOR.toFixed(2)});
}`;

const LINES = `
precision highp float;
uniform sampler2D shades;
uniform float bands, thick;
out vec4 color;
float lines(float band) {
  float steep = max(length(vec2(dFdx(band), dFdy(band))), 1e-7), level = floor(band + 0.5);
  float cover = clamp(thick + 0.5 - abs(band - level) / steep, 0.0, 1.0), crowded = clamp((1.0 / steep - 2.0) / 5.0, 0.0, 1.0);
  return cover * (0.3 + 0.7 * crowded) * step(0.5, level) * step(level, bands - 0.5);
}`;

const SKIN = `${LINES}
in vec4 shape;
void main() {
  const vec3 sun = normalize(vec3(-0.55, -0.35, 0.76));
  float light = clamp(dot(vec3(-shape.yz, 1.0), sun) * inversesqrt(1.0 + dot(shape.yz, shape.yz)), 0.0, 1.0);
  vec3 lit = texture(shades, vec2(shape.x, 0.25)).rgb * (0.66 + 0.42 * light);
  color = vec4(mix(lit, vec3(1.0), 0.5 * lines(shape.x * bands)) * (gl_FrontFacing ? 1.0 : 0.5), 1.0);
#ifdef HOLES
  color.a = clamp((shape.w - 0.5) / max(fwidth(shape.w), 1e-6) + 0.5, 0.0, 1.0);  // the share of the pixel's samples
  if (color.a < 0.01) discard;
#endif
}`;

const CARPET = `${LINES}
in vec2 unit;
uniform highp sampler2D heights;
uniform vec3 paper, nowhere;
void main() {
  vec2 many = vec2(textureSize(heights, 0)), point = texture(heights, (unit * (many - 1.0) + 0.5) / many).rg;
  float height = clamp(point.x, 0.0, 1.0) * bands, band = clamp(floor(height) + 0.5, 0.5, bands - 0.5) / bands;
  vec3 shade = mix(paper, texture(shades, vec2(band, 0.75)).rgb, 0.28 + 0.5 * lines(height));
  color = vec4(mix(nowhere, shade, clamp((point.y - 0.5) / max(fwidth(point.y), 1e-6) + 0.5, 0.0, 1.0)), 1.0);
}`;

const RIBBON = `#version 300 es
layout(location = 0) in vec4 place;  // x, y, toward the camera, how far the ground faces it
layout(location = 1) in vec3 offset;
layout(location = 2) in vec4 rest;  // side, beyond the end, length, step
uniform vec2 size;
uniform float reach;
out vec4 along;
out float facing;
void main() {
  vec2 spot = place.xy + offset.xy * reach;
  gl_Position = vec4(2.0 * spot.x / size.x - 1.0, 1.0 - 2.0 * spot.y / size.y, -0.5 * (place.z + offset.z * reach), 1.0);
  along = vec4(rest.xy * reach, rest.zw);
  facing = place.w;
}`;

const INK = `
precision highp float;
in vec4 along;
in float facing;
uniform highp sampler2D depths;
uniform vec4 ink;     // not multiplied
uniform float behind; // the opacity of what is hidden
uniform float wide, density, head, period;
uniform vec2 dashes[4];
out vec4 color;
void main() {
  bool hidden = facing < -0.02 || gl_FragCoord.z > texelFetch(depths, ivec2(gl_FragCoord.xy), 0).r;
  if (along.w > head || hidden && behind == 0.0) discard;
  float cover = clamp((wide * (hidden ? 0.4 : 0.5) - length(along.xy)) * density + 0.5, 0.0, 1.0);
  if (period > 0.0 && !hidden) {
    float spot = mod(along.z, period), on = 0.0;
    for (int i = 0; i < 4; i++) on = max(on, clamp(min(spot - dashes[i].x, dashes[i].y - spot) * density + 0.5, 0.0, 1.0));
    cover *= on;
  }
  color = vec4(ink.rgb, 1.0) * (hidden ? behind : ink.a) * cover;
}`;

/** @param {WebGL2RenderingContext} gl @returns {Tools} */
export function tools(gl) {
  const named = gl.getExtension("WEBGL_debug_renderer_info"), renderer = gl.getParameter(named?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  const [grid, triangles, corners, order] = Array.from({ length: 4 }, () => gl.createBuffer());
  const [shades, heights, colors, depths] = Array.from({ length: 4 }, (_, index) => texture(gl, index < 2 ? gl.LINEAR : gl.NEAREST));
  return {
    gl, slow: SOFTWARE.test(String(renderer)), surface: program(gl, MESH, SKIN), holes: program(gl, MESH, `\n#define HOLES${SKIN}`),
    floor: program(gl, GROUND, CARPET), ribbons: program(gl, RIBBON, INK), mesh: gl.createVertexArray(), strip: gl.createVertexArray(),
    grid, triangles, corners, order, shades, heights, colors, depths, scene: gl.createFramebuffer(), sharp: gl.createFramebuffer(),
    sharpColors: gl.createRenderbuffer(), sharpDepths: gl.createRenderbuffer(),
  };
}

/** @param {WebGL2RenderingContext} gl @param {number} filter */
function texture(gl, filter) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const key of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, key, filter);
  for (const key of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, key, gl.CLAMP_TO_EDGE);
  return made;
}

/** Make the pictures behind the picture this large. @param {Tools} tools @param {number} width @param {number} height */
export function fit({ gl, scene, sharp, colors, depths, sharpColors, sharpDepths }, width, height) {
  gl.bindTexture(gl.TEXTURE_2D, colors);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
  gl.bindTexture(gl.TEXTURE_2D, depths);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.DEPTH_COMPONENT24, width, height, 0, gl.DEPTH_COMPONENT, gl.UNSIGNED_INT, null);
  gl.bindFramebuffer(gl.FRAMEBUFFER, scene);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, colors, 0);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.TEXTURE_2D, depths, 0);
  gl.bindFramebuffer(gl.FRAMEBUFFER, sharp);
  const samples = Math.min(4, gl.getParameter(gl.MAX_SAMPLES));
  for (const [buffer, format, place] of /** @type {[WebGLRenderbuffer, number, number][]} */ ([
    [sharpColors, gl.RGBA8, gl.COLOR_ATTACHMENT0], [sharpDepths, gl.DEPTH_COMPONENT24, gl.DEPTH_ATTACHMENT],
  ])) {
    gl.bindRenderbuffer(gl.RENDERBUFFER, buffer);
    gl.renderbufferStorageMultisample(gl.RENDERBUFFER, samples, format, width, height);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, place, gl.RENDERBUFFER, buffer);
  }
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
}

/** @param {WebGL2RenderingContext} gl @param {string} vertex @param {string} fragment @returns {Program} */
function program(gl, vertex, fragment) {
  const made = gl.createProgram(), parts = [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, `#version 300 es${fragment}`]].map(([kind, source]) => {
    const shader = /** @type {WebGLShader} */ (gl.createShader(/** @type {number} */ (kind)));
    gl.shaderSource(shader, /** @type {string} */ (source));
    gl.compileShader(shader);
    gl.attachShader(made, shader);
    return shader;
  });
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error([gl.getProgramInfoLog(made), ...parts.map((part) => gl.getShaderInfoLog(part))].join("\n"));
  parts.forEach((part) => gl.deleteShader(part));
  const at = /** @type {Program["at"]} */ ({});
  for (let index = 0; index < (gl.getProgramParameter(made, gl.ACTIVE_UNIFORMS) ?? 0); index++) {
    const name = gl.getActiveUniform(made, index)?.name ?? "";
    at[name.replace("[0]", "")] = gl.getUniformLocation(made, name);
  }
  return { program: made, at };
}

/** @param {Tools} tools */
export function release(tools) {
  const { gl } = tools;
  for (const { program: each } of [tools.surface, tools.holes, tools.floor, tools.ribbons]) gl.deleteProgram(each);
  for (const each of [tools.grid, tools.triangles, tools.corners, tools.order]) gl.deleteBuffer(each);
  for (const each of [tools.shades, tools.heights, tools.colors, tools.depths]) gl.deleteTexture(each);
  for (const each of [tools.sharpColors, tools.sharpDepths]) gl.deleteRenderbuffer(each);
  for (const each of [tools.scene, tools.sharp]) gl.deleteFramebuffer(each);
  for (const each of [tools.mesh, tools.strip]) gl.deleteVertexArray(each);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
}

/** @param {WebGL2RenderingContext} gl @param {number} kind @param {WebGLBuffer} buffer @param {Float32Array | Uint32Array} data */
export function store(gl, kind, buffer, data) {
  gl.bindBuffer(kind, buffer);
  gl.bufferData(kind, data, gl.DYNAMIC_DRAW);
}

/** @param {WebGL2RenderingContext} gl @param {number} place @param {number} size @param {number} stride @param {number} first */
export function attribute(gl, place, size, stride, first) {
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, size, gl.FLOAT, false, stride, first);
}

/** Every point of the grid: its height, its slopes, and how much of it is there. @param {Ground} ground */
export function pointsOf({ grid, slopes, there }) {
  const points = new Float32Array(4 * grid.length);
  for (let point = 0, at = 0; point < grid.length; point++) {
    points[at++] = grid[point];
    points[at++] = slopes[2 * point];
    points[at++] = slopes[2 * point + 1];
    points[at++] = there ? there[point] : 1;
  }
  return points;
}

/**
 * The theme's colors of the heights as a texture: those of the surface, and below them those of the floor.
 * @param {Tools} tools
 * @param {Theme} theme
 */
export function shade({ gl, shades }, theme) {
  const paper = channels(theme.paper), pixels = new Uint8Array(2 * 256 * 4), last = theme.heights.length - 1;
  [0.35 * theme.muted, theme.muted].forEach((muted, row) => {
    for (let column = 0; column < 256; column++) {
      const place = (column / 255) * last, low = Math.min(Math.floor(place), last - 1);
      const [one, other] = [channels(theme.heights[low]), channels(theme.heights[low + 1])];
      const color = one.map((part, index) => part + (other[index] - part) * (place - low));
      pixels.set([...color.map((part, index) => 255 * (part + (paper[index] - part) * muted)), 255], 4 * (256 * row + column));
    }
  });
  gl.bindTexture(gl.TEXTURE_2D, shades);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 2, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
}

/** Red, green and blue of `#rrggbb`, from 0 to 1. @param {string} color @returns {[number, number, number]} */
export function channels(color) {
  const all = parseInt(color.slice(1), 16);
  return [(all >> 16) / 255, ((all >> 8) & 255) / 255, (all & 255) / 255];
}
