"""The page as a widget of a notebook: anywidget shows it in Jupyter, VS Code, Colab and marimo.

The page and Python share one state. The page reads texts and runs the optimizers itself; Python makes files.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import traitlets

from steepest.errors import InputError, SteepestError
from steepest.lab.bundle import bundle, styles
from steepest.lab.document import first_state
from steepest.lab.error_data import error_data
from steepest.lab.fit_data import state_objective
from steepest.lab.plan import as_optimizers, read_plan
from steepest.lab.requests import INTERNAL_ERROR, export_request
from steepest.lab.texts import default_start, objective_text, setting_data
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.settings import read_setting
from steepest.plot.mpl.settings import own_settings
from steepest.runs.start import builtin_number, start_position
from steepest.runs.trajectory import Comparison

Data = dict[str, Any]
DPI = 80  # of the picture in a saved notebook


def _limit(name: str, meaning: str) -> Any:
    """A property for a field of the state that is one number."""

    def read(self: Lab) -> Any:
        return self.state[name]

    def write(self: Lab, value: Any) -> None:
        self._change(**{name: builtin_number(value)})

    return property(read, write, doc=meaning)


class Lab(anywidget.AnyWidget):
    """The page in a notebook; `steepest.lab` makes one.

    Attributes set from Python are drawn at once, and what the user changes on the page can be read: `objective`, `let`, `start`,
    `lr`, `steps`, `tol`, `gtol`, `seed`, `optimizers`. Only `runs` runs the optimizers. `observe(function, "state")` reports every
    change. A saved notebook shows a picture of the runs as they were when the cell ran.

    Attributes:
        state: the page's state, plain data: see `steepest.lab.state`.
        document: what the page was given at first: see `steepest.lab.document`.
        site: the address of a site that `steepest site` wrote, to which links lead; empty for none, and none is offered then.

    Raises:
        InputError, FormulaError: where an attribute is set to what cannot be run; nothing is changed then.
    """

    _esm = f"{bundle('hosts/widget.js')}\nexport default hosts_widget.default;\n"
    _css = styles()
    document = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    host = traitlets.Unicode("widget", read_only=True).tag(sync=True)
    site = traitlets.Unicode().tag(sync=True)

    steps = _limit("steps", "The step limit.")
    tol = _limit("tol", "The length of a step below which a run has converged.")
    gtol = _limit("gtol", "The gradient's norm below which a run has converged.")
    seed = _limit("seed", "The seed of the optimizers' noise.")

    def __init__(self, made: Data) -> None:
        super().__init__(document=made, state=made["state"])
        self.on_msg(_reply)

    @property
    def runs(self) -> Comparison:
        """The runs that the page shows, each a `Trajectory`.

        Raises:
            InputError, FormulaError: for texts on the page that cannot be run.
        """
        return Comparison(tuple(read_plan(self.state).runs()))

    @property
    def objective(self) -> str:
        """The formula, or the name of a gallery function; one with another number of parameters starts at its own start."""
        return str(self.state["objective"])

    @objective.setter
    def objective(self, text: str) -> None:
        function = state_objective({**self.state, "objective": text})
        start = self.state["start"] if len(self.state["start"]) == len(function.names) else list(default_start(function))
        self._change(objective=objective_text(function), start=start, zoom=None)

    @property
    def let(self) -> dict[str, float]:
        """The values of the formula's constants."""
        return dict(self.state.get("let") or {})

    @let.setter
    def let(self, values: Mapping[str, float]) -> None:
        self._change(let={name: builtin_number(value) for name, value in values.items()})

    @property
    def start(self) -> tuple[float, ...]:
        """Where the runs start: one number for each parameter."""
        return tuple(map(float, self.state["start"]))

    @start.setter
    def start(self, value: Any) -> None:
        self._change(start=list(start_position(state_objective(self.state), value, self.seed)))

    @property
    def lr(self) -> float | str | tuple[float | str, ...]:
        """The learning rate: a number, or a formula in `t` and `T`; one for each optimizer where they differ."""
        values = tuple(setting_data(each["lr"]) for each in read_plan(self.state).hyperparameters if "lr" in each)
        return values[0] if len(set(values)) == 1 else values

    @lr.setter
    def lr(self, value: float | str) -> None:
        given = {"lr": builtin_number(value)}
        read_setting("lr", given["lr"])
        self._change(
            optimizers=[
                {**each, "settings": {**(each.get("settings") or {}), **(given if "lr" in optimizer.hyperparameters else {})}}
                for each, optimizer in zip(self.state["optimizers"], read_plan(self.state).optimizers, strict=True)
            ]
        )

    @property
    def optimizers(self) -> tuple[str, ...]:
        """The optimizers, each a name or equations; new ones have the hyperparameters that their texts set."""
        return tuple(str(each["text"]) for each in self.state["optimizers"])

    @optimizers.setter
    def optimizers(self, value: str | Optimizer | Sequence[str | Optimizer]) -> None:
        state = first_state(state_objective(self.state), self.start, as_optimizers(value), seed=self.seed)
        self._change(optimizers=state["optimizers"])

    def _change(self, **changes: Any) -> None:
        """Show another state, if it can be run."""
        state = {**self.state, **changes}
        read_plan(state)
        self.state = state

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
            drawn.savefig(file, format="png", dpi=DPI)
        return base64.b64encode(file.getvalue()).decode()

    def __repr__(self) -> str:
        return f"<Lab of {', '.join(self.optimizers)} on {self.objective}>"


def _reply(widget: Lab, request: Any, buffers: Any) -> None:
    """Answer a message of the page."""
    if not isinstance(request, dict) or "id" not in request:
        return
    try:
        result = _result(request)
    except SteepestError as error:
        widget.send({"id": request["id"], "ok": False, "error": error_data(error)})
    except BaseException:  # the page waits for an answer; Python's log has the rest
        widget.send({"id": request["id"], "ok": False, "error": error_data(SteepestError(INTERNAL_ERROR))})
        raise
    else:
        widget.send({"id": request["id"], "ok": True, "result": result})


def _result(request: Data) -> Data:
    if request.get("kind") != "export":
        raise InputError(f"there is no request '{request.get('kind')}'")
    file = export_request(request)
    return {"name": file.name, "type": file.media_type, "data": base64.b64encode(file.data).decode()}
