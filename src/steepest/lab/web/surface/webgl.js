// @ts-check
/** WebGL 2 for the surface in space: its shaders, and everything that the graphics card keeps for it. */

import { FLOOR, RISE } from "./surface.js";

/** @typedef {import("./surface.js").Ground} Ground */
/**
 * @typedef {import("../plot/run_style.js").Theme & {path_width?: number, halo?: number, mark_size?: number, dot_size?:
 *   number}} Theme Sizes are points
 */
/** @typedef {{program: WebGLProgram, at: Record<string, WebGLUniformLocation | null>}} Program */
/**
 * What WebGL keeps. The surface and the floor are drawn into `sharp`, with several samples a pixel, from there into
 * `scene`, and
 * that is what every picture begins with: lines are held against its depths, so that a step needs no surface drawn
 * again.
 * @typedef {{gl: WebGL2RenderingContext, slow: boolean, surface: Program, holes: Program, floor: Program, ribbons:
 *   Program,
 *   mesh: WebGLVertexArrayObject, grid: WebGLBuffer, triangles: WebGLBuffer, strip: WebGLVertexArrayObject, corners:
 * WebGLBuffer,
 *   order: WebGLBuffer, shades: WebGLTexture, heights: WebGLTexture, pens: WebGLTexture, colors: WebGLTexture, depths:
 * WebGLTexture,
 *   scene: WebGLFramebuffer, sharp: WebGLFramebuffer, sharpColors: WebGLRenderbuffer, sharpDepths: WebGLRenderbuffer}}
 * Tools
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
  vec2 cell = vec2(gl_VertexID % columns, gl_VertexID / columns);
  gl_Position = seen(cell / vec2(columns - 1, rows - 1), ${RISE.toFixed(2)} * point.x);
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
  float cover = clamp(thick + 0.5 - abs(band - level) / steep, 0.0, 1.0);
  float crowded = clamp((1.0 / steep - 2.0) / 5.0, 0.0, 1.0);
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
precision highp float;
layout(location = 0) in vec4 place;  // x, y, toward the camera, how far the ground faces it
layout(location = 1) in vec3 offset;
layout(location = 2) in vec4 rest;   // side, beyond the end, length, step
layout(location = 3) in float pen;
// A row for each style: color and opacity, length and number of dashes, where they begin and end.
uniform highp sampler2D pens;
uniform vec2 size;
uniform float density;
uniform vec3 papers;                 // the color of the paper under a path
uniform vec2 widths;                 // of the paper and of the path, or of a thin line
uniform bool thin;
out vec4 along;
out float facing;
flat out vec4 ink;                   // not multiplied
flat out vec4 look;                  // width, opacity where it is hidden, length of the dashes
flat out vec4 dashes[2];
void main() {
  bool under = !thin && gl_InstanceID == 0;
  int row = int(pen);
  vec4 own = texelFetch(pens, ivec2(0, row), 0), more = texelFetch(pens, ivec2(1, row), 0);
  float wide = under ? widths.x : widths.y, reach = 0.5 * wide + 1.0 / density;
  vec2 spot = place.xy + offset.xy * reach;
  float depth = -0.5 * (place.z + offset.z * reach);
  gl_Position = vec4(2.0 * spot.x / size.x - 1.0, 1.0 - 2.0 * spot.y / size.y, depth, 1.0);
  along = vec4(rest.xy * reach, rest.z, row == 0 ? -1e9 : rest.w);
  facing = place.w;
  ink = under ? vec4(papers, 0.8) : vec4(own.rgb, thin ? own.a : 1.0);
  look = vec4(wide, thin || under ? 0.0 : more.y, thin || under ? 0.0 : more.x, 0.0);
  dashes[0] = texelFetch(pens, ivec2(2, row), 0);
  dashes[1] = texelFetch(pens, ivec2(3, row), 0);
}`;

const INK = `
precision highp float;
in vec4 along;
in float facing;
flat in vec4 ink;
flat in vec4 look;
flat in vec4 dashes[2];
uniform highp sampler2D depths;
uniform float density, head;
out vec4 color;
float dash(float spot, vec2 ends) {
  return clamp(min(spot - ends.x, ends.y - spot) * density + 0.5, 0.0, 1.0);
}
void main() {
  bool hidden = facing < -0.02 || gl_FragCoord.z > texelFetch(depths, ivec2(gl_FragCoord.xy), 0).r;
  if (along.w > head || hidden && look.y == 0.0) discard;
  float cover = clamp((look.x * (hidden ? 0.4 : 0.5) - length(along.xy)) * density + 0.5, 0.0, 1.0);
  if (look.z > 0.0 && !hidden) {
    float spot = mod(along.z, look.z);
    float first = max(dash(spot, dashes[0].xy), dash(spot, dashes[0].zw));
    cover *= max(first, max(dash(spot, dashes[1].xy), dash(spot, dashes[1].zw)));
  }
  color = vec4(ink.rgb, 1.0) * (hidden ? look.y : ink.a) * cover;
}`;

/**
 * @param {WebGL2RenderingContext} gl
 * @returns {Tools}
 */
