"""The functions and constants of other languages: other names of this language's functions, and formulas for further ones.

A reading is a formula of this language, so these tables alone decide what a pasted name means.
"""

from __future__ import annotations

from steepest.language.operations import FUNCTIONS

PREFIXES = frozenset((
    "np", "numpy", "math", "torch", "tf", "tensorflow", "jnp", "jax", "Math", "sp", "sympy", "scipy", "special", "nn", "F",
    "functional", "linalg", "random", "keras", "K", "activations",
    "cp", "cupy", "mx", "nd", "onp", "anp", "autograd", "lax", "xp", "std",
))  # fmt: skip

SPELLINGS = {
    "absolute": "abs", "fabs": "abs", "magnitude": "abs", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctg": "atan",
    "arcsinh": "asinh", "arsinh": "asinh", "argsinh": "asinh", "arccosh": "acosh", "arcosh": "acosh", "argcosh": "acosh",
    "arctanh": "atanh", "artanh": "atanh", "argtanh": "atanh", "arctan2": "atan2", "tg": "tan", "sh": "sinh", "ch": "cosh",
    "th": "tanh", "ceiling": "ceil", "maximum": "max", "minimum": "min", "fmax": "max", "fmin": "min", "sgn": "sign",
    "signum": "sign", "expit": "sigmoid", "logistic": "sigmoid", "ln": "log",
    "loge": "log", "log_2": "log2", "log_10": "log10", "if": "where", "ifelse": "where", "iif": "where",
    "logarithm": "log", "cuberoot": "cbrt", "cosinus": "cos", "cosine": "cos",
    "sinus": "sin", "sen": "sin", "arcsen": "asin", "sine": "sin", "tangent": "tan",
}  # fmt: skip

READINGS: dict[str, tuple[str, ...]] = {
    # powers and arithmetic
    "pow": ("a, b: a^b",), "power": ("a, b: a^b",), "float_power": ("a, b: a^b",), "square": ("x: x^2",), "cube": ("x: x^3",),
    "abs2": ("x: x^2",), "reciprocal": ("x: 1/x",), "rsqrt": ("x: 1/sqrt(x)",), "exp2": ("x: 2^x",), "exp10": ("x: 10^x",),
    "pow10": ("x: 10^x",), "add": ("a, b: a + b",), "subtract": ("a, b: a - b",), "sub": ("a, b: a - b",),
    "multiply": ("a, b: a*b",), "mul": ("a, b: a*b",), "divide": ("a, b: a/b",), "true_divide": ("a, b: a/b",),
    "div": ("a, b: a/b",), "negative": ("x: -x",), "neg": ("x: -x",), "rational": ("a, b: a/b",),
    "mod": ("a, b: a - b*floor(a/b)",), "floordiv": ("a, b: floor(a/b)",),
    "floor_divide": ("a, b: floor(a/b)",), "trunc": ("x: sign(x)*floor(abs(x))",), "fix": ("x: sign(x)*floor(abs(x))",),
    "fmod": ("a, b: a - b*sign(a/b)*floor(abs(a/b))",), "radians": ("x: x*pi/180",), "deg2rad": ("x: x*pi/180",),
    "degrees": ("x: x*180/pi",), "rad2deg": ("x: x*180/pi",),
    **dict.fromkeys(("float", "float32", "float64", "double", "identity"), ("x: x",)),
    # between bounds
    "clip": ("x, a, b: min(max(x, a), b)",), "clamp": ("x, a, b: min(max(x, a), b)",),
    "clip_by_value": ("x, a, b: min(max(x, a), b)",), "hardtanh": ("x: min(max(x, -1), 1)", "x, a, b: min(max(x, a), b)"),
    # trigonometry
    "cot": ("x: cos(x)/sin(x)",), "ctg": ("x: cos(x)/sin(x)",), "cotg": ("x: cos(x)/sin(x)",), "cotan": ("x: cos(x)/sin(x)",),
    "sec": ("x: 1/cos(x)",), "csc": ("x: 1/sin(x)",), "cosec": ("x: 1/sin(x)",), "coth": ("x: 1/tanh(x)",),
    "sech": ("x: 1/cosh(x)",), "csch": ("x: 1/sinh(x)",), "cosech": ("x: 1/sinh(x)",), "asec": ("x: acos(1/x)",),
    "arcsec": ("x: acos(1/x)",), "acsc": ("x: asin(1/x)",), "arccsc": ("x: asin(1/x)",), "acoth": ("x: atanh(1/x)",),
    "arcoth": ("x: atanh(1/x)",), "arccoth": ("x: atanh(1/x)",), "asech": ("x: acosh(1/x)",), "arsech": ("x: acosh(1/x)",),
    "acsch": ("x: asinh(1/x)",), "arcsch": ("x: asinh(1/x)",),
    # activations; the slope of relu at 0 is 0, as the frameworks have it
    "relu": ("x: max(0, x)",), "relu6": ("x: min(max(0, x), 6)",),
    "leaky_relu": ("x: where(x > 0, x, 0.01*x)", "x, a: where(x > 0, x, a*x)"), "prelu": ("x, a: where(x > 0, x, a*x)",),
    "leakyrelu": ("x: where(x > 0, x, 0.01*x)", "x, a: where(x > 0, x, a*x)"),
    "elu": ("x: where(x > 0, x, expm1(x))", "x, a: where(x > 0, x, a*expm1(x))"),
    "selu": ("x: 1.0507009873554805*where(x > 0, x, 1.6732632423543772*expm1(x))",),
    "silu": ("x: x*sigmoid(x)",), "swish": ("x: x*sigmoid(x)",), "gelu": ("x: x*(1 + erf(x/sqrt(2)))/2",),
    "mish": ("x: x*tanh(softplus(x))",), "softsign": ("x: x/(1 + abs(x))",), "tanhshrink": ("x: x - tanh(x)",),
    "logsigmoid": ("x: -softplus(-x)",), "log_sigmoid": ("x: -softplus(-x)",), "logit": ("x: log(x) - log1p(-x)",),
    "hardsigmoid": ("x: min(max(0, x + 3), 6)/6",), "logcosh": ("x: abs(x) + log1p(exp(-2*abs(x))) - log(2)",),
}  # fmt: skip

