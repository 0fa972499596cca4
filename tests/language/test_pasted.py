"""What people paste, from LaTeX, NumPy, PyTorch, JAX, SymPy, MATLAB, Julia, Mathematica, JavaScript, Desmos and spreadsheets."""

import math
import re
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from steepest.errors import FormulaError, SteepestError
from steepest.language import dialects, latex_tokens, tokens
from steepest.language.expression import evaluate
from steepest.language.grammar import read_assignments, read_expression, read_formula
from steepest.language.notation import plain
from steepest.language.operations import FUNCTIONS
from steepest.optimizers.reading import optimizer

READ = {
    "E": "E",
    "E*x": "E*x",
    "E^x": "E^x",
    "np.sin(x)": "sin(x)",
    "torch.nn.functional.relu(x)": "max(0, x)",
    "F.relu(x - 1)": "max(0, x-1)",
    "Math.pow(x, 2) + Math.pow(y - 1, 2)": "x^2 + (y-1)^2",
    "Math.PI*x + Math.E": "pi*x + e",
    "np.e**x": "e^x",
    "E**x": "E^x",
    "pow(x,2)": "x^2",
    "pow(x+1, -2)": "(x+1)^-2",
    "x_{1}": "x_1",
    "x_{1}^{2} + x_{2}^{2}": "x_1^2 + x_2^2",
    "arcsinh(x)": "asinh(x)",
    "arctanh x": "atanh(x)",
    "x^3/3! - x^5/5!": "x^3/6 - x^5/120",
    "mod(x,2)": "x - 2*floor(x/2)",
    "fmod(x, 2)": "x - 2*sign(x/2)*floor(abs(x/2))",
    "Sin[x]": "sin(x)",
    "ArcTan[x]": "atan(x)",
    "Sqrt[x^2 + y^2]": "sqrt(x^2+y^2)",
    "Exp[-x^2]": "exp(-x^2)",
    "Log[x]": "log(x)",
    "log(x, 2)": "log(x)/log(2)",
    "Power[x, 2]": "x^2",
    "x.^2 + y.^2": "x^2 + y^2",
    "x.*y ./ 2": "x*y/2",
    "2.*x.^2": "2*x^2",
    "sin.(x)": "sin(x)",
    "x[0]**2 + x[1]**2": "x0^2 + x1^2",
    "100*(x[1]-x[0]**2)**2 + (1-x[0])**2": "100*(x1-x0^2)^2 + (1-x0)^2",
    "x[0][1]": "x0_1",
    "lambda x: x**2": "x^2",
    "lambda x, y: (x-1)**2 + y**2": "(x-1)^2 + y^2",
    "f = lambda x: x**2": "x^2",
    "x => x**2": "x^2",
    "(x, y) => x**2 + y**2;": "x^2 + y^2",
    "@(x) x.^2": "x^2",
    "@(x,y) x.^2 + y.^2;": "x^2 + y^2",
    "y = x^2;": "x^2",
    "IF(x>0, x, -x)": "where(x > 0, x, -x)",
    "np.where(x > 0, x, 0.01*x)": "where(x > 0, x, 0.01*x)",
    "if(x<0, -x, x)": "where(x < 0, -x, x)",
    "PI()*x": "pi*x",
    r"\frac{1}{2}x": "1/2*x",
    r"\frac12 x^2": "1/2*x^2",
    r"\frac{x^2}{2} + \frac{y^{2}}{2}": "x^2/2 + y^2/2",
    r"\sqrt{x}": "sqrt(x)",
    r"\sqrt[3]{x}": "cbrt(x)",
    r"\sqrt[4]{x^2+1}": "(x^2+1)^(1/4)",
    r"\sqrt2 x": "sqrt(2)*x",
    r"\sin x": "sin(x)",
    r"\sin^2 x + \cos^{2}{y}": "sin(x)^2 + cos(y)^2",
    r"2 \cdot x": "2*x",
    r"\left( x - 1 \right)^2": "(x-1)^2",
    r"\left|x\right| + \left|x-\left|y\right|\right|": "abs(x) + abs(x-abs(y))",
    "$x^2$": "x^2",
    r"$$\theta^2 + 1$$": "theta^2 + 1",
    r"\[ x^2 \]": "x^2",
    r"\( x^2 \)": "x^2",
    r"\theta_1^2 + \theta_{2}^{2}": "theta_1^2 + theta_2^2",
    r"\exp(-x^2)": "exp(-x^2)",
    "e^{-x^2/2}": "e^(-x^2/2)",
    r"e^{-\frac{x^2}{2}}": "e^-(x^2/2)",
    r"\ln(1+e^{x})": "log(1+e^x)",
    r"\operatorname{ReLU}(x)": "max(0, x)",
    r"\mathrm{softplus}(x)": "softplus(x)",
    r"\pi x": "pi*x",
    r"2\pi x": "2*pi*x",
    r"xy e^{-xy} \cdot 1": "x*y*e^(-x*y)*1",
    "$xe^{-x^2-y^2}$": "x*e^(-x^2-y^2)",
    r"f\left(x\right)=x^{2}": "x^2",
    r"\log_2 x + \log_{10} x": "log2(x) + log10(x)",
    r"\lfloor x \rfloor": "floor(x)",
    r"\max\{x, 0\}": "max(x, 0)",
    r"\max(x, y)": "max(x, y)",
    "{x + 1}^2": "(x+1)^2",
    r"\left\lfloor x \right\rfloor": "floor(x)",
    "⌊x⌋ + ⌈x⌉": "floor(x) + ceil(x)",
    "x.pow(2)": "x^2",
    "(x - 1).pow(2) + y.pow(4)": "(x-1)^2 + y^4",
    "torch.pow(x, 2)": "x^2",
    "Abs(x) + Max(x, 0) + Min(x, y, 1)": "abs(x) + max(x, 0) + min(x, y, 1)",
    "Rational(1,2)*x": "1/2*x",
    "I*x": "I*x",
    "clip(x, -1, 1)": "min(max(x, -1), 1)",
    "sin x cot y": "sin(x)*(cos(y)/sin(y))",
    "cot x": "cos(x)/sin(x)",
    "sec(x)^2": "(1/cos(x))^2",
    "tanh(x).pow(2)": "tanh(x)^2",
    "beta(x-1)": "beta*(x-1)",
    "delta(|x| - delta/2)": "delta*(abs(x)-delta/2)",
    "Pi*x": "pi*x",
    "gelu(gelu(x))": "x*(1+erf(x/sqrt(2)))/2*(1+erf(x*(1+erf(x/sqrt(2)))/2/sqrt(2)))/2",
    "elu(x)": "where(x > 0, x, expm1(x))",
    "leaky_relu(x, 0.2)": "where(x > 0, x, 0.2*x)",
    "x²·y": "x^2*y",
    "𝑥² + 𝑦²": "x^2 + y^2",
    "[x + 1]^2": "(x+1)^2",
    "|x|^2": "abs(x)^2",
    "x_": "x_",
    r"\text{loss}^2": "loss^2",
    "2(x)(3)": "2*x*3",
    "a(b)": "a*b",
    "x(y)": "x*y",
    "sin.(x) .+ 1": "sin(x) + 1",
    "𝑥² + 𝑦² − 2𝜃": "x^2 + y^2 - 2*theta",
    r"\frac{\sin x}{x}": "sin(x)/x",
    r"\frac{1}{1+e^{-x}}": "1/(1+e^-x)",
    r"\left(1-x\right)^{2}+100\left(y-x^{2}\right)^{2}": "(1-x)^2 + 100*(y-x^2)^2",
    r"f(x,y)=\left(1-x\right)^2+100\left(y-x^2\right)^2": "(1-x)^2 + 100*(y-x^2)^2",
    r"\sin\left(x\right)\cos\left(y\right)": "sin(x)*cos(y)",
    r"\sin(x)\cos(y)": "sin(x)*cos(y)",
    r"\sin x\cos y": "sin(x)*cos(y)",
    r"\ln\left|x\right|": "log(abs(x))",
    r"-\cos(x)\cos(y)e^{-((x-\pi)^2+(y-\pi)^2)}": "-cos(x)*cos(y)*e^-((x-pi)^2+(y-pi)^2)",
    r"20+e-20e^{-0.2\sqrt{\frac{x^2+y^2}{2}}}-e^{\frac{\cos 2\pi x+\cos 2\pi y}{2}}": (
        "20 + e - 20*e^(-0.2*sqrt((x^2+y^2)/2)) - e^((cos(2*pi*x)+cos(2*pi*y))/2)"
    ),
    r"\frac{1}{2} \mathbf{x}^2": "1/2*x^2",
    r"\lambda w^2 + (y - w)^2": "lambda*w^2 + (y-w)^2",
    r"\arctan x": "atan(x)",
    r"\cot x": "cos(x)/sin(x)",
    r"\tanh\left(\frac{x}{2}\right)": "tanh(x/2)",
    r"\mathrm{sin}(x)": "sin(x)",
    r"\text{ReLU}(x)": "max(0, x)",
    r"\exp\left(-\frac{1}{2}x^2\right)": "exp(-(1/2)*x^2)",
    r"x^{\frac{1}{2}}": "x^(1/2)",
    r"x^\frac{1}{2}": "x^(1/2)",
    r"x^\alpha": "x^alpha",
    "2^x": "2^x",
    "2^{x}": "2^x",
    "x^{-1}": "x^-1",
    "x^{-x}": "x^-x",
    "10^{-3}x": "10^-3*x",
    r"3 \times 10^{-3} x": "3*10^-3*x",
    r"x\,y": "x*y",
    r"\sqrt{x^2+1}": "sqrt(x^2+1)",
    r"\alpha\beta + \alpha": "alpha*beta + alpha",
    r"\mu x + \sigma": "mu*x + sigma",
    r"\varepsilon^2": "epsilon^2",
    r"\phi x": "phi*x",
    r"\operatorname*{argmin}_x x^2": "argmin_x*x^2",
    r"\operatorname{sgn}(x)": "sign(x)",
    "w_{12}": "w_12",
    "x_1 x_2": "x_1*x_2",
    "x_ij": "x_ij",
    "x_{ij}": "x_ij",
    "x_{max}^2": "x_max^2",
    "5!x": "120*x",
    "x^5!": "x^120",
    "e**x": "e^x",
    "math.e**x": "e^x",
    "tf.math.log(1 + tf.exp(x))": "log(1+exp(x))",
    "jax.nn.softplus(x)": "softplus(x)",
    "sp.Abs(x)": "abs(x)",
    "np.maximum(0, x)": "max(0, x)",
    "np.float64(3)*x": "3*x",
    "float(x)": "x",
    "D(x)": "D*x",
    "logit(x)": "log(x) - log1p(-x)",
    "hardtanh(x)": "min(max(x, -1), 1)",
    "expit(x)": "sigmoid(x)",
    "cbrt(x)": "cbrt(x)",
    "log1p(x)": "log1p(x)",
    "expm1(x)": "expm1(x)",
    "deg2rad(x)": "x*pi/180",
    "sin(30 deg)*x": "sin(30*deg)*x",
    "x**0.5": "x^0.5",
    "x^(1/3)": "x^(1/3)",
    "2^-x^2": "2^-x^2",
    "a·x²": "a*x^2",
    "y = m x + b": "m*x + b",
    "sin^2 x + cos^2 x": "sin(x)^2 + cos(x)^2",
    "sin(x)^2": "sin(x)^2",
    "xsinx": "xsinx",
    "exp-x^2": "exp(-x^2)",
    "e^-x^2": "e^-x^2",
    "ln|x|": "log(abs(x))",
    "log x^2": "log(x^2)",
    "2 sin x cos x": "2*sin(x)*cos(x)",
    "sen(x)": "sin(x)",
    "SEN(x)": "sin(x)",
    "arcsen(x)": "asin(x)",
    "arcsen(x) + sen(x)": "asin(x) + sin(x)",
    "nn.functional.elu(x, 1.0)": "where(x > 0, x, 1*expm1(x))",
    "tf.nn.leaky_relu(x)": "where(x > 0, x, 0.01*x)",
    "keras.activations.swish(x)": "x*sigmoid(x)",
    "Math.abs(x) + Math.sqrt(y) + Math.cbrt(x)": "abs(x) + sqrt(y) + cbrt(x)",
    "Math.hypot(x, y)": "hypot(x, y)",
    "Math.log(x)": "log(x)",
    "Math.log10(x)": "log10(x)",
    "Math.atan2(y, x)": "atan2(y, x)",
    "Math.max(x, y, 0)": "max(x, y, 0)",
    "Math.sign(x)": "sign(x)",
    "Math.floor(x)": "floor(x)",
    "math.sqrt(x)": "sqrt(x)",
    "math.fabs(x)": "abs(x)",
    "math.radians(x)": "x*pi/180",
    "math.log(x, 10)": "log(x)/log(10)",
    "numpy.arctan2(y, x)": "atan2(y, x)",
    "np.power(x, 3)": "x^3",
    "np.square(x - 1)": "(x-1)^2",
    "np.reciprocal(x)": "1/x",
    "np.exp2(x)": "2^x",
    "np.trunc(x)": "sign(x)*floor(abs(x))",
    "np.mod(x, 3)": "x - 3*floor(x/3)",
    "np.add(np.multiply(2, x), 1)": "2*x + 1",
    "np.true_divide(x, 2)": "x/2",
    "np.negative(x)": "-x",
    "torch.rsqrt(x)": "1/sqrt(x)",
    "torch.sigmoid(x)": "sigmoid(x)",
    "torch.logit(x)": "log(x) - log1p(-x)",
    "torch.clamp(x, -1, 1)": "min(max(x, -1), 1)",
    "F.mish(x)": "x*tanh(softplus(x))",
    "F.gelu(x)": "x*(1+erf(x/sqrt(2)))/2",
    "F.selu(x)": "1.0507009873554805*where(x > 0, x, 1.6732632423543772*expm1(x))",
    "F.softsign(x)": "x/(1+abs(x))",
    "F.logsigmoid(x)": "-softplus(-x)",
    "F.hardtanh(x)": "min(max(x, -1), 1)",
    "F.relu6(x)": "min(max(0, x), 6)",
    "scipy.special.expit(x)": "sigmoid(x)",
    "sympy.sqrt(x)": "sqrt(x)",
    "sympy.Rational(1, 3)*x": "1/3*x",
    "sympy.cot(x)": "cos(x)/sin(x)",
    "SIN(x) + COS(y)": "sin(x) + cos(y)",
    "SQRT(x)": "sqrt(x)",
    "EXP(-x)": "exp(-x)",
    "LN(x)": "log(x)",
    "LOG10(x)": "log10(x)",
    "ABS(x)": "abs(x)",
    "ATAN2(y, x)": "atan2(y, x)",
    "MIN(x, y)": "min(x, y)",
    "Cos[x] Sin[y]": "cos(x)*sin(y)",
    "Abs[x]": "abs(x)",
    "Cosh[x]": "cosh(x)",
    "Coth[x]": "1/tanh(x)",
    "If[x > 0, x, -x]": "where(x > 0, x, -x)",
    "Max[x, 0]": "max(x, 0)",
    "sinh(x).^2": "sinh(x)^2",
    "exp(-x.^2 ./ 2)": "exp(-x^2/2)",
    "x.^-1": "x^-1",
    "(x+1).^2": "(x+1)^2",
    "x.^y": "x^y",
    "1./x": "1/x",
    "sech(x)": "1/cosh(x)",
    "csch(x)": "1/sinh(x)",
    "asec(x)": "acos(1/x)",
    "acoth(x)": "atanh(1/x)",
    "asinh(x) + acosh(x) + atanh(x)": "asinh(x) + acosh(x) + atanh(x)",
    "floor_divide(x, 2)": "floor(x/2)",
    "lambda w, b: (w*2 + b - 1)**2": "(w*2+b-1)^2",
    "lambda x": "lambda*x",
    "lambda*x": "lambda*x",
    "(w, b) => Math.pow(w*2 + b - 1, 2)": "(w*2+b-1)^2",
    "x^2 + y^2;": "x^2 + y^2",
    "f(x, y) = pow(x - 1, 2) + pow(y, 2);": "(x-1)^2 + y^2",
    r"J(\theta) = \theta^{2}": "theta^2",
    r"f(\theta_0, \theta_1) = \theta_0^2 + \theta_1^2": "theta_0^2 + theta_1^2",
    "y := x^2 + 1": "x^2 + 1",
    "x[0]*x[1] + x[10]": "x0*x1 + x10",
    "theta[0]**2": "theta0^2",
    "w[0][0] + w[0][1]": "w0_0 + w0_1",
    "x [0]": "x0",
    "2[x+1]": "2*(x+1)",
    "[x]": "x",
    "E + x": "E + x",
    "f(E) = E^2": "E^2",
    "x_{1}x_{2}": "x_1*x_2",
    "x_{12}^{2}": "x_12^2",
    "{x}": "x",
    "{{x}}": "x",
    "{x}{y}": "x*y",
    r"\frac 1 x": "1/x",
    r"\frac ab": "a/b",
    r"\frac1x": "1/x",
    r"\dfrac{x}{y}": "x/y",
    r"\cfrac{1}{1+\cfrac{1}{x}}": "1/(1+1/x)",
    r"\sqrt{\sqrt{x}}": "sqrt(sqrt(x))",
    r"\sqrt[2]{x}": "sqrt(x)",
    r"\sqrt[5]{x}": "x^(1/5)",
    r"\sin{x}": "sin(x)",
    r"\sin{x}\cos{y}": "sin(x)*cos(y)",
    r"\sin\theta": "sin(theta)",
    r"\sin\frac{x}{2}": "sin(x/2)",
    r"\sin\left(\frac{\pi x}{2}\right)": "sin(pi*x/2)",
    r"\cos^2\theta": "cos(theta)^2",
    r"\exp\left\{-x^2\right\}": "exp(-x^2)",
    r"\operatorname{sigmoid}(x)": "sigmoid(x)",
    r"\mathrm{e}^{x}": "e^x",
    r"\mathrm{lr} x": "lr*x",
    r"\left[x+1\right]^2": "(x+1)^2",
    r"\big(x+1\big)^2": "(x+1)^2",
    r"\left\lceil x\right\rceil": "ceil(x)",
    r"\lvert x-1\rvert": "abs(x-1)",
    r"\vert x\vert": "abs(x)",
    r"x\cdot y\cdot z": "x*y*z",
    r"x\times 2": "x*2",
    r"x\div 2": "x/2",
    r"a\,x^2+b\,x": "a*x^2 + b*x",
    r"x\quad y": "x*y",
    r"\displaystyle x^2": "x^2",
    r"\theta \leftarrow x^2": "x^2",
    "def f(x, y): return x**2 + y": "x^2 + y",
    "def f(x):\n    return np.sin(x)": "sin(x)",
    "return x*x;": "x*x",
    "f(sec) = sec^2": "sec^2",
    "sec + cot^2": "sec + cot^2",
    "x \\\n^2": "x^2",
    r"\sqrt[5]{cot}": "cot^(1/5)",
    "sec^2 x + cot 2x": "(1/cos(x))^2 + cos(2*x)/sin(2*x)",
    "arcsin^2 x": "asin(x)^2",
    "const f = (x) => x*x;": "x*x",
    "let y = Math.sin(x);": "sin(x)",
    r"\frac{1}{2}\left(x^2+y^2\right)": "1/2*(x^2+y^2)",
    r"\left(\frac{x}{y}\right)^2": "(x/y)^2",
    r"\sin ^2 x": "sin(x)^2",
    r"2x\cdot3": "2*x*3",
    r"x^{2}y^{3}": "x^2*y^3",
}

