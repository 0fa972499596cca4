// @ts-check
/** The part of a canvas's context that the views draw with, writing SVG. */

export class SvgContext {
  /**
   * @param {number} width
   * @param {number} height
   * @param {string} paper
   */
  constructor(width, height, paper) {
    const box = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
    this.head = `<svg xmlns="http://www.w3.org/2000/svg" ${box}>`;
    this.parts = [`<rect width="${width}" height="${height}" fill="${paper}"/>`];
    this.strokeStyle = this.fillStyle = "#000000";
    this.lineWidth = this.globalAlpha = 1;
    this.font = "12px sans-serif";
    this.textAlign = "left";
    this.lineCap = "butt";
    this.lineJoin = "miter";
    this.imageSmoothingEnabled = true;
    this.dash = "";
    this.path = "";
    this.clips = 0;
    /** @type {number[]} */
    this.opened = [];
  }

  clearRect() {}
  beginPath() {
    this.path = "";
  }
  closePath() {
    this.path += "Z";
  }
  /**
   * @param {number} x
   * @param {number} y
   */
  moveTo(x, y) {
    this.path += `M${at(x)} ${at(y)}`;
  }
  /**
   * @param {number} x
   * @param {number} y
   */
  lineTo(x, y) {
    this.path += `L${at(x)} ${at(y)}`;
  }
  /**
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   */
  arc(x, y, radius) {
    const half = `a${at(radius)} ${at(radius)} 0 1 0 `;
    this.path += `M${at(x - radius)} ${at(y)}${half}${at(2 * radius)} 0${half}${at(-2 * radius)} 0Z`;
  }
  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  rect(x, y, width, height) {
    this.path += `M${at(x)} ${at(y)}h${at(width)}v${at(height)}h${at(-width)}Z`;
  }
  /** @param {number[]} dash */
  setLineDash(dash) {
    this.dash = dash.length ? ` stroke-dasharray="${dash.map(at).join(" ")}"` : "";
  }
  stroke() {
    const line = `stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"`;
    const ends = `stroke-linecap="${this.lineCap}" stroke-linejoin="${this.lineJoin}"`;
    this.parts.push(`<path d="${this.path}" fill="none" ${line} ${ends} opacity="${this.globalAlpha}"${this.dash}/>`);
  }
  fill() {
    this.parts.push(`<path d="${this.path}" fill="${this.fillStyle}" opacity="${this.globalAlpha}"/>`);
  }
  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  strokeRect(x, y, width, height) {
    this.beginPath();
    this.rect(x, y, width, height);
    this.stroke();
  }
  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {number} [most] the width that the text has at most
   */
  fillText(text, x, y, most) {
    const squeezed = text.length * 6.8 > Number(most) ? ` textLength="${most}" lengthAdjust="spacingAndGlyphs"` : "";
    this.write(text, x, y, `fill="${this.fillStyle}"${squeezed}`);
  }
  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   */
  strokeText(text, x, y) {
    this.write(text, x, y, `fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"`);
  }
  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {string} paint
   */
  write(text, x, y, paint) {
    const anchor = { center: "middle", right: "end" }[this.textAlign] ?? "start";
    const attributes = `x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" style="font: ${this.font}" ${paint}`;
    this.parts.push(`<text ${attributes}>${escaped(text)}</text>`);
  }
  /**
   * @param {HTMLCanvasElement} image
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  drawImage(image, x, y, width, height) {
    const box = `x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none"`;
    const sharp = this.imageSmoothingEnabled ? "" : ' style="image-rendering: pixelated"';
    this.parts.push(`<image ${box}${sharp} href="${image.toDataURL("image/png")}"/>`);
  }
  save() {
    this.opened.push(0);
  }
  /**
   * @param {number} x
   * @param {number} y
   */
  translate(x, y) {
    this.parts.push(`<g transform="translate(${at(x)} ${at(y)})">`);
    if (this.opened.length) this.opened[this.opened.length - 1]++;
  }
  clip() {
    const name = `clip${this.clips++}`;
    this.parts.push(`<clipPath id="${name}"><path d="${this.path}"/></clipPath><g clip-path="url(#${name})">`);
    if (this.opened.length) this.opened[this.opened.length - 1]++;
  }
  restore() {
    this.parts.push("</g>".repeat(this.opened.pop() ?? 0));
  }
  /**
   * The document, with what made it.
   * @param {string} title
   * @param {string} made
   */
  text(title, made) {
    return `${this.head}<title>${escaped(title)}</title><desc>${escaped(made)}</desc>${this.parts.join("")}</svg>`;
  }
}

/** @param {number} value */
function at(value) {
  return Math.round(value * 100) / 100;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