BARE = frozenset((
    "arcsin", "arccos", "arctan", "arctg", "arcsinh", "arsinh", "arccosh", "arcosh", "arctanh", "artanh", "tg", "ctg", "cotg",
    "cot", "sec", "csc", "cosec", "coth", "sech", "csch", "arcsec", "arccsc", "sgn",
))  # fmt: skip
"""Names of other languages that need no brackets around one argument: `arctan x`."""

SPECIAL = "special functions other than erf are not part of the language"
RANDOM = "a formula has no randomness: noise() stands in an optimizer's equations"
VECTOR = "the language has no vectors or matrices: name every number, such as x1 and x2"
SUM = "sums over an index are not part of the language: write the terms with + between them"
CALCULUS = "write the function itself: steepest takes the derivatives"
AVERAGE = "averages are not part of the language: write the terms, such as (x + y)/2"
INTEGER = "write floor(x), or sign(x)*floor(|x|) to cut towards 0"
BRANCHES = "a choice is written where(x < 0, a, b), and a further one where(x < 0, a, where(x < 1, b, c))"

REASONS = {
    **dict.fromkeys(("gammaln", "lgamma", "loggamma", "digamma", "polygamma", "gammainc", "tgamma", "betaln", "erfinv",
                     "erfcinv", "erfi", "erfcx", "lambertw", "besselj", "bessely", "besseli", "besselk", "j0", "j1", "jv", "jn",
                     "i0", "i1", "iv", "k0", "kv", "y0", "y1", "yn", "airy", "ai", "bi", "hyp2f1", "ellipk", "ellipe", "expint",
                     "fresnel", "fresnels", "fresnelc", "polylog", "dawsn", "zetac", "betainc", "legendre", "hermite"), SPECIAL),
    **dict.fromkeys(("rand", "randn", "random", "randint", "normal", "uniform", "gauss", "runif", "rnorm"), RANDOM),
    **dict.fromkeys(("array", "tensor", "matrix", "vector", "asarray", "linspace", "arange", "zeros", "ones", "eye", "concat",
                     "stack", "matmul", "inner", "outer", "cross", "transpose", "trace", "det", "inv", "einsum", "vdot",
                     "len", "size", "numel", "constant", "variable"), VECTOR),
    **dict.fromkeys(("sum", "reduce_sum", "nansum", "total", "cumsum", "summation"), SUM),
    **dict.fromkeys(("prod", "product", "cumprod"), "products over an index are not part of the language: write the factors"),
    **dict.fromkeys(("diff", "derivative", "deriv", "grad", "gradient", "jacobian", "hessian", "laplacian",
                     "dx", "dy"), CALCULUS),
    **dict.fromkeys(("integrate", "integral", "quad", "limit", "lim", "series"),
                    "integrals, limits and series are not part of the language"),
    **dict.fromkeys(("mean", "average", "avg", "reduce_mean", "median"), AVERAGE),
    **dict.fromkeys(("var", "std", "variance", "stdev"), "statistics are not part of the language: write the formula out"),
    **dict.fromkeys(("int", "integer", "bool"), INTEGER),
    **dict.fromkeys(("piecewise", "cases", "cond", "switch", "select"), BRANCHES),
    **dict.fromkeys(("re", "im", "real", "imag", "conj", "conjugate", "arg", "angle", "complex", "cis", "phase"),
                    "complex numbers are not part of the language"),
    **dict.fromkeys(("factorial", "fact", "gammafunction", "binomial", "binom", "comb", "ncr", "npr", "perm", "choose"),
                    "factorials and binomials are not part of the language: write the number, such as 120 for 5!"),
    **dict.fromkeys(("softmax", "log_softmax", "softmin"),
                    "softmax needs all its terms: write exp(x)/(exp(x) + exp(y)), which for two is sigmoid(x - y)"),
    **dict.fromkeys(("logsumexp", "logaddexp", "logaddexp2", "log_sum_exp"),
                    "write log(exp(x) + exp(y)), which for two terms is x + softplus(y - x)"),
    **dict.fromkeys(("acot", "arccot", "arcctg", "acotan"), "acot has two meanings: write atan(1/x) or pi/2 - atan(x)"),
    **dict.fromkeys(("root", "nthroot", "real_root", "nroot", "surd"),
                    "write sqrt(x), cbrt(x), or x^(1/n) for the n-th root of a positive x"),
    **dict.fromkeys(("round", "rint", "nint", "roundn"), "rounding is not part of the language: write floor(x + 1/2)"),
    **dict.fromkeys(("lg", "lb"), "lg and lb have several meanings: write log10(x), log2(x) or log(x)"),
    **dict.fromkeys(("sqr",), "sqr has two meanings: write x^2 or sqrt(x)"),
    **dict.fromkeys(("sinc",), "sinc has two meanings: write where(x == 0, 1, sin(x)/x), or pi*x in place of x"),
    **dict.fromkeys(("heaviside", "step", "unitstep", "heavisidetheta"), "write where(x < 0, 0, 1)"),
    **dict.fromkeys(("erfc",), "write 1 - erf(x)"),
    **dict.fromkeys(("rem", "remainder"), "remainders have two signs: write mod(a, b) for that of b, fmod(a, b) for that of a"),
    **dict.fromkeys(("norm", "l2norm", "vecnorm"), "a norm is written out: hypot(x, y) or sqrt(x^2 + y^2 + z^2)"),
    **dict.fromkeys(("dot", "innerproduct"), "a scalar product is written out: a*x + b*y"),
    "frac": "LaTeX commands begin with a backslash: write 1/2 or \\frac{1}{2}",
    **dict.fromkeys(("dirac", "diracdelta", "kroneckerdelta"), "delta functions are not part of the language"),
    **dict.fromkeys(("argmin", "argmax", "minimise", "minimize", "maximize"), "write the formula alone"),
    **dict.fromkeys(("mse", "mse_loss", "l1_loss", "cross_entropy", "huber_loss", "bce", "smooth_l1_loss"),
                    "losses are written out: (x - y)^2 for a squared error"),
}  # fmt: skip

