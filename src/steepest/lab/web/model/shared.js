// @ts-check
/** What Python's engine and the page have in common. Written by scripts/reference: change it in Python. */

export const OPERATIONS = [
  "lt",
  "le",
  "gt",
  "ge",
  "eq",
  "ne",
  "neg",
  "add",
  "sub",
  "mul",
  "div",
  "pow",
  "sqrt",
  "cbrt",
  "exp",
  "log",
  "log2",
  "log10",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "atan2",
  "sinh",
  "cosh",
  "tanh",
  "asinh",
  "acosh",
  "atanh",
  "log1p",
  "expm1",
  "floor",
  "ceil",
  "abs",
  "sign",
  "min",
  "max",
  "where",
  "sigmoid",
  "softplus",
  "erf",
  "hypot",
];

export const DOMAINS = {
  div: "a divisor other than 0",
  pow: "a positive base for this exponent",
  sqrt: "a number that is not negative",
  log: "a positive number",
  log2: "a positive number",
  log10: "a positive number",
  sin: "a finite number",
  cos: "a finite number",
  tan: "a finite number",
  asin: "a number from -1 to 1",
  acos: "a number from -1 to 1",
  acosh: "a number that is at least 1",
  atanh: "a number between -1 and 1",
  log1p: "a number greater than -1",
};

export const GREEK = {
  alpha: "α",
  beta: "β",
  gamma: "γ",
  delta: "δ",
  epsilon: "ε",
  zeta: "ζ",
  eta: "η",
  theta: "θ",
  iota: "ι",
  kappa: "κ",
  lambda: "λ",
  mu: "μ",
  nu: "ν",
  xi: "ξ",
  rho: "ρ",
  sigma: "σ",
  tau: "τ",
  upsilon: "υ",
  phi: "φ",
  chi: "χ",
  psi: "ψ",
  omega: "ω",
  Gamma: "Γ",
  Delta: "Δ",
  Theta: "Θ",
  Lambda: "Λ",
  Xi: "Ξ",
  Sigma: "Σ",
  Phi: "Φ",
  Psi: "Ψ",
  Omega: "Ω",
};

export const DIGITS = {
  NOISE: 1e-12,
  MOST: 17,
  SHOWN: 2,
};

export const TAPE = {
  STEP: "±step",
  CALLS: {
    value: 0,
    gradient: 1,
    hessian: 2,
  },
  REDUCE: "reduce",
  REPEATED: 64,
  NOT_RECORDED: ["theta", "f", "g", "±step"],
  MOST_OPERATIONS: 100000,
  MOST_FOR_SOLVE: 4,
};

export const CONSTANTS = {
  CONSTANT: "constant ",
  LARGEST: 1e30,
};

export const RANDOM = {
  STREAM: 2654435769,
};

export const ENDING = {
  SLOPE: 1000,
  SHORTEST: 1e-150,
  LONGEST: 1e150,
  TOO_LARGE: "larger than any number of the machine (1.8e308)",
  QUANTITIES: {
    f: "the value",
    g: "the gradient",
    theta: "the position",
    "": "a step",
  },
  WORDS: {
    div: "a quotient",
    pow: "a power",
    exponent: "the slope of a power by its exponent",
  },
  GROWING: ["add", "sub", "mul"],
};

export const FAILURE = {
  NEGLIGIBLE: 1e291,
  SIGNS: {
    add: " + ",
    sub: " - ",
    mul: "*",
    div: "/",
    pow: "^",
  },
};

export const WORDING = {
  "; a constant needs a value, such as.*$": "; a constant needs a value: give it one below",
  ", --set \\S+ or optimizer\\(.*$": "",
  "has no value: --set .*$": "has no value: give it one below",
  "see: steepest list optimizers": "choose one of the list",
  "see steepest list \\w+": "choose another one",
  "such as --start .*$": "by a number above the picture",
};

export const STABILITY = {
  LATE: 1000000000,
};

