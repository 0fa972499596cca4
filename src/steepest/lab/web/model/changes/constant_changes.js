// @ts-check
/** What changes the constants of the formula; each change can be undone. */
import { InputError } from "../language/errors.js";
import { readObjective } from "../reading.js";

/** @typedef {import("../store.js").Store} Store */

export class ConstantChanges {
  /** Those of a typed formula that lacks others. @type {Record<string, number>} */
  drafted = {};

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /**
   * Another value of a constant; nothing is compiled anew unless the value decides which operations there are. Throws
   * why the formula cannot be read with it.
   * @param {string} name
   * @param {number} value
   */
  set(name, value) {
    const { store } = this;
    const constants = { ...store.state.let, [name]: value };
    const objective = readObjective(store.objective.text, constants, store.data);
    store.state = { ...store.state, let: constants };
    store.replaceObjective(objective);
    store.keep(`${name} changed`, store.history.gesture(`constant ${name}`));
  }

  /**
   * A value for a name of a formula that was typed and lacks it; throws what else is wrong with the formula. Where
   * that is only the value of another name, this one stays.
   * @param {string} name
   * @param {string} text
   * @param {number} [value]
   */
  add(name, text, value = 1) {
    this.use(text, { [name]: value });
    this.store.keep(`${name} made a constant`);
  }

  /**
   * Show a formula that was typed; throws what is wrong with it.
   * @param {string} text
   * @param {Record<string, number>} given constants that it has besides
   */
  use(text, given) {
    const { store } = this;
    const drafted = { ...this.drafted, ...given };
    const constants = { ...store.state.let, ...drafted };
    try {
      const objective = readObjective(text, constants, store.data);
      store.state = { ...store.state, let: constants };
      store.useObjective(objective, false);
      this.drafted = {};
    } catch (error) {
      if (/** @type {any} */ (error).constant) this.drafted = drafted;
      throw error;
    }
  }

  /**
   * Make a parameter a constant, which has a slider.
   * @param {string} name
   * @param {number} [value]
   */
  fromParameter(name, value = 1) {
    const { store } = this;
    const { names } = store.objective;
    const start = store.state.start.filter(
      (/** @type {number} */ _, /** @type {number} */ axis) => names[axis] !== name,
    );
    const others = names.filter((each) => each !== name);
    this.declare(others, { ...store.state.let, [name]: value }, start);
    store.keep(`${name} made a constant`);
  }

  /**
   * Make a constant a parameter, which starts at its value.
   * @param {string} name
   */
  toParameter(name) {
    const { store } = this;
    const way = `over a table, name ${name} with the other parameters in front of ~ or =`;
    if (store.data) throw new InputError(way);
    const { names, constants } = store.objective;
    const { [name]: value = constants[name], ...others } = store.state.let;
    this.declare([...names, name], others, [...store.state.start, value]);
    store.keep(`${name} made a parameter`);
  }

  /**
   * The same formula with other parameters and constants; the parameters are in the order of the alphabet if they
   * were before.
   * @param {string[]} names
   * @param {Record<string, number>} constants
   * @param {number[]} start
   */
  declare(names, constants, start) {
    const { store } = this;
    const { plain, text } = store.objective;
    const bare = text === plain ? readObjective(plain, constants) : null;
    const objective = bare ?? readObjective(`f(${names.join(", ")}) = ${plain}`, constants);
    const moved = objective.names.map((name) => start[names.indexOf(name)]);
    store.state = { ...store.state, let: constants };
    store.useObjective(objective, false, moved);
  }
}