REFUSED = [  # text, the beginning of the reason, place
    ("def f(x): x**2", "the word 'def' is not part of the language: write the formula alone", 0),
    ("def", "the word 'def' is not part of the language", 0),
    ("lambda x: return x", "the word 'return' is not part of the language", 10),
    ("function f(x) { return x*x; }", "the word 'return' is not part of the language", 16),
    ("sec(=> sec", "'=>' needs parameters alone in front of it", 4),
    ("@x) x", "matrix products are not part of the language", 0),
    (r"\if", r"the LaTeX command \if is not read", 0),
    (r"\mathbf{w}^T x", "transposes are not part of the language", 11),
    (r"w^{\top} x", "transposes are not part of the language", 2),
    ("frac{1}{2}x", "there is no function 'frac': LaTeX commands begin with a backslash", 0),
    (r"\|w\|_2^2", "a norm is written out", 0),
    (r"x \in \mathbb{R}", r"the LaTeX command \in is not read", 2),
    ("σ(x)", "sigma could be the sigmoid or a parameter: write", 0),
    ("Γ(x)", "the gamma function is not part of the language: write", 0),
    ("gamma(x)", "the gamma function is not part of the language: write", 0),
    (r"\Gamma(x)", "the gamma function is not part of the language: write", 0),
    (r"\sigma(w x + b)", "sigma could be the sigmoid or a parameter: write", 0),
    ("root(x,3)", "there is no function 'root': write sqrt(x), cbrt(x), or", 0),
    ("acot(x)", "there is no function 'acot': acot has two meanings: write", 0),
    ("int(x)", "there is no function 'int': write floor(x), or", 0),
    ("softmax(x)", "there is no function 'softmax': softmax needs all its", 0),
    ("logsumexp(x)", "there is no function 'logsumexp': write log(exp(x) +", 0),
    ("gammaln(x)", "there is no function 'gammaln': special functions other", 0),
    ("sum(i*x^i, i=1..3)", "ranges and sums over an index are not part of the language:", 14),
    ("sum(x^2)", "there is no function 'sum': sums over an index are not part", 0),
    ("x!", "factorials of parameters are not part of the language: only", 1),
    ("x % 2", "remainders and percentages are not part of the language:", 2),
    ("ArcTan[x, y]", "ArcTan takes 1 argument, atan(x), and got 2: write atan2(y,", 0),
    ("Log[2, x]", "Log takes 1 argument, log(x), and got 2: write", 0),
    ("LOG(x)", "LOG has several bases: write log10(x), log(x) or", 0),
    ("x[0] + x0", "'x0' and an element of the same name would be one", 7),
    ("x[i]", "indexing is not part of the language: call the parameters", 1),
    ("x[-1]", "indexing is not part of the language: call the parameters", 1),
    ("w[1:]", "indexing is not part of the language: call the parameters", 1),
    ("x(1)^2 + x(2)^2", "this could be an element or a product: write x1 or x*1", 0),
    ("=x^2", "'=' inside a formula: leave out the one in front (and note", 0),
    ("=POWER(A1,2)+SIN(B1)", "'=' inside a formula: leave out the one in front (and note", 0),
    (r"\sin^{-1} x", "sin^-1 could mean asin(x) or 1/sin(x): write one of them", 0),
    (r"\cdot x", r"'\cdot' cannot stand here: something is missing in front of", 0),
    (r"x^10 + \theta", "LaTeX raises to one digit: write ^{10}", 2),
    (r"\log_3 x", "there is no function 'log_3': write log(x)/log(3) (write", 0),
    (r"\frac{\partial f}{\partial x}", "steepest takes the derivatives itself: write the function", 6),
    (r"\sum_{i=1}^n x^i", "sums over an index are not part of the language: write the", 0),
    (r"\begin{cases} x \end{cases}", "a choice is written where(x < 0, a, b)", 0),
    (r"\min_{x} x^2", "min needs its arguments in brackets: write the function", 0),
    (r"\|x\|^2", "a norm is written out: hypot(x, y) or sqrt(x^2 + y^2 + z^2)", 0),
    (r"\frac{1}{x", "this '{' is never closed", 8),
    ("}x", "this '}' closes nothing", 0),
    (r"\frac", r"\frac needs an argument in braces", 0),
    (r"\foo x", r"the LaTeX command \foo is not read", 0),
    ("‖x‖", "a norm is written out: hypot(x, y) or sqrt(x^2 + y^2 + z^2)", 0),
    ("x.pow(2).pow(3)", "a power of a power: use brackets, such as (x^2)^3", 8),
    ("x.sin()", "attribute access is not part of the language: write", 1),
    ("torch.sin(x).sum()", "there is no function 'sum': sums over an index are not part", 12),
    ("(x**2).sum()", "there is no function 'sum': sums over an index are not part", 6),
    ("np.linalg.norm(x)", "there is no function 'norm': a norm is written out:", 10),
    ("np.dot(a, x)", "there is no function 'dot': a scalar product is written", 3),
    ("x @ A @ x", "matrix products are not part of the language: write the", 2),
    ("np.random.randn(3)", "there is no function 'randn': a formula has no randomness:", 10),
    ("np.newaxis", "there is no function 'newaxis': write newaxis*(...) if it", 3),
    ("np.", "a '.' belongs to a number, such as 0.5; attribute access is", 2),
    ("self.x", "attribute access is not part of the language: write sin(x),", 4),
    ("S(1)/2*x", "write the number alone, without S", 0),
    ("oo*x", "'oo' is not a number of the language", 0),
    ("Piecewise((x, x>0), (0, True))", "'True' is not a number of the language: a choice is written", 24),
    ("np.clip(x, a_min=0, a_max=1)", "the arguments of a function have no names: give them in", 20),
    ("torch.clamp(x, min=0)", "the arguments of a function have no names: give them in", 15),
    ("relu x", "relu needs its arguments in brackets: write max(0, x)", 0),
    ("sigma(x+1)", "sigma could be the sigmoid or a parameter: write", 0),
    ("phi(x)", "the normal density is not part of the language: write", 0),
    ("f(x)", "the function f is not defined: write its formula, or", 0),
    ("f(x) + x", "the function f is not defined: write its formula, or", 0),
    ("g(x, y)", "the function g is not defined: write its formula, or", 0),
    ("h(2)", "this could be an element or a product: write h2 or h*2", 0),
    ("x**2  # parabola", "comments are not part of a formula", 6),
    ("x//2", "'//' is not part of the language: write floor(a/b)", 2),
    ("2.0f*x", "write 2.0 without the f, or with '*' between them", 3),
    ("1_000*x", "write numbers without underscores", 1),
    ("x := 3", "the formula has no parameter: name what to minimize over,", 5),
    ("x < 0 ? -x : x", "a choice is written where(condition, a, b)", 6),
    ("leaky_relu(x, 0.2, 3)", "leaky_relu takes 2 arguments, leaky_relu(x, a), and got 3", 0),
    ("erfc(x)", "there is no function 'erfc': write 1 - erf(x)", 0),
    ("round(x)", "there is no function 'round': rounding is not part of the", 0),
    ("x'", "quotes and primes are not part of the language: steepest", 1),
    ("x′", "quotes and primes are not part of the language: steepest", 1),
    ("½x", "'½' is vulgar fraction one half (U+00BD): type 1/2", 0),
    ("[(x+1]", "this ']' does not close the '(' in front of it", 5),
    ("(x + 1]", "this ']' does not close the '(' in front of it", 6),
    ("np.array([1,2]) * x", "there is no function 'array': the language has no vectors", 3),
    ("x^{2", "this '{' is never closed", 2),
    ("x_{i+1}", "a subscript is a name or a number, such as x_{1}", 0),
    (r"\hat{y}", r"the LaTeX command \hat is not read", 0),
    ("LOG(x, 10)", "LOG has several bases: write log10(x), log(x) or", 0),
    ("log(x, 2, 3)", "log takes 1 argument, log(x), and got 3: write", 0),
    ("x.relu()", "attribute access is not part of the language: write", 1),
    ("x.(y)", "a '.' belongs to a number, such as 0.5; attribute access is", 1),
    ("np.sum(x, axis=0)", "there is no function 'sum': sums over an index are not part", 3),
    ("x + (y = 3)", "'=' inside a formula: to bring two sides together, minimize", 7),
    ("sum(i*x^i, i=1, 3)", "there is no function 'sum': sums over an index are not part", 0),
    (r"\frac{d}{dx} x^2", "steepest takes the derivatives itself: write the function", 0),
    (r"\tfrac{1}{2}\left\lVert x \right\rVert^2", "a norm is written out: hypot(x, y)", 17),
    ("x~y", "write '-' for a sign, and != for 'not equal'", 1),
    (r"\sqrt[n]{x}", r"the degree of a root is a whole number, such as \sqrt[3]{x}", 5),
    (r"\sqrt", r"\sqrt needs an argument in braces", 0),
    ("$x$ + $y$", "a dollar sign stands around the whole formula", 2),
    ("x$", "a dollar sign stands around the whole formula", 1),
    ("$", "a dollar sign stands around the whole formula", 0),
    ("\\", r"the LaTeX command \ is not read", 0),
    ("\\\\", "one formula at a time", 0),
    (r"\begin{aligned} x \end{aligned}", "a choice is written where(x < 0, a, b)", 0),
    (r"\theta_{t+1}", "a subscript is a name or a number, such as x_{1}", 6),
    (r"|x| \le 3", "a comparison is read only as the first argument of where:", 4),
    (r"\left. x \right|", "a '.' belongs to a number, such as 0.5; attribute access is", 5),
    (r"x \mod 2", "mod needs its arguments in brackets: write a - b*floor(a/b)", 2),
    (r"x \bmod 2", "write mod(a, b)", 2),
    ("200!x", "this factorial is larger than any number of the machine", 0),
    ("(5)!x", "factorials of parameters are not part of the language: only", 3),
    ("factorial(5)*x", "there is no function 'factorial': factorials and binomials", 0),
    ("complex(x)", "there is no function 'complex': complex numbers are not", 0),
    ("len(x)", "there is no function 'len': the language has no vectors or", 0),
    ("mean(x, y)", "there is no function 'mean': averages are not part of the", 0),
    ("var(x)", "there is no function 'var': statistics are not part of the", 0),
    ("random()", "there is no function 'random': a formula has no randomness:", 0),
    ("diff(x^2, x)", "there is no function 'diff': write the function itself:", 0),
    ("integrate(x, x)", "there is no function 'integrate': integrals, limits and", 0),
    ("limit(x)", "there is no function 'limit': integrals, limits and series", 0),
    ("Re(x)", "there is no function 'Re': complex numbers are not part of", 0),
    ("besselj(0, x)", "there is no function 'besselj': special functions other", 0),
    ("j0(x)", "there is no function 'j0': special functions other than erf", 0),
    ("jn(0,x)", "there is no function 'jn': special functions other than erf", 0),
    ("zeta(x)", "the zeta function is not part of the language: write", 0),
    ("erfinv(x)", "there is no function 'erfinv': special functions other than", 0),
    ("norm(x)", "there is no function 'norm': a norm is written out:", 0),
    ("dot(x, y)", "there is no function 'dot': a scalar product is written", 0),
    ("step(x)", "there is no function 'step': write where(x < 0, 0, 1)", 0),
    ("heaviside(x, 0.5)", "there is no function 'heaviside': write where(x < 0, 0, 1)", 0),
    ("sinc(x)", "there is no function 'sinc': sinc has two meanings: write", 0),
    ("sqr(x)", "there is no function 'sqr': sqr has two meanings: write x^2", 0),
    ("rem(x, 2)", "there is no function 'rem': remainders have two signs:", 0),
    ("lg(x)", "there is no function 'lg': lg and lb have several meanings:", 0),
    ("lb x", "there is no function 'lb': lg and lb have several meanings:", 0),
    ("x mod 2", "mod needs its arguments in brackets: write a - b*floor(a/b)", 2),
    ("logaddexp(x, y)", "there is no function 'logaddexp': write log(exp(x) +", 0),
    ("softmax(x, y)", "there is no function 'softmax': softmax needs all its", 0),
    ("xlogy(x, y)", "there is no function 'xlogy': did you mean log?", 0),
    ("sin(30°)", "angles are in radians: write x*pi/180 for x degrees", 6),
    ("x^^2", "'^' cannot stand here: something is missing in front of it", 2),
    ("x***2", "'*' cannot stand here: something is missing in front of it", 3),
    ("3,14*x", "a decimal number has a point, such as 0.5; a comma stands", 1),
    ("1.000,5*x", "a decimal number has a point, such as 0.5; a comma stands", 5),
    ("x+1 = 0", "'=' inside a formula: to bring two sides together, minimize", 4),
    ("y = m*x + c, x", "a decimal number has a point, such as 0.5; a comma stands", 11),
    ("sinx^2", "adjacent letters are one name: write sin(x), or give the", 0),
    ("exp^x", "write the power behind the brackets: exp(x)^n", 4),
    ("RAIZ(x)", "there is no function 'RAIZ': write RAIZ*(...) if it is a", 0),
    ("torch.tensor(2.0)*x", "there is no function 'tensor': the language has no vectors", 6),
    ("sinh^-1(x)", "sinh^-1 could mean asinh(x) or 1/sinh(x): write one of them", 0),
    ("sin⁻¹(x)", "sin^-1 could mean asin(x) or 1/sin(x): write one of them", 0),
    ("lambda: 3", "':' is not part of a formula: write the formula alone, such", 6),
    ("=> x", "'=>' needs parameters alone in front of it, such as (x, y)", 0),
    ("@x", "matrix products are not part of the language: write the", 0),
    ("x; y", "one formula at a time: ';' separates the equations of an", 1),
    ("[1, 2]", "a decimal number has a point, such as 0.5; a comma stands", 2),
    ("sin[x", "this '[' is never closed", 3),
    ("sin[x)", "this '[' is never closed", 3),
    ("^{2}x", "'^' cannot stand here: something is missing in front of it", 0),
    ("x^{}", "there is nothing between the brackets", 3),
    (r"\frac{}{x}", "there is nothing between the brackets", 6),
    (r"\frac{1}{}", "there is nothing between the brackets", 9),
    (r"\frac{1}", r"\frac needs an argument in braces", 0),
    (r"\operatorname{foo}(x)", "there is no function 'foo': did you mean floor?", 14),
    (r"\pm x", r"'\pm' has two meanings: write + or -", 0),
    (r"\infty x", "infinity is not a number of the language", 0),
    (r"\int x", "integrals are not part of the language", 0),
    (r"\nabla x", "steepest takes the derivatives itself: write the function", 0),
    (r"\lim x", "limits are not part of the language", 0),
    (r"\dots x", "write the terms that the dots stand for", 0),
    (r"x^{\circ}", "angles are in radians: write x*pi/180 for x degrees", 3),
    (r"\$x\$", r"the LaTeX command \$ is not read", 0),
    ("$x^2", "a dollar sign stands around the whole formula", 0),
    (r"\left(x", "this '(' is never closed", 5),
    (r"\left(x\right", "this '(' is never closed", 5),
    (r"x\right)", "this ')' closes nothing", 7),
    (r"3\%", "write 0.05 for 5%", 1),
]


