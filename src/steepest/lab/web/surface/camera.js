// @ts-check
/** The camera of a surface: an orthographic view, the same as that of Python's pictures. */

/** A point in space. @typedef {[number, number, number]} Point */

/**
 * An orthographic view from an azimuth, counterclockwise from the direction of x, and an elevation, both in degrees.
 */
export class Camera {
  /**
   * @param {number} azimuth
   * @param {number} elevation
   */
  constructor(azimuth, elevation) {
    const turn = (azimuth * Math.PI) / 180;
    const height = (elevation * Math.PI) / 180;
    this.azimuth = azimuth;
    this.elevation = elevation;
    /** The direction on the surface that goes to the right in the picture. @type {[number, number]} */
    this.right = [-Math.sin(turn), Math.cos(turn)];
    /** The direction on the surface that leads away from the camera. @type {[number, number]} */
    this.away = [-Math.cos(turn), -Math.sin(turn)];
    this.sine = Math.sin(height);
    this.cosine = Math.cos(height);
  }

  /**
   * Across and up in the picture, and toward the camera.
   * @param {number} x
   * @param {number} y
   * @param {number} z
   * @returns {Point}
   */
  project(x, y, z) {
    const across = x * this.right[0] + y * this.right[1];
    const surface = x * this.away[0] + y * this.away[1];
    return [across, this.sine * surface + this.cosine * z, this.sine * z - this.cosine * surface];
  }
}
