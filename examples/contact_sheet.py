"""Contact sheets: functions of the gallery with two parameters, each in the plane and as a surface, page by page.

Run `python examples/contact_sheet.py [NAME ...]`, with `all` for every one of them; it writes sheet-1.png and so on.
"""

import sys
from io import BytesIO

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

import steepest
from steepest.objectives.gallery import GALLERY

ROWS, COLUMNS = 4, 2  # of functions on a page, two pictures each
KNOWN = ("rosenbrock", "himmelblau", "rastrigin", "easom")


def picture(run: steepest.Trajectory, view: str) -> BytesIO:
    """A run as PNG."""
    file = BytesIO()
    shown = run.plot(view, size=(960, 540), layout="picture", legend=False)
    assert isinstance(shown, Figure)
    shown.savefig(file, format="png")
    file.seek(0)
    return file


asked = sys.argv[1:] or KNOWN
names = [name for name, entry in GALLERY.items() if len(entry.names) == 2 and (name in asked or "all" in asked)]
for page, first in enumerate(range(0, len(names), ROWS * COLUMNS), 1):
    figure, axes = plt.subplots(ROWS, 2 * COLUMNS, figsize=(19.2, 10.8), facecolor="#808080", layout="constrained")
    for ax in axes.flat:
        ax.set_axis_off()
    for place, name in enumerate(names[first : first + ROWS * COLUMNS]):
        run = steepest.descend(name)
        row, column = divmod(place, COLUMNS)
        for offset, view in enumerate(("plane", "surface")):
            axes[row, 2 * column + offset].imshow(plt.imread(picture(run, view)))
    figure.savefig(f"sheet-{page}.png")
    print(f"sheet-{page}.png")
