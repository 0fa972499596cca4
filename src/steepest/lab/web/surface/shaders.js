// @ts-check
/** The shaders of the surface, its floor and its lines. */
import { SHADING, SURFACE } from "../model/shared.js";

const LIGHT_FROM = SHADING.LIGHT_FROM.map((part) => part.toFixed(2)).join(", ");
const [AMBIENT, DIFFUSE, UNDERSIDE] = [SHADING.AMBIENT, SHADING.DIFFUSE, SHADING.UNDERSIDE].map((part) =>
  part.toFixed(2),
);

const PROJECTION = `#version 300 es
uniform vec4 turn;    // right, away
uniform vec2 tilt;    // sine, cosine
uniform vec3 frame;   // scale, x, y
uniform vec2 size;
uniform vec2 spread;  // half the sides
vec4 seen(vec2 unit, float z) {
  vec2 base = (2.0 * unit - 1.0) * spread;
  float away = dot(base, turn.zw);
  vec2 pixel = vec2(frame.y + frame.x * dot(base, turn.xy), frame.z - frame.x * (tilt.x * away + tilt.y * z));
  return vec4(2.0 * pixel.x / size.x - 1.0, 1.0 - 2.0 * pixel.y / size.y, 0.5 * (tilt.y * away - tilt.x * z), 1.0);
}`;

export const SURFACE_VERTEX = `${PROJECTION}
layout(location = 0) in vec4 point;  // height, slopes, how much of it is defined
uniform int columns, rows;
out vec4 shape;
void main() {
  vec2 cell = vec2(gl_VertexID % columns, gl_VertexID / columns);
  gl_Position = seen(cell / vec2(columns - 1, rows - 1), ${SURFACE.RISE.toFixed(2)} * point.x);
  shape = point;
}`;

export const FLOOR_VERTEX = `${PROJECTION}
out vec2 unit;
void main() {
  unit = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = seen(unit, ${SURFACE.FLOOR.toFixed(2)});
}`;

const CONTOURS = `
precision highp float;
uniform sampler2D shades;
uniform float bands, thick;
out vec4 color;
float contours(float band) {
  float steep = max(length(vec2(dFdx(band), dFdy(band))), 1e-7), level = floor(band + 0.5);
  float cover = clamp(thick + 0.5 - abs(band - level) / steep, 0.0, 1.0);
  float crowded = clamp((1.0 / steep - 2.0) / 5.0, 0.0, 1.0);
  return cover * (0.3 + 0.7 * crowded) * step(0.5, level) * step(level, bands - 0.5);
}`;

export const SURFACE_FRAGMENT = `${CONTOURS}
in vec4 shape;
void main() {
  const vec3 sun = normalize(vec3(${LIGHT_FROM}));
  float light = clamp(dot(vec3(-shape.yz, 1.0), sun) * inversesqrt(1.0 + dot(shape.yz, shape.yz)), 0.0, 1.0);
  vec3 lit = texture(shades, vec2(shape.x, 0.25)).rgb * (${AMBIENT} + ${DIFFUSE} * light);
  color = vec4(mix(lit, vec3(1.0), 0.5 * contours(shape.x * bands)) * (gl_FrontFacing ? 1.0 : ${UNDERSIDE}), 1.0);
#ifdef HOLES
  color.a = clamp((shape.w - 0.5) / max(fwidth(shape.w), 1e-6) + 0.5, 0.0, 1.0);  // the share of the pixel's samples
  if (color.a < 0.01) discard;
#endif
}`;

export const FLOOR_FRAGMENT = `${CONTOURS}
in vec2 unit;
uniform highp sampler2D heights;
uniform vec3 paper, nowhere;
void main() {
  vec2 many = vec2(textureSize(heights, 0)), point = texture(heights, (unit * (many - 1.0) + 0.5) / many).rg;
  float height = clamp(point.x, 0.0, 1.0) * bands, band = clamp(floor(height) + 0.5, 0.5, bands - 0.5) / bands;
  vec3 shade = mix(paper, texture(shades, vec2(band, 0.75)).rgb, 0.28 + 0.5 * contours(height));
  color = vec4(mix(nowhere, shade, clamp((point.y - 0.5) / max(fwidth(point.y), 1e-6) + 0.5, 0.0, 1.0)), 1.0);
}`;

export const LINE_VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec4 point;  // x, y, toward the camera, how far the surface faces it
layout(location = 1) in vec3 offset;
layout(location = 2) in vec4 rest;   // side, beyond the end, length, step
layout(location = 3) in float style;
// A row for each style: color and opacity, length and number of dashes, where they begin and end.
uniform highp sampler2D styles;
uniform vec2 size;
uniform float density;
uniform vec3 halo;                   // the color of the paper under a path
uniform vec2 widths;                 // of the paper and of the path, or of a thin line
uniform bool thin;
out vec4 along;
out float facing;
flat out vec4 ink;                   // not multiplied
flat out vec4 shown;                  // width, opacity where it is hidden, length of the dashes
flat out vec4 dashes[2];
void main() {
  bool under = !thin && gl_InstanceID == 0;
  int row = int(style);
  vec4 own = texelFetch(styles, ivec2(0, row), 0), more = texelFetch(styles, ivec2(1, row), 0);
  float wide = under ? widths.x : widths.y, reach = 0.5 * wide + 1.0 / density;
  vec2 pixel = point.xy + offset.xy * reach;
  float depth = -0.5 * (point.z + offset.z * reach);
  gl_Position = vec4(2.0 * pixel.x / size.x - 1.0, 1.0 - 2.0 * pixel.y / size.y, depth, 1.0);
  along = vec4(rest.xy * reach, rest.z, row == 0 ? -1e9 : rest.w);
  facing = point.w;
  ink = under ? vec4(halo, 0.8) : vec4(own.rgb, thin ? own.a : 1.0);
  shown = vec4(wide, thin || under ? 0.0 : more.y, thin || under ? 0.0 : more.x, 0.0);
  dashes[0] = texelFetch(styles, ivec2(2, row), 0);
  dashes[1] = texelFetch(styles, ivec2(3, row), 0);
}`;

export const LINE_FRAGMENT = `
precision highp float;
in vec4 along;
in float facing;
flat in vec4 ink;
flat in vec4 shown;
flat in vec4 dashes[2];
uniform highp sampler2D depths;
uniform float density, head;
out vec4 color;
float dash(float along, vec2 ends) {
  return clamp(min(along - ends.x, ends.y - along) * density + 0.5, 0.0, 1.0);
}
void main() {
  bool hidden = facing < -0.02 || gl_FragCoord.z > texelFetch(depths, ivec2(gl_FragCoord.xy), 0).r;
  if (along.w > head || hidden && shown.y == 0.0) discard;
  float cover = clamp((shown.x * (hidden ? 0.4 : 0.5) - length(along.xy)) * density + 0.5, 0.0, 1.0);
  if (shown.z > 0.0 && !hidden) {
    float at = mod(along.z, shown.z);
    float first = max(dash(at, dashes[0].xy), dash(at, dashes[0].zw));
    cover *= max(first, max(dash(at, dashes[1].xy), dash(at, dashes[1].zw)));
  }
  color = vec4(ink.rgb, 1.0) * (hidden ? shown.y : ink.a) * cover;
}`;
