"""The zoo: every optimizer as its equations, its defaults and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """An optimizer of the zoo as text.

    Attributes:
        equations: separated by `; `.
        defaults: the values of hyperparameters; where `lr` is missing, the objective's is used.
        description: one sentence.
        year, paper: where the method comes from.
    """

    equations: str
    defaults: dict[str, float]
    description: str
    year: int
    paper: str


ADAM = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
MOMENTS = "m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g^2; "
RMSPROP = {"lr": 0.05, "alpha": 0.99, "eps": 1e-8}


OPTIMIZERS: dict[str, Entry] = {
    "gd": Entry(
        "theta = theta - lr*g", {},
        "Gradient descent: a step against the gradient.",
        1847, "Cauchy, Comptes rendus 25, p. 536"),
    "momentum": Entry(
        "v = beta*v + g; theta = theta - lr*v", {"beta": 0.9},
        "Gradient descent with momentum, as PyTorch writes it: the velocity sums up gradients.",
        1964, "Polyak, USSR Comput. Math. Math. Phys. 4(5), p. 1"),
    "heavy_ball": Entry(
        "v = beta*v - lr*g; theta = theta + v", {"beta": 0.9},
        "Momentum as Polyak wrote it: the velocity is the last step, so a schedule acts on new gradients only.",
        1964, "Polyak, USSR Comput. Math. Math. Phys. 4(5), p. 1"),
    "ema_momentum": Entry(
        "v = beta*v + (1-beta)*g; theta = theta - lr*v", {"beta": 0.9},
        "Momentum with an exponential moving average of the gradients, 1/(1-beta) times slower than momentum.",
        2014, "Kingma and Ba, arXiv:1412.6980, the first moment of Adam"),
    "nesterov": Entry(
        "v = beta*v + g; theta = theta - lr*(g+beta*v)", {"beta": 0.9},
        "Nesterov's momentum as PyTorch writes it: the velocity looks one step ahead.",
        1983, "Nesterov, Soviet Math. Dokl. 27(2), p. 372"),
    "sutskever_nesterov": Entry(
        "v = beta*v - lr*grad(theta+beta*v); theta = theta + v", {"beta": 0.9},
        "Nesterov's momentum as Sutskever wrote it: the gradient is taken where the velocity leads.",
        2013, "Sutskever et al., ICML, eq. 3-4"),
    "adagrad": Entry(
        "s = s + g^2; theta = theta - lr*g/(sqrt(s)+eps)", {"lr": 0.5, "eps": 1e-10},
        "Each coordinate's gradient is divided by the root of the sum of its squares so far.",
        2011, "Duchi, Hazan and Singer, JMLR 12, p. 2121"),
    "rmsprop": Entry(
        "s = alpha*s + (1-alpha)*g^2; theta = theta - lr*g/(sqrt(s)+eps)", RMSPROP,
        "AdaGrad that forgets: each coordinate's gradient is divided by the root of a moving average of its squares.",
        2012, "Tieleman and Hinton, Coursera lecture 6.5"),
    "rmsprop_centered": Entry(
        "s = alpha*s + (1-alpha)*g^2; m = alpha*m + (1-alpha)*g; theta = theta - lr*g/(sqrt(max(s-m^2, 0))+eps)", RMSPROP,
        "RMSProp scaled by the standard deviation of the gradient instead of its root mean square, as PyTorch writes it.",
        2013, "Graves, arXiv:1308.0850, eq. 38-45, there with momentum and eps under the root"),
    "rmsprop_momentum": Entry(
        "s = alpha*s + (1-alpha)*g^2; v = beta*v + g/(sqrt(s)+eps); theta = theta - lr*v",
        {"lr": 0.01, "alpha": 0.99, "beta": 0.9, "eps": 1e-8},
        "RMSProp with momentum on the scaled gradient, as PyTorch writes it.",
        2013, "Graves, arXiv:1308.0850, eq. 38-45, there with the centered scale"),
    "adadelta": Entry(
        "s = rho*s + (1-rho)*g^2; d = sqrt(u+eps)/sqrt(s+eps)*g; u = rho*u + (1-rho)*d^2; theta = theta - lr*d",
        {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
        "Steps in the parameters' own units: the ratio of past steps to past gradients replaces the learning rate.",
        2012, "Zeiler, arXiv:1212.5701, algorithm 1"),
    "adam": Entry(
        MOMENTS + "theta = theta - lr*(m/(1-beta1^t))/(sqrt(v/(1-beta2^t))+eps)", ADAM,
        "Momentum over RMSProp, both corrected for their start at 0.",
        2014, "Kingma and Ba, arXiv:1412.6980, algorithm 1"),
    "adamw": Entry(
        MOMENTS + "theta = (1-lr*decay)*theta - lr*(m/(1-beta1^t))/(sqrt(v/(1-beta2^t))+eps)", ADAM | {"decay": 0.01},
        "Adam with weight decay on the parameters themselves, not through the gradient; lr scales it too, as in PyTorch.",
        2017, "Loshchilov and Hutter, arXiv:1711.05101, algorithm 2"),
    "adamax": Entry(
        "m = beta1*m + (1-beta1)*g; u = max(beta2*u, abs(g)+eps); theta = theta - lr/(1-beta1^t)*m/u", ADAM,
        "Adam scaled by the largest recent gradient, which fades by beta2 a step, in place of the second moment.",
        2014, "Kingma and Ba, arXiv:1412.6980, algorithm 2"),
    "amsgrad": Entry(
        MOMENTS + "v_max = max(v_max, v); theta = theta - lr*(m/(1-beta1^t))/(sqrt(v_max/(1-beta2^t))+eps)", ADAM,
        "Adam scaled by the largest second moment so far; as in PyTorch both moments are corrected for their start at 0.",
        2018, "Reddi, Kale and Kumar, ICLR, arXiv:1904.09237, algorithm 2, there without the corrections"),
    "nadam": Entry(
        "mu = beta1*(1-0.96^(t*psi)/2); mu_next = beta1*(1-0.96^((t+1)*psi)/2); p = where(t == 1, 1, p)*mu; " + MOMENTS
        + "theta = theta - lr*(mu_next*m/(1-p*mu_next)+(1-mu)*g/(1-p))/(sqrt(v/(1-beta2^t))+eps)",
        ADAM | {"psi": 0.004},
        "Adam with Nesterov's momentum, whose coefficient grows from beta1/2 to beta1 as in PyTorch.",
        2016, "Dozat, ICLR workshop, algorithm 2"),
    "radam": Entry(
        "r_inf = 2/(1-beta2) - 1; r = r_inf - 2*t*beta2^t/(1-beta2^t); " + MOMENTS
        + "scale = where(r > 5, sqrt((r-4)*(r-2)*r_inf/((r_inf-4)*(r_inf-2)*r))*sqrt(1-beta2^t)/(sqrt(v)+eps), 1); "
        "theta = theta - lr*m/(1-beta1^t)*scale", ADAM,
        "Adam without its adaptive scale until r > 5, as in PyTorch, where the paper has 4.",
        2019, "Liu et al., arXiv:1908.03265, algorithm 2"),
    "lion": Entry(
        "u = sign(beta1*m+(1-beta1)*g); m = beta2*m + (1-beta2)*g; theta = theta - lr*(u+decay*theta)",
        {"lr": 0.02, "beta1": 0.9, "beta2": 0.99, "decay": 0.0},
        "The sign of an interpolated momentum: every coordinate moves by lr, its decay aside.",
        2023, "Chen et al., arXiv:2302.06675, algorithm 2"),
    "adabelief": Entry(
        "m = beta1*m + (1-beta1)*g; s = beta2*s + (1-beta2)*(g-m)^2 + eps; "
        "theta = theta - lr*(m/(1-beta1^t))/(sqrt(s/(1-beta2^t))+eps)", ADAM | {"eps": 1e-16},
        "Adam scaled by how far the gradient is from its moving average: bold where the two agree.",
        2020, "Zhuang et al., arXiv:2010.07468, algorithm 2"),
    "signsgd": Entry(
        "theta = theta - lr*sign(g)", {"lr": 0.05},
        "Only the sign of each derivative counts: every coordinate whose derivative is not 0 moves by lr.",
        2018, "Bernstein et al., arXiv:1802.04434, algorithm 1"),
    "normalized_gd": Entry(
        "theta = theta - lr*g/(norm(g)+eps)", {"lr": 0.05, "eps": 1e-12},
        "Every step has the length lr, however steep the slope, until the gradient is about as small as eps.",
        1984, "Nesterov, Matekon 29, p. 519"),
    "clipped_gd": Entry(
        "theta = theta - lr*g*min(1, max_norm/norm(g))", {"max_norm": 1.0},
        "Gradient descent that shortens a gradient longer than max_norm.",
        2013, "Pascanu, Mikolov and Bengio, ICML, algorithm 1"),
    "sam": Entry(
        "r = rho*g/(norm(g)+eps); theta = theta - lr*grad(theta+r)", {"rho": 0.05, "eps": 1e-12},
        "Sharpness-aware minimization: the gradient is taken at the distance rho uphill, to prefer flat minima.",
        2020, "Foret et al., arXiv:2010.01412, algorithm 1"),
    "barzilai_borwein": Entry(
        "s = theta - theta_old; y = g - g_old; rate = where(t == 1, lr, dot(s, s)/dot(s, y)); "
        "theta_old = theta; g_old = g; theta = theta - rate*g", {},
        "The learning rate is the inverse curvature seen along the last step.",
        1988, "Barzilai and Borwein, IMA J. Numer. Anal. 8, eq. 6"),
    "polyak_step": Entry(
        "rate = where(dot(g, g) > 0, (f-f_star)/dot(g, g), 0); theta = theta - rate*g", {},
        "The step that would reach the least value f_star if the function were its tangent.",
        1969, "Polyak, USSR Comput. Math. Math. Phys. 9(3), p. 14"),
    "noisy_gd": Entry(
        "theta = theta - lr*g + sqrt(2*lr*temperature)*noise()", {"temperature": 0.01},
        "Langevin dynamics: gradient descent with thermal noise, which can climb out of shallow minima.",
        2011, "Welling and Teh, ICML, eq. 4"),
    "newton": Entry(
        "theta = theta - lr*solve(H, g)", {"lr": 1.0},
        "The step to the stationary point of the local quadratic model, with the exact Hessian; up to 4 parameters.",
        1685, "Newton's method; Nocedal and Wright, Numerical Optimization (2006), p. 44"),
}  # fmt: skip
