// @ts-check
/** The page as one file, perhaps that of a static site: everything it needs stands in it, and nobody is there to ask. */
import { gifOf } from "../ui/film.js";
import lab from "../ui/lab.js";

document.getElementById("steepest-unpacked")?.remove();
const source = `<!doctype html>\n${document.documentElement.outerHTML}`;
const data = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("steepest-document")).textContent ?? "{}");
/** @type {Map<string, any>} */
const values = new Map(Object.entries({ document: data, state: data.state, host: "file", source, gifOf }));
/** @type {Set<(message: any) => void>} */
const listeners = new Set();

lab.render({
  el: /** @type {HTMLElement} */ (document.getElementById("steepest-lab")),
  model: {
    get: (name) => values.get(name),
    set: (name, value) => {
      values.set(name, value);
    },
    save_changes: () => undefined,
    on: (name, listener) => {
      if (name === "msg:custom") listeners.add(listener);
    },
    off: (_, listener) => {
      if (listener) listeners.delete(listener);
    },
    send: ({ id }) => {
      const error = { message: "this file saves no films", text: null, place: null, length: 0 };
      window.setTimeout(() => {
        for (const listener of listeners) listener({ id, ok: false, error });
      });
    },
  },
});

if (document.querySelector("link[rel=manifest]")) navigator.serviceWorker?.register("service-worker.js");