@pytest.mark.parametrize(("text", "expected"), READ.items())
def test_reads(text: str, expected: str) -> None:
    assert plain(read_formula(text).expression) == expected
    assert read_formula(expected).expression is read_formula(text).expression, "the echo reads back"


@pytest.mark.parametrize(("text", "reason", "position"), REFUSED)
def test_refuses(text: str, reason: str, position: int) -> None:
    with pytest.raises(FormulaError) as caught:
        read_formula(text)
    assert caught.value.reason.startswith(reason)
    assert (caught.value.position, caught.value.text) == (position, text)
    assert str(caught.value).count("\n") == 2


NUMPY: dict[str, Callable[..., Any]] = {  # a reading, and the value in another library
    "relu": lambda x: max(0.0, x), "relu6": lambda x: min(max(0.0, x), 6.0), "silu": lambda x: x / (1 + np.exp(-x)),
    "swish": lambda x: x / (1 + np.exp(-x)), "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))), "elu": lambda x: x if x > 0 else np.expm1(x),
    "softsign": lambda x: x / (1 + abs(x)), "tanhshrink": lambda x: x - np.tanh(x), "logsigmoid": lambda x: -np.log1p(np.exp(-x)),
    "hardtanh": lambda x: min(max(x, -1.0), 1.0), "hardsigmoid": lambda x: min(max(x + 3, 0.0), 6.0) / 6,
    "logcosh": lambda x: np.log(np.cosh(x)), "square": np.square, "cube": lambda x: x**3, "reciprocal": np.reciprocal,
    "exp2": np.exp2, "exp10": lambda x: 10**x, "trunc": np.trunc, "fix": np.fix, "radians": np.radians, "degrees": np.degrees,
    "cot": lambda x: 1 / np.tan(x), "sec": lambda x: 1 / np.cos(x), "csc": lambda x: 1 / np.sin(x),
    "coth": lambda x: 1 / np.tanh(x), "sech": lambda x: 1 / np.cosh(x), "csch": lambda x: 1 / np.sinh(x),
    "arcsinh": np.arcsinh, "arctan": np.arctan, "fabs": np.fabs, "expit": lambda x: 1 / (1 + np.exp(-x)), "sgn": np.sign,
    "negative": np.negative, "acsch": lambda x: np.arcsinh(1 / x), "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
}  # fmt: skip
ON_A_PART: dict[str, tuple[Callable[..., Any], tuple[float, ...]]] = {
    "arcsin": (np.arcsin, (-0.9, 0.3)), "arccos": (np.arccos, (-0.9, 0.3)), "arctanh": (np.arctanh, (-0.9, 0.3)),
    "arccosh": (np.arccosh, (1.2, 30.0)), "rsqrt": (lambda x: x**-0.5, (0.3, 8.0)),
    "logit": (lambda x: np.log(x / (1 - x)), (0.2, 0.7)), "asec": (lambda x: np.arccos(1 / x), (-2.0, 1.5)),
    "acoth": (lambda x: np.arctanh(1 / x), (-2.0, 1.5)), "asech": (lambda x: np.arccosh(1 / x), (0.2, 0.7)),
}  # fmt: skip


