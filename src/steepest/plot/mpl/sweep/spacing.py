"""Lengths that pictures and films of sweeps share, in inches, and their pixels an inch."""

LEFT, RIGHT, BELOW, GAP, BESIDE = 0.8, 0.3, 0.62, 0.75, 0.18
BAR, BAR_GAP, BAR_ROOM = 0.14, 0.12, 0.75
ABOVE = 0.2
CAPTION, LINE, PANEL_TITLE, ROW, PAD = 0.3, 0.19, 0.28, 0.25, 0.14
CHART, BETWEEN = 2.1, 0.14
DPI = 150
