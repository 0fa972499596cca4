"""The zoo is complete, equations are read as they are written, and each mistake has its sentence."""

import pickle

import pytest

from steepest.errors import FormulaError, InputError
from steepest.language.expression import number
from steepest.language.grammar import read_expression
from steepest.language.notation import plain
from steepest.optimizers import frameworks
from steepest.optimizers.optimizer import GIVEN, Optimizer
from steepest.optimizers.reading import optimizer, read_optimizer
from steepest.optimizers.settings import Setting, read_settings
from steepest.optimizers.zoo import OPTIMIZERS

ZOO = [
    *("gd", "momentum", "heavy_ball", "ema_momentum", "nesterov", "sutskever_nesterov", "adagrad", "rmsprop"),
    *("rmsprop_centered", "rmsprop_momentum", "adadelta", "adam", "adamw", "adamax", "amsgrad", "nadam", "radam"),
    *("lion", "adabelief", "signsgd", "normalized_gd", "clipped_gd", "sam", "barzilai_borwein", "polyak_step"),
    *("noisy_gd", "newton"),
]


def test_the_zoo_is_the_promised_one() -> None:
    assert set(ZOO) <= set(OPTIMIZERS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_entries_are_complete(name: str) -> None:
    entry = OPTIMIZERS[name]
    assert entry.description.endswith(".")
    assert entry.description.count(". ") == 0, "one sentence"
    assert 1600 < entry.year < 2030
    assert entry.paper.strip()
    found = optimizer(name)
    assert (found.name, found.year, found.paper, found.description) == (
        name,
        entry.year,
        entry.paper,
        entry.description,
    )
    assert set(entry.defaults) <= set(found.hyperparameters), "a default that no equation reads"
    assert set(found.hyperparameters) - set(entry.defaults) <= {"lr", "f_star"}, "a hyperparameter without a default"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_text_reads_back(name: str) -> None:
    found = optimizer(name)
    values = {key: 0.5 for key in found.hyperparameters if key not in ("lr", "f_star")}
    again = optimizer(found.text, **values)
    assert again.equations == found.equations
    assert again.state == found.state
    assert again.assigned[-1] == "theta" or "theta" in again.assigned


@pytest.mark.parametrize(
    ("text", "state", "hyperparameters"),
    [
        ("gd", (), ("lr",)),
        ("momentum", ("v",), ("lr", "beta")),
        ("adam", ("m", "v"), ("lr", "beta1", "beta2", "eps")),
        ("barzilai_borwein", ("theta_old", "g_old"), ("lr",)),
        ("polyak_step", (), ("f_star",)),
        ("nadam", ("p", "m", "v"), ("lr", "beta1", "beta2", "eps", "psi")),
        ("v = 0.9 v + g; theta = theta - 0.01 v", ("v",), ()),
        ("v = g\n theta = theta - lr*v\n", (), ("lr",)),
        ("theta = theta - lr*v; v = g", ("v",), ("lr",)),
        ("theta = theta - lr*g; theta = theta - lr*grad(theta)", (), ("lr",)),
        ("k = k; theta = theta - lr*g", ("k",), ("lr",)),
        ("θ = θ - lr*g", (), ("lr",)),
    ],
)
def test_state_and_hyperparameters(text: str, state: tuple[str, ...], hyperparameters: tuple[str, ...]) -> None:
    found = optimizer(text)
    assert set(found.state) == set(state)
    assert found.hyperparameters == hyperparameters


@pytest.mark.parametrize("text", ["adam(lr=0.05, beta1=0.8)", " adam ( lr = 0.05 , beta1 = 4/5 ) ", "adam(beta1=0.8, lr=1/20)"])
def test_settings_in_brackets(text: str) -> None:
    found = optimizer(text)
    values = {name: plain(value) for name, value in found.settings.items()}
    assert values in ({"lr": "0.05", "beta1": "0.8"}, {"lr": "0.05", "beta1": "4/5"}, {"lr": "1/20", "beta1": "0.8"})


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.05, "0.05"), (1, "1"), ("0.1/(1+0.02t)", "0.1/(1+0.02*t)"), ("T", "T"), (number(3), "3")],
)
def test_values_of_settings(value: Setting, text: str) -> None:
    assert plain(optimizer("adam", lr=value).settings["lr"]) == text


