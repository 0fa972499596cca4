// @ts-check
/** What Python's engine and the page have in common. Written by scripts/reference: change it in Python. */

export const ENDINGS = ["converged", "step_limit", "diverged", "undefined", "interrupted", "failed", "budget"];

export const MINIMA = {
  ARRIVED: 0.02,
  ON_THE_WAY: 0.001,
  SAMPLE: 256,
  ROUNDS: 12,
  NEWTON: 40,
  SAME: 1e-6,
  FLAT: 1e-9,
  MOST_FLAT: 4,
  MOST: 32000,
};

export const OKLCH = {
  TO_LMS: [
    [1, 0.3963377774, 0.2158037573],
    [1, -0.1055613458, -0.0638541728],
    [1, -0.0894841775, -1.291485548],
  ],
  TO_RGB: [
    [4.0767416621, -3.3077115913, 0.2309699292],
    [-1.2684380046, 2.6097574011, -0.3413193965],
    [-0.0041960863, -0.7034186147, 1.707614701],
  ],
};

export const MAP = {
  MOST_NAMED: 9,
  HUES: [250, 30, 145, 75, 320, 195, 355, 110],
  LIGHTEST: 0.94,
  DARKEST: 0.4,
  CHROMA: 0.15,
  GOLDEN: 137.508,
  BESIDE: {
    light: ["#bdbdb8", "#e6e6e3", "#2b2b33", "#77707a", "#ffffff"],
    dark: ["#8b949d", "#4a535c", "#050608", "#77707a", "#ffffff"],
  },
  WORDS: ["converged elsewhere", "still on the way", "diverged", "undefined", "not run"],
};
