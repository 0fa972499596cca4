// @ts-check
/** Starts the page that `steepest lab` serves: fetches its document and draws it. */

import { request, serverModel } from "./host.js";
import lab from "./lab.js";

const token = new URLSearchParams(location.search).get("token") ?? "";
const el = /** @type {HTMLElement} */ (document.getElementById("lab"));

try {
  const answer = await request("document.json", token);
  await lab.render({ model: serverModel(await answer.json(), token), el });
} catch (error) {
  const { message } = /** @type {{message?: string}} */ (error);
  el.textContent = message ?? String(error);
  throw error;
}