export const STATE = {
  SCHEMA: 1,
  LONGEST: 8000,
  MOST_PARAMETERS: 16,
  MOST_OPTIMIZERS: 32,
  LARGEST_SEED: 4294967295,
};

export const FIELDS = {
  schema: "1, and other versions of steepest may have others",
  objective: "a text of at most 8,000 characters",
  let: "an object with a finite number for each of at most 16 constants",
  start: "a list of 1 to 16 finite numbers",
  steps: "a whole number from 0 to 100,000,000",
  seed: "a whole number from 0 to 4,294,967,295",
  tol: "a finite number from 0",
  gtol: "a finite number from 0",
  optimizers: "a list of at most 32 optimizers",
  step: "a whole number from 0 to 100,000,000",
  view: "plane, surface or diagnosis",
  zoom: "null, or a low and a high number for each parameter",
  starts: "null, or a low and a high number for each parameter",
  show: "a list of names",
  scale: "auto, linear or log",
  flags: "an object with lists of names",
  ranges: "an object with a low and a high number for each name",
  data: "null, or a table of up to 200,000 rows and 32 columns, and how it is fitted",
};

export const LIMITS = {
  AMONG: 2.5,
  FIRST: 3,
  FIRST_FARTHER: 3,
  FAR: 4,
  GROWTH: 2.5,
  SQUASH: 8,
  MARGIN: 0.05,
  BESIDE: 0.6,
  DOT: 0.003,
  STANDSTILL: 1e-6,
  COMES_BACK: 0.75,
  STRETCH: 2.6,
  LARGEST: 1e300,
  WIDENINGS: 11,
  EQUAL: 0.002,
};

export const NEIGHBORHOOD = {
  SCAN: 6,
  SCANNED: [1201, 81],
  SEEN: 0.02,
  DEEP: 1,
  BEYOND: 0.3,
  FLAT: 0.25,
  DECAY: 0.6,
  PROFILE: 241,
  ROUNDS: 8,
  WINDOW: 2,
  CELLS: 17,
  NOISE: 1e-13,
  LOW: 0.1,
};

export const LEVELS = {
  BANDS: 16,
  LONG_TAIL: 8,
  OUTLIER: 1000000000000,
  CONSTANT: 1e-14,
  TINY: 1e-300,
};

export const SURFACE = {
  RISE: 0.6,
  FLOOR: -0.3,
  DEFINED: 0.2,
  LONGEST: 2.5,
  SLENDER: 1.4,
};

export const OVERLAP = {
  SAME_PLACE: 0.012,
};

export const SURFACE_PATH = {
  PIECES: 90,
  MOST_PIECES: 60000,
  SHORT: 0.0008,
  OUTSIDE: 1000000,
  DOT: 0.014,
};

export const VISIBILITY = {
  SAMPLES: 320,
  NEAR: 2.5,
  TOLERANCE: 1.5,
};

export const BEST_CAMERA = {
  USUAL: -60,
  STEP: 15,
  ELEVATIONS: [40, 48, 56, 64, 72],
  STEEP: 0.05,
  CELLS: 24,
  UNUSUAL: 0.12,
  ALIGNED: 0.3,
  SHARP: 1000,
};

export const SURFACE_AXES = {
  HIDDEN: 0.38,
  SHADOW: 0.45,
  CLEAR: 5,
  NAME_CLEAR: 4,
  SHARPEST: 0.35,
  HEIGHTS_APART: 11,
  FARTHER: 1e-6,
  TICKS: 5,
  TICK_MARGIN: 0.04,
  FEWEST: 3,
  MOST: 5,
  OTHERS: [4, 6, 7, 8, 3],
  FEW: [1, 2, 5, 10],
  QUARTERS: [1, 2.5, 5, 10],
};

export const SHADING = {
  LIGHT_FROM: [-0.55, -0.35, 0.76],
  AMBIENT: 0.6,
  DIFFUSE: 0.5,
  UNDERSIDE: 0.5,
};
