// @ts-check
/** Whether the page around the lab, a notebook's, is light or dark. */

/**
 * How notebooks say so: JupyterLab, VS Code, marimo, Colab.
 * @type {((root: HTMLElement, body: HTMLElement) => string | null | undefined)[]}
 */
const SIGNS = [
  (_, { dataset }) => dataset.jpThemeLight && (dataset.jpThemeLight === "false" ? "dark" : "light"),
  (_, { dataset }) =>
    dataset.vscodeThemeKind && (/dark|high-contrast$/.test(dataset.vscodeThemeKind) ? "dark" : "light"),
  (root, body) =>
    [root, body].map(({ dataset }) => dataset.theme).find((theme) => theme === "dark" || theme === "light"),
  // https://github.com/googlecolab/colabtools/issues/2485: it is dark where this attribute says so, and light otherwise.
  (root) => root.getAttribute("theme") || (Reflect.get(window, "google")?.colab && "light"),
  (root, body) => ["dark", "light"].find((name) => root.classList.contains(name) || body.classList.contains(name)),
];

/** The scheme of the page around: `dark`, `light`, or empty where it does not say. */
export function hostScheme() {
  const { documentElement, body } = document;
  const found = SIGNS.map((sign) => sign(documentElement, body)).find((each) => each === "dark" || each === "light");
  return found ?? "";
}

/**
 * Watch for a change of it; what is returned ends the watch.
 * @param {() => void} onChange
 */
export function watchHost(onChange) {
  let before = hostScheme();
  const observer = new MutationObserver(() => {
    const now = hostScheme();
    if (now !== before) onChange();
    before = now;
  });
  const attributeFilter = ["class", "theme", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];
  for (const element of [document.documentElement, document.body])
    observer.observe(element, { attributes: true, attributeFilter });
  return () => observer.disconnect();
}
