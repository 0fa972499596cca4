// @ts-check
/**
 * What the page talks to where no notebook is: a model with the names of anywidget's, whose questions go to a server.
 */

/** @typedef {{message: string, text: string | null, place: number | null, length: number}} Mistake */
/** @typedef {{id: number, ok: boolean, result?: any, error?: Mistake}} Answer */
/** @typedef {{id: number, kind: string, [name: string]: any}} Question */
/** @typedef {(...details: any[]) => void} Listener */

const TOKEN_HEADER = "X-Steepest-Token";
const STARTED_ANEW =
  "the lab was started anew: open the address that it printed, and put this page's address from # on behind it";

/** Traits, listeners and questions, as anywidget's hosts have them. */
export class Model {
  /**
   * @param {Record<string, any>} traits
   * @param {(question: Question) => Promise<any>} ask gives the result, or throws a `Mistake`
   */
  constructor(traits, ask) {
    this.traits = { ...traits };
    this.ask = ask;
    /** @type {Map<string, Set<Listener>>} */
    this.listeners = new Map();
  }

  /** @param {string} name */
  get(name) {
    return this.traits[name];
  }

  /**
   * @param {string} name
   * @param {any} value
   */
  set(name, value) {
    if (this.traits[name] === value) return;
    this.traits[name] = value;
    this.emit(`change:${name}`);
    this.emit("change");
  }

  /** There is no other side to save to: the page is all there is. */
  save_changes() {}

  /**
   * @param {string} event
   * @param {Listener} listener
   */
  on(event, listener) {
    const listeners = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, listeners.add(listener));
  }

  /**
   * Without a listener all of the event's, without an event all.
   * @param {string} [event]
   * @param {Listener} [listener]
   */
  off(event, listener) {
    if (!event) this.listeners.clear();
    else if (!listener) this.listeners.delete(event);
    else this.listeners.get(event)?.delete(listener);
  }

  /**
   * @param {string} event
   * @param {any[]} details
   */
  emit(event, ...details) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(...details);
  }

  /**
   * Ask; the answer comes as the message `msg:custom`.
   * @param {Question} question
   */
  async send(question) {
    /** @type {Answer} */
    let answer;
    try {
      answer = { id: question.id, ok: true, result: await this.ask(question) };
    } catch (error) {
      answer = { id: question.id, ok: false, error: mistake(error) };
    }
    this.emit("msg:custom", answer, []);
  }
}

/**
 * @param {unknown} error
 * @returns {Mistake}
 */
function mistake(error) {
  const found = /** @type {Partial<Mistake>} */ (error);
  return {
    message: found.message ?? String(error),
    text: found.text ?? null,
    place: found.place ?? null,
    length: found.length ?? 0,
  };
}

/**
 * The model of a page that `steepest lab` serves.
 * @param {any} document
 * @param {string} token
 * @param {string} [base]
 */
export function serverModel(document, token, base = "./") {
  /** @param {Question} question */
  async function ask({ id, kind, ...question }) {
    if (kind !== "export") throw { message: `there is no question '${kind}'` };
    const answer = await request(`${base}export`, token, question);
    const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "descent";
    return { url: URL.createObjectURL(await answer.blob()), name, type: answer.headers.get("Content-Type") ?? "" };
  }
  return new Model({ document, state: document.state, host: "server" }, ask);
}

/**
 * @param {string} path
 * @param {string} token
 * @param {unknown} [question]
 * @returns {Promise<Response>} whose status is good; else throws a `Mistake`
 */
export async function request(path, token, question) {
  const headers = /** @type {Record<string, string>} */ (token ? { [TOKEN_HEADER]: token } : {});
  const asked =
    question === undefined
      ? { headers }
      : {
          method: "POST",
          headers: { ...headers, "Content-Type": "application/json" },
          body: JSON.stringify(question),
        };
  let answer;
  try {
    answer = await fetch(path, asked);
  } catch {
    throw { message: "Python does not answer: start the lab again; what it does not make goes on without it" };
  }
  if (answer.ok) return answer;
  if (answer.status === 403 && token) throw { message: STARTED_ANEW };
  const told = await answer.json().catch(() => ({}));
  throw told.error ?? { message: `the server does not answer this (${answer.status})` };
}
