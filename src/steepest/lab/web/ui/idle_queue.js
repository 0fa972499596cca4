// @ts-check
/** Work in slices of idle time, one job after the other, so that a drag or a keystroke never waits for it. */

const SLICE = 6; // milliseconds of work between two frames
const EAGER = 4; // the same where there may be several between two frames
const PATIENCE = 120; // milliseconds after which a busy page works on all the same

/** @typedef {Iterator<unknown>} Job */

export class IdleQueue {
  /** @type {Map<string, Job>} */
  jobs = new Map();
  handle = 0;

  /** @param {boolean} [eager] whether to work between any two frames, idle or not */
  constructor(eager = false) {
    this.channel = eager ? new MessageChannel() : null;
    if (this.channel) this.channel.port1.onmessage = () => this.turn();
  }

  /**
   * A job, which starts over if there is one of this name already.
   * @param {string} name
   * @param {Job} job
   */
  add(name, job) {
    this.jobs.delete(name);
    this.jobs.set(name, job);
    this.schedule();
  }

  /** @param {string} name */
  drop(name) {
    this.jobs.delete(name);
  }

  close() {
    this.jobs.clear();
    this.channel?.port1.close();
  }

  schedule() {
    if (this.handle) return;
    if (this.channel) {
      this.handle = 1;
      this.channel.port2.postMessage(null);
      return;
    }
    const work = () => this.turn();
    this.handle = window.requestIdleCallback
      ? window.requestIdleCallback(work, { timeout: PATIENCE })
      : window.setTimeout(work, SLICE);
  }

  turn() {
    this.handle = 0;
    this.work(performance.now() + (this.channel ? EAGER : SLICE));
  }

  /** @param {number} until */
  work(until) {
    while (this.jobs.size && performance.now() < until) {
      const [[name, job]] = this.jobs;
      if (job.next().done && this.jobs.get(name) === job) this.jobs.delete(name);
    }
    if (this.jobs.size) this.schedule();
  }
}
