// @ts-check
/** What Python's engine and the page have in common. Written by scripts/reference: change it in Python. */

export const DATA = {
  MOST_ROWS: 200000,
  MOST_COLUMNS: 32,
  LAST_LINE: 2147483648,
};

export const BATCHES = {
  ORDERS: {
    shuffle: "Each epoch takes every row once, in a new random order.",
    cyclic: "Each epoch takes every row once, in the order of the table.",
    replacement:
      "Each row of a batch is any row of the table, so an epoch takes some rows twice and others not at all.",
  },
  ROUNDS: 6,
  LEAST_BITS: 6,
  SHUFFLE: 1397249350,
  REPLACEMENT: 1380274252,
};

export const LOSSES = {
  mse: {
    formula: "(y-p)^2",
    labels: "any number",
    description: "The squared error, without a factor 1/2.",
  },
  "mse/2": {
    formula: "(y-p)^2/2",
    labels: "any number",
    description: "Half the squared error: its gradient has no factor 2, so lr may be twice as large as with mse.",
  },
  mae: {
    formula: "abs(y-p)",
    labels: "any number",
    description: "The absolute error, whose constant fit is the median.",
  },
  huber: {
    formula: "where(abs(y-p) <= delta, (y-p)^2/2, delta*(abs(y-p)-delta/2))",
    labels: "any number",
    description: "Half the squared error up to delta, the absolute error times delta beyond.",
    settings: {
      delta: 1,
    },
  },
  log: {
    formula: "-log(where(y == 1, p, 1-p))",
    labels: "0/1",
    description: "Cross-entropy: minus the logarithm of the probability that the observed class was given.",
    link: "sigmoid",
    linked: "softplus((1-2*y)*z)",
  },
  hinge: {
    formula: "max(0, 1-y*p)",
    labels: "-1/1",
    description: "0 where the prediction has the sign of the label and at least the size 1.",
  },
  poisson: {
    formula: "p - y*log(p)",
    labels: "0 or more",
    description:
      "Minus the logarithm of the Poisson probability of a count, without the term log(y!) that no parameter is in.",
    link: "exp",
    linked: "exp(z) - y*z",
  },
  pinball: {
    formula: "max(q*(y-p), (q-1)*(y-p))",
    labels: "any number",
    description: "The absolute error weighted by q above and 1-q below, whose constant fit is the quantile q.",
    settings: {
      q: 0.5,
    },
    below: 1,
  },
};

export const LOSS = {
  LONGEST: 2000,
  ANY: "any number",
  CLASSES: "0/1",
  SIGNS: "-1/1",
  COUNTS: "0 or more",
  REDUCTIONS: ["mean", "sum"],
};

export const SCALING = {
  LARGE: 4.49423283715579e307,
  MOST_TOLD: 4,
};

export const METHODS = {
  z: {
    told: "its mean and its population standard deviation",
    description: "The mean becomes 0 and the population standard deviation (with 1/n) 1.",
  },
  minmax: {
    told: "its least value and its range",
    description: "The least value becomes 0 and the greatest 1.",
  },
  none: {
    told: "nothing",
    description: "The columns keep their units.",
  },
};

export const LABELS = {
  CODES: {
    "0/1": [0, 1],
    "-1/1": [-1, 1],
  },
  MOST_NAMED: 5,
};

export const CELLS = {
  MISSING: "#n/a +nan -nan ? n/a na nan null",
  FIRST_SHOWN: 3,
  LARGEST_EXACT: 9007199254740992,
};

export const DIALECT = {
  COUNTED: 200,
  LOOKED_AT: 1000,
  MOST_CELLS: 200000,
  MOST_TEXT: 262144,
  MOST_NAMED: 3,
  DELIMITERS: {
    "\t": "tab",
    ";": "';'",
    "|": "'|'",
    ",": "','",
    " ": "space",
  },
};

export const MAGIC = {
  "PK\u0003\u0004": "a zip archive or a workbook of a spreadsheet: save the table as CSV, or unpack it",
  FEA1: "a Feather file of version 1: save the table as CSV, or as Feather of version 2",
  "%PDF": "a PDF document: save the table as CSV",
  GIF8: "a GIF picture: give the table itself",
  BZh: "compressed by bzip2: unpack it, or compress it by gzip",
  "SQLite format 3": "a SQLite database: save the table as CSV",
  "ELF": "a program: give the table itself",
  "<!doctype": "a web page: download the file behind it, often under Raw",
  "<html": "a web page: download the file behind it, often under Raw",
  "<?xml": "XML: save the table as CSV",
  "version https://git-lfs": "a pointer of Git LFS: fetch the file itself with git lfs pull",
  PAR1: "Parquet, which the page does not read: save the table as CSV",
  ARROW1: "Arrow, which the page does not read: save the table as CSV",
};

export const FINDINGS = {
  MOST_NAMED: 8,
};

export const MODEL = {
  SHORT: 3,
  PREDICTORS: ["linear", "logistic", "softmax"],
  LONG: 4,
};

export const UNITS = {
  LINKS: ["sigmoid", "exp", "tanh", "softplus", "log", "sqrt", "erf", "neg"],
  CLOSE: 1e-9,
};

export const LEAST_SQUARES = {
  MOST_NAMED: 8,
  PERFECT: 1e-13,
};

export const NEWTON = {
  FIRST_DAMPING: 0.001,
  LEAST_DAMPING: 1e-15,
  MOST_DAMPING: 1e15,
  DEFINITE: 1e-13,
  SMALL: 1e-6,
  LAST_PLACE: 1e-12,
  MOST_STEPS: 1000,
  CONVEX: {
    log: "sigmoid",
    poisson: "exp",
  },
};