def test_who_says_the_value() -> None:
    """The optimizer's own, else shared, else its default, else the objective's."""
    shared, objective = {"lr": number(2), "beta": number(0.5)}, {"lr": 4.0, "f_star": -1.0}

    def lr(text: str, **settings: Setting) -> float:
        return optimizer(text, **settings).resolve(shared, objective)["lr"].value

    assert (lr("gd"), lr("gd(lr=1)"), lr("gd", lr=3), lr("gd(lr=1)", lr=3), lr("gd(lr=0)")) == (2, 1, 3, 3, 0)
    assert optimizer("adam").resolve({}, objective)["lr"].value == 0.1
    assert optimizer("gd").resolve({}, objective)["lr"].value == 4
    assert optimizer("polyak_step").resolve({}, objective)["f_star"].value == -1


def test_a_hyperparameter_that_nobody_gave() -> None:
    """The reader refuses the name; an optimizer made by hand gets as far as the run."""
    equations = optimizer("theta = theta - b*g", b=1).equations
    with pytest.raises(InputError, match=r"the hyperparameter 'b' has no value: --set b=0.9 or"):
        Optimizer("mine", equations).resolve({}, {"lr": 0.1})


def test_offered_values_are_taken_by_who_reads_them() -> None:
    offered = {"beta": number(0.25), "b": number(0.75)}
    assert read_optimizer("gd", {}, offered).settings == {}
    assert read_optimizer("momentum", {}, offered).settings == {"beta": number(0.25)}
    assert read_optimizer("momentum(beta=0.5)", {}, offered).settings == {"beta": number(0.5)}
    custom = read_optimizer("v = b*v + g; theta = theta - lr*v", {}, offered)
    assert custom.settings == {"b": number(0.75)}
    assert custom.hyperparameters == ("lr", "b")


HINT = "unknown name 'b': give it a value: b = 0.9 as an equation before this one, --set b=0.9 or optimizer(..., b=0.9)"


@pytest.mark.parametrize(
    ("text", "where", "reason", "column"),
    [
        ("m = b*m + g; theta = theta - lr*m", "equation 1", HINT, 4),
        ("m = g; theta = theta - lr*thetta", "equation 2", "unknown name 'thetta': did you mean theta?", 19),
        (
            "m = β*g; theta = theta - m",
            "equation 1",
            HINT.replace("b = ", "beta = ").replace("b=", "beta=").replace("'b'", "'beta'"),
            4,
        ),
        ("m = g; theta = theta - lr*mg", "equation 2", "adjacent letters are one name: write m*g", 19),
        ("v = g", "equation 1", "no equation moves theta", 0),
        ("g = 2g; theta = theta - g", "equation 1", "'g' is given at every step", 0),
        ("theta = theta - g; f = 1", "equation 2", "'f' is given at every step", 0),
        ("t = t + 1; theta = theta - g", "equation 1", "'t' is given at every step", 0),
        ("H = 1; theta = theta - g", "equation 1", "'H' is given at every step", 0),
        ("theta = theta - g; lr = lr/2", "equation 2", "'lr' is a hyperparameter", 0),
        ("f_star = f; theta = theta - g", "equation 1", "'f_star' is a hyperparameter", 0),
        ("sin = 3; theta = theta - g", "equation 1", "'sin' is a constant or a function", 0),
        ("norm = 3; theta = theta - g", "equation 1", "'norm' is a constant or a function", 0),
        ("theta - lr*g", "equation 1", "an equation assigns a name", 0),
        ("theta == g", "equation 1", "an equation assigns a name", 0),
        ("theta = v = g", "equation 1", "one '=' an equation", 10),
        ("theta = ", "equation 1", "there is no formula", 7),
        ("theta = theta - lr*g)", "equation 1", "this ')' closes nothing", 20),
        ("theta = theta - dot(g)", "equation 1", "dot takes 2 arguments", 16),
        ("theta = theta - noise(1)", "equation 1", "noise takes 0 arguments", 16),
        ("theta = theta - gard(theta)", "equation 1", "there is no function 'gard': did you mean grad?", 16),
        ("theta = theta - 1/0", "equation 1", "this constant part is not a finite real number", 17),
        ("m = g; theta = theta - lr*H", "equation 2", "the Hessian H stands only in solve(H, v)", 19),
        ("theta = theta - solve(H, H)", "equation 1", "the Hessian H stands only in solve(H, v)", 16),
        ("theta = H", "equation 1", "the Hessian H stands only in solve(H, v)", 8),
        ("theta = theta - solve(g, g)", "equation 1", "solve takes the Hessian first: solve(H, g)", 16),
    ],
)
def test_mistakes_in_equations(text: str, where: str, reason: str, column: int) -> None:
    with pytest.raises(FormulaError) as caught:
        optimizer(text)
    assert caught.value.where == where
    assert caught.value.reason.startswith(reason)
    assert caught.value.position == column
    assert str(caught.value).startswith(f"{where}: {reason}")
    assert "\n" not in caught.value.reason