@pytest.mark.parametrize("word", [*NUMPY, *ON_A_PART])
def test_a_reading_has_the_value_that_its_name_has(word: str) -> None:
    function, places = ON_A_PART.get(word) or (NUMPY[word], (-3.3, -0.7, 0.4, 2.6))
    for x in places:
        assert evaluate(read_formula(f"{word}(x)").expression, {"x": x}) == pytest.approx(float(function(x)), rel=1e-12)


@pytest.mark.parametrize(("a", "b"), [(5.5, 3.0), (-5.5, 3.0), (5.5, -3.0), (-5.5, -3.0)])
def test_two_remainders(a: float, b: float) -> None:
    for word, function in (("mod", np.mod), ("fmod", np.fmod)):
        assert evaluate(read_formula(f"{word}(x, y)").expression, {"x": a, "y": b}) == function(a, b)


@pytest.mark.parametrize("word", [*dialects.SPELLINGS, *dialects.READINGS])
def test_every_name_is_read(word: str) -> None:
    arguments = {2: "(x, y)", 3: "(x, y, z)"}
    ours = dialects.spelled(word)
    assert ours is not None
    if ours == "where":
        text = f"{word}(x < 0, x, y)"
    else:
        two = ours in ("atan2", "max", "min", "hypot")
        count = 2 if two else len(dialects.READINGS.get(ours, ("x: ",))[0].partition(":")[0].split(", "))
        text = word + arguments.get(count, "(x)")
    for spelling in (text, text.replace("(", "[", 1)[:-1] + "]", f"np.{text}" if word != "if" else text):
        assert read_formula(spelling).names