NOT_HERE = {
    "LOG": "LOG has several bases: write log10(x), log(x) or log(x)/log(b)",
    "INT": "INT has two meanings: " + INTEGER,
    "S": "write the number alone, without S",
}
LETTER_FUNCTIONS = {
    "sigma": "sigma could be the sigmoid or a parameter: write sigmoid(...) or sigma*(...)",
    **{word: f"the {name} is not part of the language: write {word}*(...) if {word} is a parameter" for word, name in {
        "gamma": "gamma function", "Gamma": "gamma function", "zeta": "zeta function", "psi": "digamma function",
        "Psi": "digamma function", "phi": "normal density", "Phi": "normal distribution function",
    }.items()},
}  # fmt: skip
CONSTANTS = {"PI": "pi", "Pi": "pi"}
CONSTANTS_BEHIND_A_PREFIX = CONSTANTS | {"E": "e", "pi": "pi", "e": "e"}  # Math.E, np.e


def spelled(word: str) -> str | None:
    """The function of another language's name, in any case: a key of `FUNCTIONS` or of `READINGS`; None if there is none.

    >>> spelled("Arcsin"), spelled("relu"), spelled("gamma")
    ('asin', 'relu', None)
    """
    for name in (word, word.lower()) if word not in NOT_HERE else ():
        name = SPELLINGS.get(name, name)
        if name in FUNCTIONS or name in READINGS:
            return name
    return None


def dialect_reason(word: str) -> str:
    """Why a word in front of brackets is refused; empty if it is not in the tables."""
    reason = REASONS.get(word.lower())
    return NOT_HERE.get(word) or LETTER_FUNCTIONS.get(word) or (f"there is no function '{word}': {reason}" if reason else "")


def constant_spelled(word: str, *, prefixed: bool) -> str | None:
    """The constant that another language calls so; None if there is none.

    Args:
        prefixed: whether a library's name stands in front, as in `Math.E`.
    """
    return (CONSTANTS_BEHIND_A_PREFIX if prefixed else CONSTANTS).get(word)
