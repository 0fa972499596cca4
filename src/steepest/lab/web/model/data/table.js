// @ts-check
/** A table: columns of numbers or of text by name, where they come from, and what the user should know about them. */
import { clipped, grouped, InputError } from "../language/errors.js";
import { reducedRows } from "../language/rows.js";
import { nearest } from "../language/similarity.js";
import { decoded } from "./files/bytes.js";
import { readDelimited } from "./files/delimited.js";
import { accepted, look } from "./missing_values.js";
import { DATA, FINDINGS } from "./tables.js";
import { counted, listed } from "./words.js";

/** Numbers (NaN where one is missing), or texts. @typedef {Float64Array | string[]} Column */
/**
 * What a table is made of besides its columns: sentences for the user, the line of the file on which each row begins,
 * the decimal sign of the file, the row of the source, from 0, that each row was, and the file that has these very
 * rows, as a command names it; empty where none has.
 * @typedef {{notes?: string[], lines?: ArrayLike<number> | null, decimal?: string, origins?: ArrayLike<number> | null,
 *   path?: string}} Origin
 */

/** Those that were made of data. @type {WeakMap<object, Table>} */
const TABLES = new WeakMap();

/** Columns of one length; it does not change. */
export class Table {
  /**
   * @param {string[]} names
   * @param {Column[]} columns
   * @param {string} source where it comes from, for sentences: `houses.csv`
   * @param {Origin} [origin]
   */
  constructor(names, columns, source, { notes = [], lines = null, decimal = ".", origins = null, path = "" } = {}) {
    this.names = names;
    this.columns = columns;
    this.source = source;
    this.notes = notes;
    this.lines = lines;
    this.decimal = decimal;
    this.origins = origins;
    this.path = path;
    /** The number of rows. */
    this.rows = columns[0]?.length ?? 0;
  }

  /** The names of the columns of numbers, in order. */
  get numericNames() {
    return this.names.filter((_, index) => isNumeric(this.columns[index]));
  }

  /**
   * Whether there is a column of that name.
   * @param {string} name
   */
  has(name) {
    return this.names.includes(name);
  }

  /**
   * The column of that name; throws if there is none or more than one.
   * @param {string} name
   * @returns {any}
   */
  get(name) {
    return this.columns[this.position(name)];
  }

  /** @param {string} name */
  position(name) {
    const { names, source } = this;
    const first = names.indexOf(name);
    const second = names.indexOf(name, first + 1);
    if (first >= 0 && second < 0) return first;
    if (first >= 0) {
      const count = names.filter((each) => each === name).length;
      const where = `number ${first + 1} and ${second + 1}`;
      throw new InputError(`${source} has ${count} columns called '${clipped(name)}', ${where}: rename them`);
    }
    const near = nearest(name, names.slice(0, 1000));
    const hint = near ? `did you mean ${near}?` : `it has ${listed(names, FINDINGS.MOST_NAMED)}`;
    throw new InputError(`${source} has no column '${clipped(name)}': ${hint}`);
  }

  /**
   * Where a row stands: `line 3` of a text file, otherwise `row 2`.
   * @param {number} row from 0
   */
  place(row) {
    if (this.lines) return `line ${grouped(this.lines[row])}`;
    return `row ${grouped((this.origins ? this.origins[row] : row) + 1)}`;
  }

  /**
   * The table with columns changed, and notes added.
   * @param {Record<string, (column: any) => Column>} changes
   * @param {string[]} notes
   */
  changed(changes, ...notes) {
    const columns = [...this.columns];
    for (const [name, change] of Object.entries(changes)) columns[this.position(name)] = change(this.get(name));
    return new Table(this.names, columns, this.source, { ...this, notes: [...this.notes, ...notes] });
  }

  /**
   * The columns that a formula names, with a finite number in every row; throws with the lines where one has none.
   * @param {string[]} names
   * @param {boolean} [dropMissing] whether rows in which a number is missing are left out, which a note tells
   */
  select(names, dropMissing = false) {
    const chosen = [...new Set(names)];
    const columns = chosen.map((name) => this.get(name));
    const rows = Array.from({ length: dropMissing ? this.rows : 0 }, (_, row) => row);
    const complete = rows.filter((row) => columns.every((column) => !Number.isNaN(column[row])));
    const found = look(columns, this.decimal);
    const dropped = dropMissing ? { rows: this.rows, complete: complete.length } : null;
    const note = accepted(found, chosen, this.source, (row) => this.place(row), dropped);
    if (!note) return new Table(chosen, columns, this.source, this);
    const { lines, origins, decimal } = this;
    const own = (/** @type {ArrayLike<number> | null} */ values) => values && complete.map((row) => values[row]);
    return new Table(
      chosen,
      columns.map((column) => Float64Array.from(complete, (row) => column[row])),
      this.source,
      { notes: [...this.notes, note], lines: own(lines), origins: own(origins) ?? complete, decimal },
    );
  }

  /**
   * The table with other numbers in a row.
   * @param {number} row from 0
   * @param {Record<string, number>} values by column
   */
  withRow(row, values) {
    const changes = Object.entries(values).map(([name, value]) => [
      name,
      (/** @type {Float64Array} */ column) => column.with(row, value),
    ]);
    const { names, columns, source, ...origin } = this.changed(Object.fromEntries(changes));
    return new Table(names, columns, source, { ...origin, path: "" });
  }

