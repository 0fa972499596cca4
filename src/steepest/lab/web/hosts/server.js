// @ts-check
/** Starts the page that `steepest lab` serves: fetches its document and draws it. */

import lab from "../ui/lab.js";
import { request, serverModel } from "./host_model.js";

const token = new URLSearchParams(location.search).get("token") ?? "";
const el = /** @type {HTMLElement} */ (document.getElementById("lab"));

request("document.json", token)
  .then((answer) => answer.json())
  .then((document) => lab.render({ model: serverModel(document, token), el }))
  .catch((error) => {
    el.textContent = error.message ?? String(error);
    throw error;
  });
