// @ts-check
/** What mouse, fingers and keys do with the surface. */

const KEYS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [5, 0],
  ArrowRight: [-5, 0],
  ArrowUp: [0, 4],
  ArrowDown: [0, -4],
});
const HELP =
  "Surface in space. Drag or arrow keys turn it, the wheel or plus and minus bring it nearer, " +
  "a double click or 0 resets it.";

/**
 * Listens to mouse, touch and keys, to the canvas' size and to the loss of the graphics card.
 * @param {import("./renderer.js").SurfaceRenderer} renderer
 * @param {AbortSignal} signal
 */
export function listenToPointer(renderer, signal) {
  const { canvas } = renderer;
  const down = /** @type {Map<number, {x: number, y: number}>} */ (new Map());
  let tap = { time: -Infinity, x: 0, y: 0 };
  let moved = 0;
  if (canvas.tabIndex < 0) canvas.tabIndex = 0;
  if (!canvas.hasAttribute("aria-label")) canvas.setAttribute("aria-label", HELP);
  if (!canvas.hasAttribute("role")) canvas.setAttribute("role", "img");
  Object.assign(canvas.style, { touchAction: "none", cursor: "grab" });
  /**
   * @param {string} name
   * @param {(event: any) => void} heard
   */
  const listen = (name, heard) => canvas.addEventListener(name, heard, { signal, passive: false });

  listen("pointerdown", (/** @type {PointerEvent} */ event) => {
    if (event.button) return;
    if (!down.size) moved = 0;
    down.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    canvas.setPointerCapture(event.pointerId);
    canvas.style.cursor = "grabbing";
  });
  listen("pointermove", (/** @type {PointerEvent} */ event) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    const { azimuth, elevation } = renderer.viewport.camera;
    const [right, low] = [event.offsetX - before.x, event.offsetY - before.y];
    moved += Math.abs(right) + Math.abs(low);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const [from, to] = [before, { x: event.offsetX, y: event.offsetY }].map((pixel) =>
        Math.hypot(pixel.x - other.x, pixel.y - other.y),
      );
      renderer.approach(to / Math.max(from, 1), (event.offsetX + other.x) / 2, (event.offsetY + other.y) / 2);
      renderer.move(right / 2, low / 2);
    } else if (event.shiftKey) renderer.move(right, low);
    else renderer.orbit(azimuth - 0.4 * right, elevation + 0.3 * low);
    [before.x, before.y] = [event.offsetX, event.offsetY];
  });
  for (const name of ["pointerup", "pointercancel"])
    listen(name, (/** @type {PointerEvent} */ event) => {
      if (!down.delete(event.pointerId) || down.size) return;
      canvas.style.cursor = "grab";
      if (moved > 6 || name === "pointercancel") return;
      const twice = event.timeStamp - tap.time < 350 && Math.hypot(event.offsetX - tap.x, event.offsetY - tap.y) < 24;
      tap = { time: twice ? -Infinity : event.timeStamp, x: event.offsetX, y: event.offsetY };
      if (twice) renderer.reset();
    });
  listen("wheel", (/** @type {WheelEvent} */ event) => {
    const lines = event.deltaMode ? 16 : 1;
    const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016));
    // At either end of the zoom the page scrolls.
    if (renderer.approach(factor, event.offsetX, event.offsetY) || event.ctrlKey) event.preventDefault();
  });
  listen("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const turn = KEYS[event.key];
    const times = event.shiftKey ? 3 : 1;
    const { azimuth, elevation } = renderer.viewport.camera;
    if (turn) renderer.orbit(azimuth + times * turn[0], elevation + times * turn[1]);
    else if (event.key === "+" || event.key === "=") renderer.approach(1.25);
    else if (event.key === "-" || event.key === "_") renderer.approach(0.8);
    else if (event.key === "0") renderer.reset();
    else return;
    event.preventDefault();
    event.stopPropagation(); // the arrows are the timeline's elsewhere
  });
  listen("webglcontextlost", (/** @type {Event} */ event) => event.preventDefault());
  listen("webglcontextrestored", () => {
    renderer.restore();
  });
  const watched = new ResizeObserver(() => renderer.resize());
  watched.observe(canvas);
  return watched;
}
