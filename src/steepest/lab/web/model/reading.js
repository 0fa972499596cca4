// @ts-check
/** Texts read: by what the page has with it, else by Python. */

/** @typedef {import("../ui/lab.js").Model} Model */

export class Reader {
  /**
   * @param {Model} model
   * @param {any} document
   * @param {string} host
   * @param {() => void} onWaiting it waits for another number of answers
   */
  constructor(model, document, host, onWaiting) {
    this.model = model;
    this.document = document;
    this.host = host;
    this.onWaiting = onWaiting;
    this.asked = 0;
    /** @type {Map<number, {resolve: (value: any) => void, reject: (error: any) => void}>} */
    this.waiting = new Map();
    /** @type {Map<string, any>} */
    this.known = new Map(
      document.optimizers.map((/** @type {any} */ each) => [keyOf(each.text, schedules(each), each.count), each]),
    );
    this.answer = (/** @type {any} */ message) => {
      const wait = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.ok) wait?.resolve(message.result);
      else wait?.reject(message.error);
      this.onWaiting();
    };
    model.on("msg:custom", this.answer);
  }

  close() {
    this.model.off("msg:custom", this.answer);
  }

  /**
   * @param {any} message
   * @returns {Promise<any>}
   */
  ask(message) {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.onWaiting();
      this.model.send({ id, ...message });
    });
  }

  /** @param {string} text */
  async objective(text) {
    const typed = text.trim();
    const same = typed.replaceAll(" ", "");
    const { gallery, objective } = this.document;
    const known =
      gallery.find((/** @type {any} */ each) => each.gallery === typed) ??
      (this.host === "file"
        ? [objective, ...gallery].find((each) => each.plain.replaceAll(" ", "") === same || each.text === typed)
        : undefined);
    return known ?? (await this.ask({ kind: "objective", text }));
  }

  /**
   * @param {string} text
   * @param {Record<string, number | string>} settings
   * @param {number} count of parameters
   */
  async optimizer(text, settings, count) {
    const formulas = Object.fromEntries(Object.entries(settings).filter(([, value]) => typeof value === "string"));
    const key = keyOf(text, formulas, count);
    const found = this.known.get(key);
    if (found) return found;
    const entry = this.document.zoo.find((/** @type {any} */ each) => each.name === text);
    if (entry && !Object.keys(formulas).length && entry.tapes[count])
      return { ...entry, tape: entry.tapes[count], count };
    const read = await this.ask({ kind: "optimizer", text, count, settings: entry ? formulas : settings });
    this.known.set(key, read);
    return read;
  }
}

/**
 * @param {string} text
 * @param {Record<string, any>} formulas
 * @param {number} count
 */
function keyOf(text, formulas, count) {
  return JSON.stringify([text, Object.entries(formulas).sort(), count]);
}

/** @param {any} data */
function schedules(data) {
  return Object.fromEntries(
    data.hyperparameters
      .filter((/** @type {any} */ part) => part.schedule !== null)
      .map((/** @type {any} */ part) => [part.name, part.schedule]),
  );
}