def test_a_misspelled_name_gets_both_ways_out() -> None:
    with pytest.raises(FormulaError) as caught:
        optimizer("mom = rate*mom + g; theta = theta - lr*mon")
    assert caught.value.reason.startswith("unknown name 'rate'")
    assert "--set rate=0.9" in caught.value.reason
    with pytest.raises(FormulaError, match=r"did you mean mom\? Else .*optimizer\(\.\.\., mon=0\.9\)"):
        optimizer("mom = mom + g; theta = theta - lr*mon")


@pytest.mark.parametrize(
    ("text", "settings", "message"),
    [
        ("adm", {}, "there is no optimizer 'adm': did you mean adam?"),
        ("adam(lr=0.1", {}, "'adam(lr=0.1' is no optimizer: write adam, or adam(name=value) with a bracket at the end"),
        ("SGD lr=0.1", {}, "'SGD lr=0.1' is no optimizer: write SGD, or SGD(name=value) with a bracket at the end"),
        ("Adamm", {}, "there is no optimizer 'Adamm': did you mean adam?"),
        ("torch.optim.LBFGS", {}, "there is no optimizer 'torch.optim.LBFGS': see: steepest list optimizers"),
        ("q" * 500, {}, "there is no optimizer 'qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq…': see"),
        ("SGD(weight_decay=0.1)", {}, "the zoo's gd has no weight_decay: add the decay to the function"),
        ("SGD(lr=0.1, nesterov=True)", {}, "the zoo's gd has no nesterov: leave it out"),
        ("RMSprop(momentum=0.9, centered=True)", {}, "the zoo's rmsprop_centered has no momentum"),
        ("Adam(betas=0.9)", {}, "betas is a pair of numbers, such as betas=(0.9, 0.999), not 0.9"),
        ("adam(learning_rate=0.1, lr=0.2)", {}, "the hyperparameter 'lr' is set twice, as learning_rate too"),
        ("adam(0.1, 0.9)", {}, "a hyperparameter is set as name=value, such as lr=0.1, not '0.9'"),
        *((f"optax.{name}(0.1)", {}, f"optax's {name} {why}") for name, why in frameworks.OTHERWISE_IN_OPTAX.items()),
        ("qqq", {}, "there is no optimizer 'qqq': see: steepest list optimizers"),
        ("", {}, "an optimizer is a name such as adam"),
        (" ;\n; ", {}, "an optimizer is a name such as adam"),
        ("adam", {"beta": 1}, "the optimizer 'adam' has no hyperparameter 'beta': did you mean beta"),
        ("gd", {"zzz": 1}, "the optimizer 'gd' has no hyperparameter 'zzz': it has lr"),
        ("polyak_step", {"lr": 1}, "the optimizer 'polyak_step' has no hyperparameter 'lr': it has f_star"),
        ("theta = theta - g", {"b": 1}, "the optimizer 'custom' has no hyperparameter 'b': it has none"),
        ("adam(lr)", {}, "a hyperparameter is set as name=value, such as lr=0.1, not 'lr'"),
        ("adam(lr=1, lr=2)", {}, "the hyperparameter 'lr' is set twice"),
        ("gd", {"lr": float("nan")}, "lr is a finite number, not nan"),
        ("gd", {"lr": float("inf")}, "lr is a finite number, not inf"),
        ("gd", {"lr": 10**400}, "lr is a number or a formula in t and T"),
        ("gd", {"lr": [1]}, "lr is a number or a formula in t and T"),
        ("gd", {"lr": " "}, "lr has no value: write a number or a formula in t and T"),
        ("gd", {"lr": None}, "lr is a number or a formula in t and T"),
        ("gd", {"lr": read_expression("x + t", known=("x", "t"))}, "lr is a formula in t and T, and 'x' is neither"),
    ],
)
def test_mistakes_around_equations(text: str, settings: dict[str, Setting], message: str) -> None:
    with pytest.raises(InputError) as caught:
        optimizer(text, **settings)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


