"""The text of a model, `price ~ w*size + b`: what is predicted, and by what."""

from __future__ import annotations

import re

from steepest.data.opening import AnyTable
from steepest.data.table import position
from steepest.errors import FormulaError, InputError, clipped
from steepest.language.notation import is_plain_name
from steepest.language.operations import FUNCTIONS, REDUCTIONS
from steepest.language.suggestions import nearest

PREDICTORS = ("linear", "logistic", "softmax")
SHORT = 4  # letters of a word that is not taken for a misspelled model
OF_COLUMNS = re.compile(rf"\s*({'|'.join(PREDICTORS)})\s*(\(.*\))?\s*", re.DOTALL)


def as_definition(model: str) -> str:
    """The text with `=` in the place of `~`, as a formula is defined; places in both are the same.

    Raises:
        FormulaError, InputError: for a text without, or with two of them.
    """
    place = tilde(model)
    return model[:place] + "=" + model[place + 1 :]


def is_model(text: str) -> bool:
    """Whether a text has a `~` outside of backquotes, and so is a model.

    >>> is_model("price ~ w*size"), is_model("mean(`a~b`*w)")
    (True, False)
    """
    return any("~" in part for part in text.split("`")[::2])


def tilde(model: str) -> int:
    """The place of the `~`; those in backquotes belong to a name.

    Raises:
        FormulaError, InputError: for a text without, or with two of them.
    """
    if not isinstance(model, str) or not model.strip():
        raise InputError("a model is a text such as 'price ~ w*size + b'")
    quoted, places = False, []
    for place, sign in enumerate(model):
        quoted ^= sign == "`"
        if sign == "~" and not quoted:
            places.append(place)
    if not places:
        raise FormulaError("write the column that is predicted in front, such as price ~ w*size + b", model, 0)
    if len(places) > 1:
        raise FormulaError("a model has one '~'", model, places[1])
    return places[0]


def target_of(text: str, model: str, table: AnyTable) -> str:
    """The column that is predicted.

    Raises:
        FormulaError: where the text begins with none.
    """
    head = text.partition("=")[0].strip() if "`" not in text.partition("=")[0] else text.strip()
    if head.startswith("`"):
        name = head[1:].partition("`")[0]
    else:
        name = head.partition("(")[0].strip()
    if not name:
        raise FormulaError("write the column that is predicted in front, such as price ~ w*size + b", model, 0)
    if name not in table:
        if not re.fullmatch(r"[^\W\d]\w*", name) or name in (*FUNCTIONS, *REDUCTIONS):
            reason = f"in front of '~' stands a column, such as {clipped(table.names[0])}, not a formula"
            raise FormulaError(reason, model, model.index(head[0]))
        try:
            position(table, name)
        except InputError as error:
            raise FormulaError(str(error), model, model.index(name)) from None
    if not head.startswith("`") and not is_plain_name(name):
        raise FormulaError(f"write `{clipped(name)}`, with backquotes", model, model.index(name))
    return name


def of_columns(model: str) -> tuple[str, list[tuple[str, int]] | None] | None:
    """What a model of many columns says: its predictor, and the named columns with their places; None for any other model.

    Where no columns are named, they are all.

    >>> of_columns("price ~ linear"), of_columns("price ~ logistic(size)"), of_columns("price ~ w*size")
    (('linear', None), ('logistic', [('size', 17)]), None)
    """
    found = OF_COLUMNS.fullmatch(model, tilde(model) + 1)
    if found is None:
        return None
    return found[1], None if found[2] is None else _arguments(model, found.start(2) + 1, found.end(2) - 1)


def default_loss(model: str) -> str:
    """The loss of a model that is given none: `log` for logistic and softmax, else `mse`.

    Args:
        model: without the target.

    >>> default_loss("w*x + b"), default_loss("softmax(size, age)")
    ('mse', 'log')
    """
    found = OF_COLUMNS.fullmatch(model)
    return "log" if found and found[1] != "linear" else "mse"


def check_predictor(model: str, table: AnyTable) -> None:
    """Refuse a lone word that is neither a column nor a model, but spelled almost like one.

    Raises:
        FormulaError: with the model that was meant.
    """
    place = tilde(model)
    word = model[place + 1 :].partition("(")[0].strip()
    near = nearest(word, PREDICTORS) if word.isidentifier() and word not in table else None
    if near and len(word) > SHORT and word not in FUNCTIONS:
        reason = f"there is no column and no model '{clipped(word)}': did you mean {near}?"
        raise FormulaError(reason, model, model.index(word, place))


def _arguments(model: str, first: int, last: int) -> list[tuple[str, int]]:
    """Names between commas, with or without backquotes, and where each stands.

    Raises:
        FormulaError: for a comma without a name.
    """
    found: list[tuple[str, int]] = []
    begin, quoted = first, False
    for place in range(first, last + 1):
        quoted ^= model[place] == "`"
        if place < last and (model[place] != "," or quoted):
            continue
        part = model[begin:place]
        name, where = part.strip(), begin + len(part) - len(part.lstrip())
        if name.startswith("`") and name.endswith("`") and len(name) > 1:
            name = name[1:-1]
        if not name:
            raise FormulaError("a column is missing: name them with commas between, or none for all", model, where)
        found.append((name, where))
        begin = place + 1
    return found
