// @ts-check
/** What the page asks of Python: files that only Python makes. */

/** @typedef {import("../ui/lab.js").Model} Model */
/** A file that was made: its address, or its bytes in base64. @typedef {{name: string, url?: string, data?: string}} Made */

export class FileRequests {
  /**
   * @param {Model} model
   * @param {() => void} onWaiting it waits for another number of files
   */
  constructor(model, onWaiting) {
    this.model = model;
    this.onWaiting = onWaiting;
    this.asked = 0;
    /** @type {Map<number, {resolve: (made: Made) => void, reject: (error: any) => void}>} */
    this.waiting = new Map();
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
   * The runs of a state as a file.
   * @param {any} state
   * @param {string} suffix
   * @param {string} theme
   * @returns {Promise<Made>}
   */
  make(state, suffix, theme) {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.onWaiting();
      this.model.send({ id, kind: "export", state, suffix, theme });
    });
  }
}