def test_a_name_means_one_thing() -> None:
    groups = [set(dialects.SPELLINGS), set(dialects.READINGS), set(dialects.REASONS)]
    assert sum(map(len, groups)) == len(set.union(*groups))
    assert {*dialects.SPELLINGS.values()} <= set(FUNCTIONS)
    assert set(dialects.BARE) <= {*groups[0], *groups[1]}
    assert all(word == word.lower() for group in groups for word in group)


ADVICE = sorted({
    *dialects.REASONS.values(), *dialects.NOT_HERE.values(), *dialects.LETTER_FUNCTIONS.values(),
    *latex_tokens.REFUSED.values(), *tokens.REFUSED.values(),
})  # fmt: skip
KNOWN = ("x", "y", "z", "a", "b", "c", "n", "S", *dialects.LETTER_FUNCTIONS)


STOP = r",|;|:| (?:or|and|which|to|for|if|in|of) "


def formulas(advice: str) -> list[str]:
    """What a sentence tells to write."""
    found = []
    for start in re.finditer(r"(?:write|or|and|is|such as|written|written out:) (?=\S+[(+*/^]|\S+ [-+*/] |1 -)", advice):
        depth, end = 0, start.end()
        while end < len(advice) and not (depth == 0 and re.match(STOP, advice[end:])):
            depth += (advice[end] == "(") - (advice[end] == ")")
            end += 1
        found.append(advice[start.end() : end].replace("...", "x").replace("condition", "x < 0"))
    return [text for text in found if not re.match(r"f\(x\) =|noise|with \+", text)]


