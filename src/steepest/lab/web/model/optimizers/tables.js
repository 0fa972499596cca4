// @ts-check
/** What Python's engine and the page have in common. Written by scripts/reference: change it in Python. */

export const ZOO = {
  gd: {
    equations: "theta = theta - lr*g",
    defaults: {},
    description: "Gradient descent: a step against the gradient.",
    year: 1847,
    paper: "Cauchy, Comptes rendus 25, p. 536",
  },
  momentum: {
    equations: "v = beta*v + g; theta = theta - lr*v",
    defaults: {
      beta: 0.9,
    },
    description: "Gradient descent with momentum, as PyTorch writes it: the velocity sums up gradients.",
    year: 1964,
    paper: "Polyak, USSR Comput. Math. Math. Phys. 4(5), p. 1",
  },
  heavy_ball: {
    equations: "v = beta*v - lr*g; theta = theta + v",
    defaults: {
      beta: 0.9,
    },
    description:
      "Momentum as Polyak wrote it: the velocity is the last step, so a schedule acts on new gradients only.",
    year: 1964,
    paper: "Polyak, USSR Comput. Math. Math. Phys. 4(5), p. 1",
  },
  ema_momentum: {
    equations: "v = beta*v + (1-beta)*g; theta = theta - lr*v",
    defaults: {
      beta: 0.9,
    },
    description: "Momentum with an exponential moving average of the gradients, 1/(1-beta) times slower than momentum.",
    year: 2014,
    paper: "Kingma and Ba, arXiv:1412.6980, the first moment of Adam",
  },
  nesterov: {
    equations: "v = beta*v + g; theta = theta - lr*(g+beta*v)",
    defaults: {
      beta: 0.9,
    },
    description: "Nesterov's momentum as PyTorch writes it: the velocity looks one step ahead.",
    year: 1983,
    paper: "Nesterov, Soviet Math. Dokl. 27(2), p. 372",
  },
  sutskever_nesterov: {
    equations: "v = beta*v - lr*grad(theta+beta*v); theta = theta + v",
    defaults: {
      beta: 0.9,
    },
    description: "Nesterov's momentum as Sutskever wrote it: the gradient is taken where the velocity leads.",
    year: 2013,
    paper: "Sutskever et al., ICML, eq. 3-4",
  },
  adagrad: {
    equations: "s = s + g^2; theta = theta - lr*g/(sqrt(s)+eps)",
    defaults: {
      lr: 0.5,
      eps: 1e-10,
    },
    description: "Each coordinate's gradient is divided by the root of the sum of its squares so far.",
    year: 2011,
    paper: "Duchi, Hazan and Singer, JMLR 12, p. 2121",
  },
  rmsprop: {
    equations: "s = alpha*s + (1-alpha)*g^2; theta = theta - lr*g/(sqrt(s)+eps)",
    defaults: {
      lr: 0.05,
      alpha: 0.99,
      eps: 1e-8,
    },
    description:
      "AdaGrad that forgets: each coordinate's gradient is divided by the root of a moving average of its squares.",
    year: 2012,
    paper: "Tieleman and Hinton, Coursera lecture 6.5",
  },
  rmsprop_centered: {
    equations: "s = alpha*s + (1-alpha)*g^2; m = alpha*m + (1-alpha)*g; theta = theta - lr*g/(sqrt(max(s-m^2, 0))+eps)",
    defaults: {
      lr: 0.05,
      alpha: 0.99,
      eps: 1e-8,
    },
    description:
      "RMSProp scaled by the standard deviation of the gradient instead of its root mean square, as PyTorch writes it.",
    year: 2013,
    paper: "Graves, arXiv:1308.0850, eq. 38-45, there with momentum and eps under the root",
  },
  rmsprop_momentum: {
    equations: "s = alpha*s + (1-alpha)*g^2; v = beta*v + g/(sqrt(s)+eps); theta = theta - lr*v",
    defaults: {
      lr: 0.01,
      alpha: 0.99,
      beta: 0.9,
      eps: 1e-8,
    },
    description: "RMSProp with momentum on the scaled gradient, as PyTorch writes it.",
    year: 2013,
    paper: "Graves, arXiv:1308.0850, eq. 38-45, there with the centered scale",
  },
  adadelta: {
    equations: "s = rho*s + (1-rho)*g^2; d = sqrt(u+eps)/sqrt(s+eps)*g; u = rho*u + (1-rho)*d^2; theta = theta - lr*d",
    defaults: {
      lr: 1,
      rho: 0.9,
      eps: 1e-6,
    },
    description:
      "Steps in the parameters' own units: the ratio of past steps to past gradients replaces the learning rate.",
    year: 2012,
    paper: "Zeiler, arXiv:1212.5701, algorithm 1",
  },
  adam: {
    equations:
      "m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g^2; theta = theta - lr*(m/(1-beta1^t))/(sqrt(v/(1-beta2^t))+eps)",
    defaults: {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
    },
    description: "Momentum over RMSProp, both corrected for their start at 0.",
    year: 2014,
    paper: "Kingma and Ba, arXiv:1412.6980, algorithm 1",
  },
  adamw: {
    equations:
      "m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g^2; theta = (1-lr*decay)*theta - lr*(m/(1-beta1^t))/(sqrt(v/(1-beta2^t))+eps)",
    defaults: {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
      decay: 0.01,
    },
    description:
      "Adam with weight decay on the parameters themselves, not through the gradient; lr scales it too, as in PyTorch.",
    year: 2017,
    paper: "Loshchilov and Hutter, arXiv:1711.05101, algorithm 2",
  },
  adamax: {
    equations: "m = beta1*m + (1-beta1)*g; u = max(beta2*u, abs(g)+eps); theta = theta - lr/(1-beta1^t)*m/u",
    defaults: {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
    },
    description:
      "Adam scaled by the largest recent gradient, which fades by beta2 a step, in place of the second moment.",
    year: 2014,
    paper: "Kingma and Ba, arXiv:1412.6980, algorithm 2",
  },
  amsgrad: {
    equations:
      "m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g^2; v_max = max(v_max, v); theta = theta - lr*(m/(1-beta1^t))/(sqrt(v_max/(1-beta2^t))+eps)",
    defaults: {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
    },
    description:
      "Adam scaled by the largest second moment so far; as in PyTorch both moments are corrected for their start at 0.",
    year: 2018,
    paper: "Reddi, Kale and Kumar, ICLR, arXiv:1904.09237, algorithm 2, there without the corrections",
  },
  nadam: {
    equations:
      "mu = beta1*(1-0.96^(t*psi)/2); mu_next = beta1*(1-0.96^((t+1)*psi)/2); p = where(t == 1, 1, p)*mu; m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g^2; theta = theta - lr*(mu_next*m/(1-p*mu_next)+(1-mu)*g/(1-p))/(sqrt(v/(1-beta2^t))+eps)",
    defaults: {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
      psi: 0.004,
    },
    description: "Adam with Nesterov's momentum, whose coefficient grows from beta1/2 to beta1 as in PyTorch.",
    year: 2016,
    paper: "Dozat, ICLR workshop, algorithm 2",
  },
  radam: {
    equations:
      "r_inf = 2/(1-beta2) - 1; r = r_inf - 2*t*beta2^t/(1-beta2^t); m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g^2; scale = where(r > 5, sqrt((r-4)*(r-2)*r_inf/((r_inf-4)*(r_inf-2)*r))*sqrt(1-beta2^t)/(sqrt(v)+eps), 1); theta = theta - lr*m/(1-beta1^t)*scale",
    defaults: {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
    },
    description: "Adam without its adaptive scale until r > 5, as in PyTorch, where the paper has 4.",
    year: 2019,
    paper: "Liu et al., arXiv:1908.03265, algorithm 2",
  },
  lion: {
    equations: "u = sign(beta1*m+(1-beta1)*g); m = beta2*m + (1-beta2)*g; theta = theta - lr*(u+decay*theta)",
    defaults: {
      lr: 0.02,
      beta1: 0.9,
      beta2: 0.99,
      decay: 0,
    },
    description: "The sign of an interpolated momentum: every coordinate moves by lr, its decay aside.",
    year: 2023,
    paper: "Chen et al., arXiv:2302.06675, algorithm 2",
  },
  adabelief: {
    equations:
      "m = beta1*m + (1-beta1)*g; s = beta2*s + (1-beta2)*(g-m)^2 + eps; theta = theta - lr*(m/(1-beta1^t))/(sqrt(s/(1-beta2^t))+eps)",
    defaults: {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-16,
    },
    description: "Adam scaled by how far the gradient is from its moving average: bold where the two agree.",
    year: 2020,
    paper: "Zhuang et al., arXiv:2010.07468, algorithm 2",
  },
  signsgd: {
    equations: "theta = theta - lr*sign(g)",
    defaults: {
      lr: 0.05,
    },
    description: "Only the sign of each derivative counts: every coordinate whose derivative is not 0 moves by lr.",
    year: 2018,
    paper: "Bernstein et al., arXiv:1802.04434, algorithm 1",
  },
  normalized_gd: {
    equations: "theta = theta - lr*g/(norm(g)+eps)",
    defaults: {
      lr: 0.05,
      eps: 1e-12,
    },
    description: "Every step has the length lr, however steep the slope, until the gradient is about as small as eps.",
    year: 1984,
    paper: "Nesterov, Matekon 29, p. 519",
  },
  clipped_gd: {
    equations: "theta = theta - lr*g*min(1, max_norm/norm(g))",
    defaults: {
      max_norm: 1,
    },
    description: "Gradient descent that shortens a gradient longer than max_norm.",
    year: 2013,
    paper: "Pascanu, Mikolov and Bengio, ICML, algorithm 1",
  },
  sam: {
    equations: "r = rho*g/(norm(g)+eps); theta = theta - lr*grad(theta+r)",
    defaults: {
      rho: 0.05,
      eps: 1e-12,
    },
    description:
      "Sharpness-aware minimization: the gradient is taken at the distance rho uphill, to prefer flat minima.",
    year: 2020,
    paper: "Foret et al., arXiv:2010.01412, algorithm 1",
  },
  barzilai_borwein: {
    equations:
      "s = theta - theta_old; y = g - g_old; rate = where(t == 1, lr, dot(s, s)/dot(s, y)); theta_old = theta; g_old = g; theta = theta - rate*g",
    defaults: {},
    description: "The learning rate is the inverse curvature seen along the last step.",
    year: 1988,
    paper: "Barzilai and Borwein, IMA J. Numer. Anal. 8, eq. 6",
  },
  polyak_step: {
    equations: "rate = where(dot(g, g) > 0, (f-f_star)/dot(g, g), 0); theta = theta - rate*g",
    defaults: {},
    description: "The step that would reach the least value f_star if the function were its tangent.",
    year: 1969,
    paper: "Polyak, USSR Comput. Math. Math. Phys. 9(3), p. 14",
  },
  noisy_gd: {
    equations: "theta = theta - lr*g + sqrt(2*lr*temperature)*noise()",
    defaults: {
      temperature: 0.01,
    },
    description: "Langevin dynamics: gradient descent with thermal noise, which can climb out of shallow minima.",
    year: 2011,
    paper: "Welling and Teh, ICML, eq. 4",
  },
  newton: {
    equations: "theta = theta - lr*solve(H, g)",
    defaults: {
      lr: 1,
    },
    description:
      "The step to the stationary point of the local quadratic model, with the exact Hessian; up to 4 parameters.",
    year: 1685,
    paper: "Newton's method; Nocedal and Wright, Numerical Optimization (2006), p. 44",
  },
};

