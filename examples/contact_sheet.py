"""Contact sheets: every function of the gallery with two parameters, in the plane and as a surface, page by page.

Run `python examples/contact_sheet.py FOLDER [THEME]`: it writes `sheet-1.png` and so on into the folder, which must exist.
"""

import sys
from io import BytesIO
from pathlib import Path

import matplotlib.pyplot as plt

import steepest
from steepest.objectives.gallery import GALLERY

ROWS, COLUMNS = 4, 2  # of functions on a page, two pictures each
SIZE = (960, 540)


def picture(run: steepest.Trajectory, view: str, theme: str) -> BytesIO:
    """A run as PNG."""
    file = BytesIO()
    run.plot(view, theme=theme, size=SIZE, layout="picture", legend=False).savefig(file, format="png")
    file.seek(0)
    return file


def main(folder: Path, theme: str = "light") -> None:
    """Write all pages."""
    names = [name for name, entry in GALLERY.items() if len(entry.names) == 2]
    for page, first in enumerate(range(0, len(names), ROWS * COLUMNS), 1):
        figure, axes = plt.subplots(ROWS, 2 * COLUMNS, figsize=(19.2, 10.8), facecolor="#808080", layout="constrained")
        for ax in axes.flat:
            ax.set_axis_off()
        for place, name in enumerate(names[first : first + ROWS * COLUMNS]):
            run = steepest.descend(name)
            row, column = divmod(place, COLUMNS)
            for offset, view in enumerate(("plane", "surface")):
                axes[row, 2 * column + offset].imshow(plt.imread(picture(run, view, theme)))
        figure.savefig(folder / f"sheet-{page}.png")
        plt.close(figure)
        print(folder / f"sheet-{page}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