def test_formulas_are_found_in_sentences() -> None:
    assert sum(len(formulas(advice)) for advice in ADVICE) > 40
    assert formulas("write mod(a, b) for that, fmod(a, b), or a*b + 1: it is sin(x)") == ["mod(a, b)", "a*b + 1", "sin(x)"]


@pytest.mark.parametrize("advice", ADVICE)
def test_advice_can_be_followed(advice: str) -> None:
    for written in formulas(advice):
        assert read_expression(written, known=KNOWN)


def test_in_equations_and_schedules() -> None:
    read = read_assignments([r"v = \beta v + g", r"\theta = \theta - \eta v"], known=("theta", "g", "beta", "eta"))
    assert [(name, plain(expression)) for name, expression in read] == [("v", "beta*v + g"), ("theta", "theta - eta*v")]
    assert optimizer("v = 0.9*v + np.clip(g, -1, 1); theta := theta - lr*v").text == (
        "v = 0.9*v + min(max(g, -1), 1); theta = theta - lr*v"
    )
    assert plain(read_expression("0.1*np.exp(-t/10)", known=("t", "T"))) == "0.1*exp(-t/10)"
    assert plain(read_expression(r"\frac{1}{2}(1+\cos(\pi t/T))", known=("t", "T"))) == "1/2*(1+cos(pi*t/T))"
    assert plain(read_expression("0.05*(1 + math.cos(math.pi*t/T))", known=("t", "T"))) == "0.05*(1+cos(pi*t/T))"


