// @ts-check
/** Starts the page of one file, whose script is packed: the file's policy allows exactly that script. */

/** @param {string} packed gzip in base64 */
async function unpack(packed) {
  const stream = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.id = "steepest-unpacked";
  script.type = "module";
  script.textContent = await new Response(stream).text();
  document.head.append(script);
}

/**
 * The bytes of a text in base64; browsers from before 2025 have no function of their own for it.
 * @param {string} packed
 */
function bytesOf(packed) {
  if ("fromBase64" in Uint8Array) return /** @type {any} */ (Uint8Array).fromBase64(packed);
  const characters = atob(packed);
  const bytes = new Uint8Array(characters.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = characters.charCodeAt(k); // Uint8Array.from takes ten times as long
  return bytes;
}

unpack(document.getElementById("steepest-script")?.textContent ?? "");