TOO_LONG = {
    " " * 16_000: "the optimizer has 16,000 characters and may have 8,000",
    "adam(" + "a" * 400_000: "the optimizer has 400,005 characters and may have 8,000",
    "a = 1;" * 1_000: "the optimizer has 1,000 equations and may have 100",
    "a = 1;" * 10_000: "the optimizer has 60,000 characters and may have 8,000",
    "adam(" + "a=1," * 1_000 + ")": "the optimizer has 1,000 hyperparameters and may have 100",
    "adam(" + "a" * 5_000 + ")": f"a hyperparameter is set as name=value, such as lr=0.1, not '{'a' * 39}…'",
    "a" * 5_000: f"there is no optimizer '{'a' * 39}…': see: steepest list optimizers",
    "adam(" + "(" * 3_000 + ")" * 3_000: f"a hyperparameter is set as name=value, such as lr=0.1, not '{'(' * 39}…'",
}


@pytest.mark.parametrize("text", TOO_LONG)
def test_long_texts_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError) as caught:
        optimizer(text)
    assert str(caught.value) == TOO_LONG[text]


def test_blanks_cost_nothing() -> None:
    assert optimizer(" " * 7_000 + "adam" + "\t" * 900).name == "adam"
    assert optimizer("adam" + " " * 7_000 + "(lr=0.5)").settings["lr"] is number(0.5)


@pytest.mark.parametrize("value", ["x", "theta", "0.1/", "t*g", "1/0", "m = 3"])
def test_a_schedule_knows_t_and_T_only(value: str) -> None:  # noqa: N802
    with pytest.raises(FormulaError) as caught:
        optimizer("gd", lr=value)
    assert caught.value.where == "lr"


USUAL = {
    "SGD": "gd",
    "sgd": "gd",
    "torch.optim.SGD(lr=0.1)": "gd(lr=0.1)",
    "SGD(0.1)": "gd(lr=0.1)",
    "SGD(momentum=0)": "gd",
    "SGD(lr=0.1, momentum=0.9)": "momentum(lr=0.1, beta=0.9)",
    "optax.sgd(0.1, momentum=0.9)": "momentum(lr=0.1, beta=0.9)",
    "torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)": "nesterov(lr=0.1, beta=0.9)",
    "optim.SGD(params, lr=0.1, momentum=0.9, dampening=0, weight_decay=0)": "momentum(lr=0.1, beta=0.9)",
    "nag": "nesterov",
    "NAG(momentum=0.8)": "nesterov(beta=0.8)",
    "Nesterov": "nesterov",
    "Momentum": "momentum",
    "SGDM": "momentum",
    "momentum(momentum=0.8)": "momentum(beta=0.8)",
    "Heavy Ball": "heavy_ball",
    "heavy-ball": "heavy_ball",
    "Adam": "adam",
    "ADAM": "adam",
    "adam(learning_rate=0.01)": "adam(lr=0.01)",
    "optax.adam(0.1, b1=0.8)": "adam(lr=0.1, beta1=0.8)",
    "Adam(betas=(0.8, 0.99), eps=1e-4)": "adam(eps=0.0001, beta1=0.8, beta2=0.99)",
    "Adam(amsgrad=False)": "adam",
    "keras.optimizers.Adam(learning_rate=0.01, beta_1=0.8, epsilon=1e-7)": "adam(lr=0.01, beta1=0.8, eps=1e-7)",
    "Adam(lr=1e-3, weight_decay=0)": "adam(lr=0.001)",
    "Adam(amsgrad=True)": "amsgrad",
    "AMSGrad": "amsgrad",
    "AdamW(lr=1e-3, weight_decay=0.1)": "adamw(lr=0.001, decay=0.1)",
    "Adamax": "adamax",
    "NAdam": "nadam",
    "RAdam": "radam",
    "NAdam(momentum_decay=0.01)": "nadam(psi=0.01)",
    "Adagrad": "adagrad",
    "AdaGrad": "adagrad",
    "Adadelta(rho=0.95)": "adadelta(rho=0.95)",
    "RMSprop": "rmsprop",
    "RMSProp(rho=0.9)": "rmsprop(alpha=0.9)",
    "RMSprop(centered=True)": "rmsprop_centered",
    "RMSprop(momentum=0.9)": "rmsprop_momentum(beta=0.9)",
    "Lion(weight_decay=0.1)": "lion(decay=0.1)",
    "AdaBelief": "adabelief",
    "sign_sgd": "signsgd",
    "SignSGD": "signsgd",
    "SAM": "sam",
    "Newton": "newton",
    "Newton-Raphson": "newton",
    "Barzilai-Borwein": "barzilai_borwein",
    "gradient descent": "gd",
    "Adam(lr=0.1/(1+t))": "adam(lr=0.1/(1+t))",
}