def test_a_known_name_is_no_function_of_others() -> None:
    assert plain(read_expression("clip(t)", known=("t", "clip"))) == "clip*t"
    assert plain(read_expression("gamma(1-t)", known=("t", "gamma"))) == "gamma*(1-t)"


def test_noise_is_drawn_once() -> None:
    with pytest.raises(FormulaError, match="silu would draw its noise more than once: assign noise"):
        optimizer("theta = theta - lr*silu(noise())")
    assert optimizer("theta = theta - lr*relu(noise())").uses("noise")


Read = TypeVar("Read")


def outcome(read: Callable[[str], Read], text: str) -> Read | SteepestError:
    try:
        return read(text)
    except SteepestError as error:
        return error


PIECES = [
    *(f"{word}(" for word in ("silu", "gelu", "elu", "pow", "clip", "mod", "np.sin", "Max", "sec", "cot", "logcosh", "relu")),
    *(
        "\\frac",
        "\\frac{",
        "\\sqrt",
        "\\sqrt[3]{",
        "\\left(",
        "\\right)",
        "\\left|",
        "\\right|",
        "\\sin ",
        "\\cdot ",
        "\\theta",
        "\\log_",
    ),
    *(
        "\\operatorname{relu}(",
        "\\mathrm{",
        "{",
        "}",
        "[",
        "]",
        "$",
        "_",
        "^{",
        "_{",
        "\\",
        "\\,",
        "\\(",
        "\\)",
        "\\lfloor ",
        "\\rvert",
    ),
    *(
        "np.",
        "torch.nn.",
        ".pow(",
        ".^",
        ".*",
        ".T",
        ".sum()",
        "x[0]",
        "x[",
        "lambda x: ",
        "=> ",
        "(x, y) => ",
        "@(x) ",
        ":=",
        ";",
        "!",
    ),
    *("if(", "IF(x<0,", "PI()", "E", "3!", "⌊", "⌋", "x(1)", "f(x)", "σ(", "2.0f", "𝑥", "ℎ", "cot ", "sec ", "&", "~", "\n", ","),
    *("x", "y", "xy", "2", "12", "+", "-", "*", "/", "^", "(", ")", "|", " ", "=", "<", ".", "e", "pi", "if", "where("),
]
pasted = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(pasted)
@example("\\frac" * 300)
@example("\\frac{" * 300)
@example("{" * 1_000 + "x" + "}" * 1_000)
@example("silu(" * 60 + "x" + ")" * 60)
@example("sec " * 60 + "x")
@example("sec(" * 60 + "x" + ")" * 60)
@example("\\sqrt[7]{" * 100 + "x")
@example("x.pow(" * 200)
@example("x[0]" * 400)
@example("lambda " + "x, " * 600 + ": x")
@example("log_" + "7" * 1_900 + "(x)")
@example("\\operatorname{" + "q" * 1_900 + "}(x)")
@example("q" * 1_000 + "(1)")
@settings(max_examples=3_000, deadline=None, derandomize=True, database=None)
def test_any_paste_is_a_formula_or_a_formula_error(text: str) -> None:
    read = outcome(read_formula, text)
    if isinstance(read, FormulaError):
        assert read.text == text
        assert 0 <= read.position <= len(text)
        assert str(read).count("\n") == 2
        assert max(map(len, str(read).split("\n"))) < 300
    elif not isinstance(read, SteepestError):
        written = plain(read.expression)
        if len(written) <= 2_000:
            assert read_formula(written).expression is read.expression


