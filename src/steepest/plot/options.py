"""The options of pictures and films: the command line, the methods of a run and the command in every file follow from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError, clipped
from steepest.plot.size import PRESETS, checked_size, picture_size
from steepest.plot.theme import THEMES

if TYPE_CHECKING:
    from steepest.optimizers.optimizer import Optimizer

AxisLimits = Sequence[Sequence[float]] | Sequence[float]

VIEWS = ("plane", "surface", "parameters", "slices", "directions", "diagnosis")
MANY = ("parameters", "slices", "directions")  # of three and more parameters
AGAINST = {"steps": "step", "evaluations": "evaluations", "time": "seconds"}
"""What the value can be drawn against, and the word on that axis."""
SCALES = ("linear", "log")
PACES = ("steps", "uniform", "log")
CAPTIONS = ("step",)
LAYOUTS = ("both", "side", "picture", "chart")
LARGEST = 1e300  # of a coordinate of a picture
NARROWEST = 1e-12  # an axis, relative to the size of the numbers at its ends
NOUNS = {"zscale": "scale of the heights"}  # in a message, where a field's name is none
KINDS: dict[str, tuple[type, str]] = {
    "int": (Integral, "a whole number"), "float": (Real, "a number"), "bool": (bool, "true or false"),
}  # fmt: skip


def _option(default: Any, text: str, **metadata: Any) -> Any:
    """A field with what the command line needs besides its name, type and default: its help, `metavar`, `choices` or `flag`."""
    return field(default=default, metadata={"help": text, **metadata})


@dataclass(frozen=True, kw_only=True)
class PictureOptions:
    """What a picture or a film shows, and how it looks.

    Attributes:
        view: `plane`, the curve or the contours; `surface`, a function of two parameters in 3-D; of three and more parameters,
            `parameters`, a chart of each against the steps, which `plane` means there, too; `slices`, up to four pairs of
            parameters with the others as at the end; `directions`, the plane of the path's two main directions (principal
            components); `diagnosis`, a picture of the plane with the diagnosis of one run.
        over: of three and more parameters, the names of the two that a slice shows, the others being as at the end; a sequence, or
            a text with a comma; kept as a tuple. It means the view `slices`.
        at: the number of steps before the local quadratic of a diagnosis; by default the first unstable step, else the start.
        drop: of a surface: whether a line leads from each run's head down to the floor.
        zscale: of a surface: `linear`, `log` (of the distance to the least value), or the one that shows its shape if None.
        limits: the part to show instead of the one that fits: `(low, high)` of one parameter, or a pair for each axis; kept as
            pairs.
        against: what the value is drawn against: `steps`; `evaluations`, as `run.evaluations` counts them; `time`, in which each
            position was reached: of equations, whose steps take less than a clock can tell, the time of the run, evenly.
        theme: `light`, `dark` or `journal`, black on white and grays, in which runs differ by their dashes and markers alone.
        style: a matplotlib style file or the name of one of matplotlib's styles, applied on top of the theme.
        show: what to draw at the head of each run: `gradient`, `update`, `momentum`, or any quantity that its equations name;
            `full`, the gradient over all rows where each step takes a batch, and the values over all rows in the chart of a still
            picture; `trials`, a mark wherever an optimizer of another library asked for something and did not step to; a
            sequence, or a text with commas; kept as a tuple.
        size: width and height in pixels, or `slide` (1920 x 1080), `square` (1080 x 1080), `column` (3.4 inches wide, as a
            journal's column), `poster` (4800 x 3600), `thumbnail` (480 x 270, the picture without words); by default what suits
            a still picture, and 1280 x 720 of a film. Words grow with the picture: on 1920 x 1080 none is under 22 pixels.
        dpi: pixels an inch, from 20 to 1200: more make the words larger in a picture of a given size, and a still picture without
            one sharper. What suits the size if None.
        layout: `both`, the picture and the chart, as the shape of the whole suggests; `side`, side by side in any case;
            `picture` or `chart`, one of them, in all the room.
        title: the words at the top; those of the function if None, none if empty.
        legend: whether runs and markers are explained.

    Raises:
        InputError: for values that are none of these, or that do not go together.

    >>> options = PictureOptions(limits=(-2, 2), show="gradient, v")
    >>> options.limits, options.show
    (((-2.0, 2.0),), ('gradient', 'v'))
    """

    view: str = _option(
        "plane",
        "Of pictures and films: the plane with its contours, or the surface in space; of three and more parameters each of them "
        "against the steps (the default), slices of pairs through the end, or the plane of the path's two main directions; of a "
        "picture also the plane with the diagnosis of one run.",
        choices=VIEWS,
    )
    over: str | Sequence[str] = _option(
        (), "Of three and more parameters, the two of the only slice: w,b. The others are as at the end.", metavar="NAME,NAME"
    )
    at: int | None = _option(None, "The step whose local quadratic the picture of a diagnosis shows.", metavar="STEP")
    drop: bool = _option(False, "Of a surface: a line from each run's head down to the floor.", flag="--drop/--no-drop")
    zscale: str | None = _option(None, "The scale of a surface's heights, unless the function is to say.", choices=SCALES)
    limits: AxisLimits | None = _option(  # noqa: RUF009
        None, "The part to show: -2,2 of one parameter, -2,2,-1,3 of two.", metavar="LOW,HIGH[,LOW,HIGH]"
    )
    against: str = _option("steps", "What the value is drawn against: steps, evaluations or time.", choices=tuple(AGAINST))
    theme: str = _option("light", "Of pictures and films.", choices=tuple(THEMES))
    style: str | None = _option(
        None, "A matplotlib style file, or a style's name such as ggplot, on top of the theme.", metavar="STYLE"
    )
    show: str | Sequence[str] = _option(
        (),
        "Draw what each run carries: gradient, momentum, update, any name in its equations, such as m,v; of batches also full, "
        "what all rows give; of other libraries' optimizers also trials, where they asked and did not step to.",
        metavar="NAMES",
    )
    size: str | tuple[int, int] | None = _option(
        None,
        f"The size: {', '.join(f'{name} ({each.told})' for name, each in PRESETS.items())}, or pixels such as 1280x720. "
        "Words grow with it.",
        metavar="SIZE",
    )
    dpi: float | None = _option(None, "Pixels an inch: more make the words larger, instead of what suits the size.", metavar="N")
    layout: str = _option(
        "both",
        "The picture, the chart, or both: as the shape of the whole suggests, or side by side. "
        "What is left out gives its room away.",
        choices=LAYOUTS,
    )
    title: str | None = _option(None, "The words at the top, instead of the function's; none if empty.", metavar="TEXT")
    legend: bool = _option(True, "Whether runs and markers are explained.", flag="--legend/--no-legend")

    def __post_init__(self) -> None:
        _check_fields(self)
        object.__setattr__(self, "show", _names(self.show))
        if self.over:
            self._check_slice()
        if self.title is not None and not isinstance(self.title, str):
            raise InputError(f"a title is a text, not {clipped(repr(self.title))}")
        if self.dpi is not None and not 20 <= self.dpi <= 1200:
            raise InputError(f"a picture has 20 to 1200 pixels an inch, not {self.dpi:g}")
        if self.size is not None:
            object.__setattr__(self, "size", checked_size(self.size))
            picture_size(self.size, self.dpi, film=False)
        if self.limits is not None:
            object.__setattr__(self, "limits", _intervals(self.limits))
        if self.zscale is not None and self.view != "surface":
            raise InputError("a scale of the heights needs the surface: --view surface, or view='surface'")
        if self.drop and self.view != "surface":
            raise InputError("lines down to the floor need the surface: --view surface, or view='surface'")
        if self.against != "steps" and self.view == "diagnosis":
            raise InputError("the picture of a diagnosis is drawn against steps: leave out --against, or against=")
        if self.layout != "both" and self.view == "diagnosis":
            raise InputError("the picture of a diagnosis has all its panels: leave out --layout, or layout=")
        if self.at is not None and self.view != "diagnosis":
            raise InputError("a step of a diagnosis needs its picture: --view diagnosis, or view='diagnosis'")

    def _check_slice(self) -> None:
        """Read the names of the parameters of a slice, which has a view of its own."""
        names = _names(self.over)
        if len(set(names)) != 2 or len(names) != 2:
            raise InputError(f"a slice is over two parameters, such as w,b, not {', '.join(map(clipped, names))}")
        if self.view not in ("plane", "slices"):
            raise InputError(f"over two parameters is the view slices, not {self.view}: leave one of them out")
        object.__setattr__(self, "over", names)
        object.__setattr__(self, "view", "slices")

    def check_for(self, names: Sequence[str], optimizers: Sequence[Optimizer]) -> None:
        """Refuse what runs of these optimizers on a function of these parameters cannot show.

        Raises:
            InputError: for a view that does not suit the number of parameters, a slice over others, for too few limits, for a
                diagnosis of several runs, and for a quantity that none of the optimizers has.
        """
        parameters = len(names)
        if self.view == "surface" and parameters != 2:
            raise InputError(f"a surface shows a function of two parameters, and this one has {parameters}")
        if self.over and parameters <= 2:
            raise InputError(
                f"a slice is of a function of three and more parameters, and this one has {parameters}: leave 'over' out"
            )
        if self.view in MANY and parameters <= 2:
            raise InputError(
                f"{self.view} are for three and more parameters, and this function has {parameters}: leave the view out"
            )
        for word in self.over:
            if word not in names:
                from steepest.language.suggestions import listed, nearest

                near = nearest(word, names)
                hint = f"did you mean {near}?" if near else f"there are {listed(names)}"
                raise InputError(f"there is no parameter '{clipped(word)}': {hint}")
        if self.view == "diagnosis" and len(optimizers) > 1:
            raise InputError(f"the picture of a diagnosis shows one run, not {len(optimizers)}: draw each by itself")
        if self.limits is not None and parameters > 2:
            raise InputError(f"limits are for one or two parameters, and this function has {parameters}: leave them out")
        if self.limits is not None and len(self.limits) < parameters == 2:
            raise InputError("limits are two pairs for a function of two parameters, such as ((-2, 2), (-1, 3)) or -2,2,-1,3")
        if self.show:
            from steepest.optimizers.quantities import check_shown

            check_shown(self.show, optimizers)


@dataclass(frozen=True, kw_only=True)
class FilmOptions:
    """How long a film is, and at which pace it shows the steps.

    Attributes:
        fps: frames a second, from 1 to 120.
        seconds, frames: the length before the last frame is held, one of them at most; if neither, 2 to 6 seconds besides the slow
            beginning.
        pace: `steps`, one frame for each step; `uniform`, the same time for each step; `log`, in which step k begins at a
            time proportional to log(1 + k), so that the first steps, where most happens, get the most time. By default
            `uniform` for up to 60 steps, else `log`.
        hold: seconds on the last frame, with the card that says how the runs ended.
        trail: how many of the last steps stay visible; all if None.
        loop: whether the film begins again at its end, where the format can say so.
        narrated: whether the film begins slowly and ends with a card: the function for 0.7 seconds, the start for 0.9, the
            slope there for 1.2, the first step for 1.8; these 4.6 seconds take at most half of a chosen length, and a film of
            less than 4 seconds begins at once. The camera of a surface waits meanwhile. The card says how the runs ended; it
            follows half a second after the last step. A film with a chosen number of frames, or with a frame for each step,
            has these alone.
        caption: `step` writes below the picture each step as it happens, worked out with its numbers: `x = 3 - 0.3*6 = 1.2`;
            None writes nothing.
        turn: degrees by which the camera of a surface turns over the film, counterclockwise as seen from above; it then stands at
            most 48 degrees high, so that the surface fills its panel all the way.

    Raises:
        InputError: for values out of range, for two lengths, and for a length besides the pace `steps`, which has its own.

    >>> FilmOptions(seconds=4, pace="log").seconds
    4
    """

    turn: float = _option(0, "Turn the camera of a surface over a film, by 90 for example.", metavar="DEGREES")
    fps: float = _option(30, "A film's frames a second.", metavar="N")
    seconds: float | None = _option(None, "A film's length before its last frame is held.", metavar="N")
    frames: int | None = _option(None, "A film's length, in frames.", metavar="N")
    pace: str | None = _option(
        None, "A film's pace: steps (a frame each), uniform, or log (the first steps get the most time).", metavar="PACE"
    )
    hold: float = _option(3, "How long a film's last frame stays.", metavar="SECONDS")
    trail: int | None = _option(None, "Show the last N steps only behind each run of a film.", metavar="N")
    loop: bool = _option(True, "Whether a GIF or APNG begins again at its end.", flag="--loop/--once")
    narrated: bool = _option(
        True,
        "Whether a film begins slowly, with the function, the start and the first step, and ends with a card of the ending.",
        flag="--narrated/--plain",
    )
    caption: str | None = _option(
        None, "Write below a film what happens: each step, worked out with its numbers.", choices=CAPTIONS
    )

    def __post_init__(self) -> None:
        _check_fields(self)
        if not 1 <= self.fps <= 120:
            raise InputError(f"a film has 1 to 120 frames a second, not {self.fps:g}")
        if self.pace is not None and self.pace not in PACES:
            raise InputError(f"the pace is one of {', '.join(PACES)}, not {self.pace!r}")
        if self.seconds is not None and not 0 < self.seconds < math.inf:
            raise InputError(f"a film lasts more than 0 seconds, not {self.seconds:g}")
        if self.frames is not None and self.frames < 1:
            raise InputError(f"a film has at least one frame, not {self.frames}")
        if not 0 <= self.hold < math.inf:
            raise InputError(f"the last frame is held for 0 or more seconds, not {self.hold:g}")
        if self.seconds is not None and self.frames is not None:
            raise InputError("a film has a number of seconds or of frames, not both")
        if self.pace == "steps" and (self.seconds is not None or self.frames is not None):
            raise InputError("with a frame for every step, the steps say how long the film is: leave out its seconds or frames")
        if self.trail is not None and self.trail < 1:
            raise InputError(f"a trail has at least one step, not {self.trail}")
        if not -3600 <= self.turn <= 3600:
            raise InputError(f"the camera turns by -3600 to 3600 degrees, not {self.turn:g}")


def chosen(options: PictureOptions | FilmOptions) -> dict[str, Any]:
    """The options that differ from their defaults.

    >>> chosen(FilmOptions(fps=24, loop=False))
    {'fps': 24, 'loop': False}
    """
    return {each.name: value for each in fields(options) if (value := getattr(options, each.name)) != each.default}


def _check_fields(options: PictureOptions | FilmOptions) -> None:
    """Refuse words that are none of a field's choices, and what is no number or truth value where one is needed,
    such as a text of digits."""
    for each in fields(options):
        value, (name, _, optional) = getattr(options, each.name), str(each.type).partition(" | ")
        if value is None and optional:
            continue
        choices = each.metadata.get("choices")
        if choices and value not in choices:
            raise InputError(f"the {NOUNS.get(each.name, each.name)} is one of {', '.join(choices)}, not {value!r}")
        if name in KINDS and not _is_kind(value, KINDS[name][0]):
            raise InputError(f"{each.name} is {KINDS[name][1]}, not {value!r}")


def _is_kind(value: object, kind: type) -> bool:
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _names(names: str | Sequence[str]) -> tuple[str, ...]:
    """Names, also of a text with commas between them."""
    parts = names.split(",") if isinstance(names, str) else list(names) if isinstance(names, Iterable) else [names]
    if not all(isinstance(part, str) for part in parts):
        raise InputError(f"what is shown is a name or a list of names, not {names!r}")
    words = tuple(word.strip() for word in parts)
    if not all(words):
        raise InputError("what is shown has an empty name: write such as gradient,momentum,update")
    return words


def _intervals(limits: Any) -> tuple[tuple[float, float], ...]:
    """Limits as one pair or two; a flat sequence will do."""
    told = clipped(repr(limits))
    try:
        parts: list[Any] = [] if isinstance(limits, str) else list(limits)
        flat = [float(value) for part in parts for value in (part if isinstance(part, Iterable) else [part])]
    except (TypeError, ValueError, OverflowError):
        flat = []
    pairs = tuple(zip(flat[::2], flat[1::2], strict=False))
    if len(flat) not in (2, 4) or not all(-math.inf < low < high < math.inf for low, high in pairs):
        raise InputError(f"limits are a low and a high number, low < high, or such a pair for each axis, not {told}")
    if any(max(-low, high) >= LARGEST or high - low < NARROWEST * max(-low, high) for low, high in pairs):
        raise InputError(f"limits are numbers up to {LARGEST:g} that differ by {NARROWEST:g} of their size or more, not {told}")
    return pairs


PICTURE_DEFAULTS, FILM_DEFAULTS = PictureOptions(), FilmOptions()
