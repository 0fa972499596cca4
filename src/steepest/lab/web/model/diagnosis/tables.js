// @ts-check
/** What Python's engine and the page have in common. Written by scripts/reference: change it in Python. */

export const VERDICTS = {
  diverging: {
    title: "diverges",
    tone: "bad",
  },
  left_domain: {
    title: "left the domain",
    tone: "bad",
  },
  saddle: {
    title: "at a saddle",
    tone: "warning",
  },
  maximum: {
    title: "on top of a hill",
    tone: "warning",
  },
  plateau: {
    title: "stuck on a plateau",
    tone: "warning",
  },
  held: {
    title: "rests beside the minimum",
    tone: "warning",
  },
  local_minimum: {
    title: "converges, to a local minimum",
    tone: "warning",
  },
  minimum: {
    title: "converges",
    tone: "good",
  },
  cycling: {
    title: "bounces without end",
    tone: "warning",
  },
  kink: {
    title: "hops over an edge",
    tone: "warning",
  },
  noisy: {
    title: "moves at random",
    tone: "quiet",
  },
  wandering: {
    title: "does not settle",
    tone: "warning",
  },
  underway: {
    title: "slow",
    tone: "warning",
  },
  oscillating: {
    title: "oscillates",
    tone: "warning",
  },
  unstable: {
    title: "unstable",
    tone: "warning",
  },
};

export const UNMOVED = {
  title: "does not move",
  tone: "warning",
};

export const CHARACTER = {
  MUCH: 10,
  FASTER: 5,
  LASTING: 50,
};

export const CYCLE = {
  LONGEST: 16,
  PERIODS: 8,
  SAME: 1e-5,
  ROUNDING: 1e-11,
  REMAINING: 0.001,
};

export const DIVERGENCE = {
  FAR: 10,
  GROWING: 1.001,
  FEW: 16,
  LONGER: 10000,
  MOST_STEPS: 100000,
  MUCH: 1000,
};

export const KINK = {
  JUMP: 5,
  LAST: 12,
  PARTS: 32,
  ZOOMS: 8,
};

export const OSCILLATION = {
  VISIBLE: 0.01,
  SIGNIFICANT: 1e-6,
  ALIGNED: 0.7,
  ROUNDING: 1e-14,
};

export const PROGRESS = {
  FEWEST: 20,
  STILL: 1e-6,
  LATE: 0.75,
};

export const RATE = {
  FEWEST: 8,
  BENT: 0.03,
  SWINGING: 0.1,
  ROUGH: 0.1,
  ROUNDING: 0.0001,
  ABRUPT: 100,
};

export const STATIONARY = {
  MOST_STEPS: 100,
  NEAR: 0.001,
  NEAR_FLAT: 0.05,
  CLOSE: 1e-6,
  SMALL: 0.001,
  SHORT: 0.01,
  NOTHING: 1e-9,
  MOSTLY: 0.9,
  RECENT: 6,
  FLAT: 1e-6,
  FADED: 0.001,
  DIRECTIONS: 64,
  LOWER: 1e-9,
  RESTING: 0.01,
  PATIENCE: 10000,
  RUNAWAY: 1000,
};

export const UNSTABLE = {
  NEXT: 10,
  STILL: 1e-9,
};

export const ADVICE = {
  FEWER: 0.8,
  LOWER: 0.5,
  SAME: 1e-9,
  SHRINKS: 0.95,
  LEVEL: 1e-6,
  ROUNDING: 1e-14,
  REST: 0.001,
  STEEP: 0.2,
  FACTORS: [0.01, 0.1, 0.3, 3, 10, 100],
  MOST_ROWS: 2000000,
};