@pytest.mark.parametrize(("text", "ours"), USUAL.items())
def test_usual_names_are_read_and_echoed(text: str, ours: str) -> None:
    found, plain_one = optimizer(text), optimizer(ours)
    assert (found, found.read_as) == (plain_one, ours)
    assert plain_one.read_as is None


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_name_of_the_zoo_is_read_in_any_case(name: str) -> None:
    for written in (name.upper(), name.title(), name.replace("_", " "), name.replace("_", "-"), name.replace("_", "")):
        assert optimizer(written) == optimizer(name)
    assert optimizer(name).read_as is None


def test_usual_names_of_keyword_arguments() -> None:
    assert optimizer("SGD", learning_rate=0.1, momentum=0.9, nesterov=True).read_as == "nesterov(lr=0.1, beta=0.9)"
    assert optimizer("Adam", betas=(0.8, 0.9)).read_as == "adam(beta1=0.8, beta2=0.9)"


def test_equations_are_no_names() -> None:
    with pytest.raises(FormulaError, match="unknown name 'gd'"):
        optimizer("s = gd")
    assert optimizer("theta = theta - lr*g").read_as is None


def test_not_a_text() -> None:
    with pytest.raises(InputError, match="not int"):
        optimizer(3)


def test_settings_split_at_commas_outside_brackets() -> None:
    assert {name: plain(value) for name, value in read_settings("lr=min(t,3), b=2").items()} == {
        "lr": "min(t, 3)",
        "b": "2",
    }
    assert read_settings("") == {}


def test_optimizers_are_values() -> None:
    one = optimizer("adam", lr=0.05)
    again = pickle.loads(pickle.dumps(one))
    assert isinstance(again, Optimizer)
    assert (again.equations, again.settings, again.defaults) == (one.equations, one.settings, one.defaults)
    assert one == optimizer("adam(lr=0.05)")
    assert not set(GIVEN) & set(one.hyperparameters)


@pytest.mark.parametrize(
    ("equations", "decays"),
    [
        ("gd", False),
        ("adam", False),
        ("sam", False),
        ("newton", False),
        ("sutskever_nesterov", False),
        ("adamw", True),
        ("lion", True),
        ("theta = theta - 0.1*g - 0.2*v; v = g", False),
        ("theta = theta - 0.1*(g + 0.5*theta)", True),
        ("theta = 0.9*theta - 0.1*g", True),
        ("d = 0.01*theta; theta = theta - 0.1*g - d", True),
        ("theta = theta - 0.1*grad(theta - 0.1*theta)", False),
    ],
)
def test_weight_decay(equations: str, decays: bool) -> None:
    assert optimizer(equations).decays_weights is decays