export const READING = {
  LONGEST: 8000,
  MOST_EQUATIONS: 100,
  LONGEST_NAME: 60,
  MOST_SETTINGS: 100,
  FROM_OBJECTIVE: "lr f_star",
  GIVEN: "theta g f H t T",
  LIBRARIES: "torch optax scipy optimagic",
};

export const FRAMEWORKS = {
  NAMES: {
    sgd: "gd",
    gradientdescent: "gd",
    steepestdescent: "gd",
    batchgradientdescent: "gd",
    vanillagd: "gd",
    sgdm: "momentum",
    sgdmomentum: "momentum",
    momentumsgd: "momentum",
    sgdwithmomentum: "momentum",
    gdmomentum: "momentum",
    polyakmomentum: "heavy_ball",
    nag: "nesterov",
    nesterovmomentum: "nesterov",
    nesterovsgd: "nesterov",
    nesterovacceleratedgradient: "nesterov",
    acceleratedgradient: "nesterov",
    signgd: "signsgd",
    bb: "barzilai_borwein",
    polyaksgd: "polyak_step",
    polyakstepsize: "polyak_step",
    langevin: "noisy_gd",
    newtonraphson: "newton",
    newtonmethod: "newton",
    newtonsmethod: "newton",
    sharpnessawareminimization: "sam",
    normalizedgradientdescent: "normalized_gd",
    clippedgradientdescent: "clipped_gd",
    gradientclipping: "clipped_gd",
    centeredrmsprop: "rmsprop_centered",
  },
  OTHERWISE_IN_OPTAX: {
    amsgrad: "takes the maximum after the bias correction",
    nadam: "has no schedule for its momentum",
    radam: "corrects the second moment before eps is added",
    rmsprop: "adds eps under the root and has decay = 0.9",
    adagrad: "starts its sum at 0.1 and adds eps under the root",
    noisy_sgd: "anneals its noise",
  },
  PREFIXES: "keras.optimizers optax optim optimizers tf.keras.optimizers torch.optim",
  PARAMETERS: "model.parameters() net.parameters() params self.parameters()",
  NOTHING: "0 0. 0.0 False None false",
  OTHER_ARGUMENTS:
    "amsgrad capturable centered clipnorm clipvalue dampening decoupled_weight_decay differentiable foreach fused initial_accumulator_value lr_decay maximize momentum name nesterov use_ema weight_decay",
  VARIANTS: {
    "gd momentum": "momentum",
    "momentum nesterov": "nesterov",
    "adam amsgrad": "amsgrad",
    "rmsprop centered": "rmsprop_centered",
    "rmsprop momentum": "rmsprop_momentum",
    "adam nesterov": "nadam",
  },
  HYPERPARAMETERS: {
    learning_rate: "lr",
    step_size: "lr",
    stepsize: "lr",
    eta: "lr",
    momentum: "beta",
    mu: "beta",
    beta_1: "beta1",
    b1: "beta1",
    beta_2: "beta2",
    b2: "beta2",
    betas: "beta1 beta2",
    epsilon: "eps",
    weight_decay: "decay",
    wd: "decay",
    momentum_decay: "psi",
    decay: "alpha",
    rho: "alpha",
    clipnorm: "max_norm",
    clip_norm: "max_norm",
    f_min: "f_star",
  },
};
