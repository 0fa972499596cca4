"""The page as a widget of a notebook: anywidget carries it to Jupyter, VS Code, Colab and marimo.

The page and Python share one state. Texts are read and files are made here; the page computes for itself.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from steepest.errors import InputError, SteepestError
from steepest.lab import document as page
from steepest.lab import requests as answers
from steepest.lab.bundle import bundle, styles
from steepest.lab.state import check_state
from steepest.objectives.formula import read_objective
from steepest.optimizers.optimizer import read_setting
from steepest.plot.mpl.settings import own_settings
from steepest.runs.descent import compare
from steepest.runs.start import builtin_number, start_position
from steepest.runs.trajectory import Comparison

Data = dict[str, Any]
STILL = 80  # pixels an inch of the picture in a saved notebook


def module() -> str:
    """The page as one module with anywidget's default export."""
    return f"{bundle('hosts/widget.js')}\nexport default hosts_widget_js.default;\n"


def _limit(name: str, meaning: str) -> Any:
    """A number of the state that ends or seeds a run."""

    def read(self: Lab) -> Any:
        return self.state[name]

    def write(self: Lab, value: Any) -> None:
        self._change(**{name: builtin_number(value)})

    return property(read, write, doc=meaning)


class Lab(anywidget.AnyWidget):
    """The page in a notebook; `steepest.lab` makes one.

    What is set here is drawn at once, and what is moved there can be read here: `objective`, `start`, `lr`, `steps`, `tol`,
    `gtol`, `seed`, `optimizers`; `observe(function, "state")` tells of every change. A saved notebook shows a picture of the runs
    as they were when the cell ran.

    Attributes:
        state: the page's state, plain data: see `steepest.lab.document.state_of`.
        document: what the page was given to begin with.
    """

    _esm = module()
    _css = styles()
    document = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    host = traitlets.Unicode("widget", read_only=True).tag(sync=True)

    steps = _limit("steps", "The step limit.")
    tol = _limit("tol", "The length of a step that ends a run.")
    gtol = _limit("gtol", "The length of a gradient that ends a run.")
    seed = _limit("seed", "What the noise starts from.")

    def __init__(self, state: Data) -> None:
        made = page.document(state)
        super().__init__(document=made, state=made["state"])
        self.on_msg(_reply)

    @property
    def runs(self) -> Comparison:
        """The runs that the page shows, each a `Trajectory`.

        Raises:
            InputError, FormulaError: for texts on the page that cannot be run.
        """
        return Comparison(tuple(answers.runs(self.state)))

    @property
    def objective(self) -> str:
        """The formula, or the name of a gallery function; a new one begins at its own start."""
        return str(self.state["objective"])

    @objective.setter
    def objective(self, text: str) -> None:
        function = answers.objective({"text": text})
        known = self.state["start"] if len(self.state["start"]) == len(function["names"]) else function["start"]
        self._change(objective=function["text"], start=known, zoom=None)

    @property
    def start(self) -> tuple[float, ...]:
        """Where the runs begin: one number for each parameter."""
        return tuple(map(float, self.state["start"]))

    @start.setter
    def start(self, value: Any) -> None:
        self._change(start=list(start_position(read_objective(self.objective), value, self.seed)))

    @property
    def lr(self) -> float | str | tuple[float | str, ...]:
        """The learning rate: a number, or a formula in `t` and `T`; of several optimizers that differ, one for each."""
        values = tuple(run.settings["lr"] for run in self.runs if "lr" in run.settings)
        return values[0] if len(set(values)) == 1 else values

    @lr.setter
    def lr(self, value: float | str) -> None:
        read_setting("lr", value)
        changed = [
            {
                **each,
                "settings": {**(each.get("settings") or {}), **({"lr": builtin_number(value)} if "lr" in run.settings else {})},
            }
            for each, run in zip(self.state["optimizers"], self.runs, strict=True)
        ]
        self._change(optimizers=changed)

    @property
    def optimizers(self) -> tuple[str, ...]:
        """The optimizers, each a name or equations; new ones have the settings that their texts say."""
        return tuple(str(each["text"]) for each in self.state["optimizers"])

    @optimizers.setter
    def optimizers(self, texts: str | Sequence[str]) -> None:
        made = compare(self.objective, [texts] if isinstance(texts, str) else texts, self.start, steps=0, seed=self.seed)
        self._change(optimizers=page.state_of(made.runs)["optimizers"])

    def _change(self, **changes: Any) -> None:
        """Show another state, if it can be run."""
        new = {**self.state, **changes}
        check_state(new)
        answers.runs(new)
        self.state = new

    def _repr_mimebundle_(self, **options: Any) -> Any:
        shown = super()._repr_mimebundle_(**options)
        if not shown:
            return shown
        bundle, *metadata = shown if isinstance(shown, tuple) else (shown,)
        bundle = {**bundle, "text/plain": repr(self), "image/png": self._picture()}
        return (bundle, *metadata) if isinstance(shown, tuple) else bundle

    def _picture(self) -> str:
        """The runs as they are now, for those who read the notebook without a kernel."""
        file = io.BytesIO()
        drawn: Any = self.runs.plot()
        with own_settings():
            drawn.savefig(file, format="png", dpi=STILL)
        return base64.b64encode(file.getvalue()).decode()

    def __repr__(self) -> str:
        return f"<Lab of {', '.join(self.optimizers)} on {self.objective}>"


def _reply(widget: Lab, question: Any, buffers: Any) -> None:
    """Answer what the page asks."""
    if not isinstance(question, dict) or "id" not in question:
        return
    try:
        result = _answer(question)
    except SteepestError as error:
        widget.send({"id": question["id"], "ok": False, "error": answers.mistake(error)})
    else:
        widget.send({"id": question["id"], "ok": True, "result": result})


def _answer(question: Data) -> Data:
    kind = question.get("kind")
    if kind == "objective":
        return answers.objective(question)
    if kind == "optimizer":
        return answers.optimizer(question)
    if kind == "export":
        made = answers.file(question)
        return {"name": made.name, "type": made.kind, "data": base64.b64encode(made.data).decode()}
    raise InputError(f"there is no question '{kind}'")