@given(st.lists(st.one_of(pasted, pasted.map("theta = {}".format)), min_size=1, max_size=3).map("; ".join))
@settings(max_examples=500, deadline=None, derandomize=True, database=None)
def test_any_paste_is_an_optimizer_or_an_error_of_ours(text: str) -> None:
    read = outcome(optimizer, text)
    assert not isinstance(read, SteepestError) or str(read).count("\n") <= 2


def lines_run(text: str) -> int:
    """How many lines of this package run until a text is read: a measure of work that no machine changes."""
    count = 0

    def local(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return local

    def trace(frame: object, event: str, argument: object) -> object:
        code = frame.f_code.co_filename  # type: ignore[attr-defined]
        return local if "steepest" in code else None

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        read_formula(text)
    except FormulaError:
        pass
    finally:
        sys.settrace(before)
    return count


GROWING = [
    "\\frac{x}{2}+", "x_{1}+", "\\sqrt{x}", "np.sin(x)+", "x[0]+", "relu(x)+", "\\theta ", "x.pow(2)+", "{", "}", "$",
    "[", "\\left(", "\\frac1", "x^{2}", "5!+",
    "f(x,", "f(", "x(1)+", "torch.nn.", "silu(", "lambda x,", "x, ", "\\log_", "log_3(", "⌊x⌋+", "if(",
    "sum(x)=", "a(", "xy", "\\alpha\\beta", "@", "~", "_", "\\mathrm{x}", "E", "=>", ".", ".^", ";", "\\,", "\\sin ", "cot ",
]  # fmt: skip


@pytest.mark.parametrize("piece", GROWING)
def test_reading_takes_as_long_as_the_text_is(piece: str) -> None:
    read_formula("silu(x) + sec(x)")  # fills the caches
    short, long = (lines_run(piece * (size // len(piece))) for size in (480, 1_920))
    assert long < 4 * short * 1.5 + 500