export function tools(gl) {
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = gl.getParameter(named?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  const [grid, triangles, corners, order] = Array.from({ length: 4 }, () => gl.createBuffer());
  const [shades, heights] = [0, 1].map(() => texture(gl, gl.LINEAR));
  const [colors, depths, pens] = [0, 1, 2].map(() => texture(gl, gl.NEAREST));
  return {
    gl,
    slow: SOFTWARE.test(String(renderer)),
    surface: program(gl, MESH, SKIN),
    holes: program(gl, MESH, `\n#define HOLES${SKIN}`),
    floor: program(gl, GROUND, CARPET),
    ribbons: program(gl, RIBBON, INK),
    mesh: gl.createVertexArray(),
    strip: gl.createVertexArray(),
    grid,
    triangles,
    corners,
    order,
    shades,
    heights,
    pens,
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
 * @param {Tools} tools
 * @param {number} width
 * @param {number} height
 */
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
    [sharpColors, gl.RGBA8, gl.COLOR_ATTACHMENT0],
    [sharpDepths, gl.DEPTH_COMPONENT24, gl.DEPTH_ATTACHMENT],
  ])) {
    gl.bindRenderbuffer(gl.RENDERBUFFER, buffer);
    gl.renderbufferStorageMultisample(gl.RENDERBUFFER, samples, format, width, height);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, place, gl.RENDERBUFFER, buffer);
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

/** @param {Tools} tools */
export function release(tools) {
  const { gl } = tools;
  for (const { program: each } of [tools.surface, tools.holes, tools.floor, tools.ribbons]) gl.deleteProgram(each);
  for (const each of [tools.grid, tools.triangles, tools.corners, tools.order]) gl.deleteBuffer(each);
  for (const each of [tools.shades, tools.heights, tools.pens, tools.colors, tools.depths]) gl.deleteTexture(each);
  for (const each of [tools.sharpColors, tools.sharpDepths]) gl.deleteRenderbuffer(each);
  for (const each of [tools.scene, tools.sharp]) gl.deleteFramebuffer(each);
  for (const each of [tools.mesh, tools.strip]) gl.deleteVertexArray(each);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {number} kind
 * @param {WebGLBuffer} buffer
 * @param {Float32Array | Uint32Array} data
 */
export function store(gl, kind, buffer, data) {
  gl.bindBuffer(kind, buffer);
  gl.bufferData(kind, data, gl.DYNAMIC_DRAW);
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {number} place
 * @param {number} size
 * @param {number} stride
 * @param {number} first
 */
export function attribute(gl, place, size, stride, first) {
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, size, gl.FLOAT, false, stride, first);
}

/**
 * Every point of the grid: its height, its slopes, and how much of it is there.
 * @param {Ground} ground
 */
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
  const paper = channels(theme.paper);
  const pixels = new Uint8Array(2 * 256 * 4);
  const last = theme.colormap.length - 1;
  [0.35 * theme.muted, theme.muted].forEach((muted, row) => {
    for (let column = 0; column < 256; column++) {
      const place = (column / 255) * last;
      const low = Math.min(Math.floor(place), last - 1);
      const [one, other] = [channels(theme.colormap[low]), channels(theme.colormap[low + 1])];
      const color = one.map((part, index) => part + (other[index] - part) * (place - low));
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
 * The pens as a texture, a row for each: its color, the opacity of its thin lines and of what is hidden, and its dashes
 * in pixels.
 * @param {Tools} tools
 * @param {{color: string, thin: number, behind: number, dash: readonly number[]}[]} pens
 */
export function dip({ gl, pens: texture }, pens) {
  const rows = new Float32Array(16 * pens.length);
  pens.forEach(({ color, thin, behind, dash }, row) => {
    let length = 0;
    dash.slice(0, 8).forEach((part, index) => {
      if (index % 2 === 0) rows.set([length, length + part], 16 * row + 8 + index);
      length += part;
    });
    rows.set([...channels(color), thin, length, behind], 16 * row);
  });
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, 4, pens.length, 0, gl.RGBA, gl.FLOAT, rows);
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
