// @ts-check
/** Rows of cells by the rules of RFC 4180, read as strictly as Python's `csv` module reads them. */

const LONGEST_CELL = 131_072; // characters
export const MISTAKES = {
  open: 'a quote is opened here and never closed: write " as "" within quotes',
  long: "a cell has more than 131,072 characters: is a closing quote missing?",
  after: 'there is something between a closing quote and the next cell: write " as "" within quotes',
};

/** A row that cannot be read. */
export class RecordError extends Error {
  /** @param {keyof typeof MISTAKES} kind */
  constructor(kind) {
    super(MISTAKES[kind]);
  }
}

/**
 * The rows of a text, each with the number of its last line, counted from 1; blanks in front of a cell are left out.
 * @param {string} text
 * @param {string} delimiter empty for a text of one column; of blanks several are one delimiter
 * @returns {Generator<{cells: string[], end: number}, void>}
 * @throws {RecordError}
 */
export function* records(text, delimiter) {
  /** @type {string[]} */
  let cells = [];
  let cell = "";
  let state = "start";
  let end = 0;
  const add = (/** @type {string} */ sign) => {
    cell += sign;
    if (cell.length > LONGEST_CELL) throw new RecordError("long");
  };
  const save = () => {
    cells.push(cell);
    cell = "";
  };
  for (const whole of lines(text)) {
    end++;
    const line = delimiter === " " ? `${whole.replace(/[ \r\n]+$/, "")}\n` : whole;
    for (let at = 0; at < line.length && state !== "done"; at++) {
      const sign = line[at];
      const ends = sign === "\n" || sign === "\r";
      if (state === "start" && ends) state = "done";
      else if (state === "quoted") {
        if (sign === '"') state = "closed";
        else add(sign);
      } else if (state === "closed" && sign === '"') {
        add(sign);
        state = "quoted";
      } else if (state === "closed" && !ends && sign !== delimiter) throw new RecordError("after");
      else if (ends) {
        save();
        state = "done";
      } else if (state === "start" || state === "cell") {
        if (sign === '"') state = "quoted";
        else if (sign === " ") state = "cell";
        else if (sign === delimiter) {
          save();
          state = "cell";
        } else {
          cell = sign;
          state = "within";
        }
      } else if (sign === delimiter) {
        save();
        state = "cell";
      } else add(sign);
    }
    if (state === "quoted") continue;
    if (state !== "done" && state !== "start") save(); // the last line may lack its end
    yield { cells, end };
    cells = [];
    state = "start";
  }
  if (state === "quoted") throw new RecordError("open");
}

/**
 * The lines of a text with their ends.
 * @param {string} text
 */
function* lines(text) {
  const ends = /\r\n|\n|\r/g;
  let begin = 0;
  while (ends.exec(text)) {
    yield text.slice(begin, ends.lastIndex);
    begin = ends.lastIndex;
  }
  if (begin < text.length) yield text.slice(begin);
}