  /**
   * The table with a row more, at its end; a column without a value gets its mean, or the text of its last row.
   * @param {Record<string, number | string>} values by column
   */
  withNewRow(values) {
    if (this.rows >= DATA.MOST_ROWS) throw new InputError(`the page shows at most ${grouped(DATA.MOST_ROWS)} rows`);
    const columns = this.columns.map((column, index) => {
      const value = values[this.names[index]];
      if (!isNumeric(column)) return [...column, String(value ?? column.at(-1) ?? "")];
      const longer = new Float64Array(column.length + 1);
      longer.set(column);
      longer[column.length] = value === undefined ? mean(column) : Number(value);
      return longer;
    });
    return this.over(columns);
  }

  /**
   * The table without a row.
   * @param {number} row from 0
   */
  withoutRow(row) {
    if (this.rows === 1) throw new InputError("a table has at least 1 row");
    return this.over(
      this.columns.map((column) =>
        /** @type {any} */ (column).filter((/** @type {any} */ _, /** @type {number} */ index) => index !== row),
      ),
    );
  }

  /**
   * A table of the same columns with other rows, which stand in no file any more.
   * @param {Column[]} columns
   */
  over(columns) {
    return new Table(this.names, columns, this.source, { notes: this.notes, decimal: this.decimal });
  }

  /**
   * The least and the greatest number of a column of numbers.
   * @param {string} name
   * @returns {[number, number]}
   */
  extent(name) {
    let [low, high] = [Infinity, -Infinity];
    const column = this.get(name);
    for (let row = 0; row < column.length; row++) {
      const value = column[row];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high];
  }

  /** The table as data for JSON, as the page's state has it outside. */
  toJSON() {
    return {
      name: this.source,
      ...(this.path && { path: this.path }),
      ...(this.lines && { lines: Array.from(this.lines) }),
      names: this.names,
      columns: this.columns.map((column) => (isNumeric(column) ? Array.from(column, missing) : column)),
    };
  }
}

/**
 * The table that data for JSON describe; see `Table.toJSON`.
 * @param {{name: string, path?: string, lines?: number[] | null, names: string[], columns: ((number | null)[] | string[])[]}} data
 */
export function tableOf(data) {
  const known = TABLES.get(data);
  if (known) return known;
  const { name, path, lines, names, columns } = data;
  const all = columns.map((values) =>
    values.some((value) => typeof value === "string")
      ? values.map((value) => String(value ?? ""))
      : Float64Array.from(/** @type {(number | null)[]} */ (values), (value) => value ?? NaN),
  );
  const table = new Table(names, all, name, { path, lines });
  TABLES.set(data, table);
  return table;
}

/**
 * @param {string[]} one
 * @param {string[]} other
 */
function equalTexts(one, other) {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

/**
 * Whether two tables have the same columns with the same numbers and texts.
 * @param {Table} one
 * @param {Table} other
 */
export function equalTables(one, other) {
  if (one === other) return true;
  if (one.rows !== other.rows || one.source !== other.source || !equalTexts(one.names, other.names)) return false;
  return one.columns.every((column, index) => {
    const beside = other.columns[index];
    for (let row = 0; row < one.rows; row++) if (!Object.is(column[row], beside[row])) return false;
    return true;
  });
}

/**
 * The table in a text: CSV and its relatives, with a header or without. Its notes tell how it was read; throws what
 * cannot be read, in one line.
 * @param {string} text
 * @param {string} name for sentences: the file's, or "the pasted table"
 * @param {string} [writtenIn] the encoding, where it is to be told
 * @param {string} [path] the file that it is in
 */
export function readTable(text, name, writtenIn = "", path = "") {
  const { names, columns, ...origin } = readDelimited(text, name, writtenIn);
  const table = new Table(names, columns, name, { ...origin, path });
  const { MOST_COLUMNS, MOST_ROWS } = DATA;
  const few = "take some of it, or fit it on the command line: steepest fit";
  if (table.rows > MOST_ROWS)
    throw new InputError(
      `${name} has ${counted(table.rows, "row")}, and the page shows at most ${grouped(MOST_ROWS)}: ${few}`,
    );
  if (names.length > MOST_COLUMNS)
    throw new InputError(
      `${name} has ${counted(names.length, "column")}, and the page takes at most ${MOST_COLUMNS}: ${few}`,
    );
  return table;
}

/**
 * The table in a file.
 * @param {Uint8Array} bytes
 * @param {string} name the file's
 */
export function readBytes(bytes, name) {
  const { text, writtenIn } = decoded(bytes, name);
  return readTable(text, name, writtenIn, name);
}

/** @param {Column} column @returns {column is Float64Array} */
export function isNumeric(column) {
  return column instanceof Float64Array;
}

/** A table to click points into. */
export function clickedTable() {
  return new Table(["x", "y"], [Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 2)], "your points");
}

/** @param {Float64Array} column */
export function mean(column) {
  return reducedRows("mean", column);
}

/** @param {number} value */
function missing(value) {
  return Number.isNaN(value) ? null : value;
}
