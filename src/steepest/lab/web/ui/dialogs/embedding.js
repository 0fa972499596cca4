// @ts-check
/** The page in a frame of another page: the code for it, and the height that it asks for. */

const MESSAGE = "steepest-height";
/** The height for a width from so many pixels on. @type {[number, number][]} */
const HEIGHTS = [
  [1100, 760],
  [720, 700],
  [0, 640],
];

/**
 * HTML that shows an address in a frame, as high as the page there asks for; what others send is not heard.
 * @param {string} address
 */
export function embedCode(address) {
  const { origin } = new URL(address);
  return `<iframe src="${address}" title="gradient descent, step by step" allow="fullscreen; clipboard-write"
  style="width: 100%; height: 640px; border: 0"></iframe>
<script>
  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== ${JSON.stringify(origin)} || data?.type !== "${MESSAGE}" || !(data.height > 0)) return;
    for (const frame of document.querySelectorAll("iframe"))
      if (frame.contentWindow === source) frame.style.height = \`\${data.height}px\`;
  });
</script>`;
}

/**
 * Ask the page around this one, if there is one, for the height that suits the width.
 * @param {number} width
 */
export function askForHeight(width) {
  if (window.parent === window) return;
  const [, height] = HEIGHTS.find(([least]) => width >= least) ?? HEIGHTS[HEIGHTS.length - 1];
  window.parent.postMessage({ type: MESSAGE, height }, "*"); // no secret: a number that follows from the width
}
