// @ts-check
/** Words of a command, as a shell reads them. */

/** @param {string} word */
export function quoted(word) {
  const escaped = word.replaceAll("'", "'\"'\"'");
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${escaped}'`;
}
