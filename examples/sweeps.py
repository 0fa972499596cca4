"""Ten pictures of many runs: which minimum a start reaches, which learning rate works, where theory says so. Ten PNG files."""

import steepest
from steepest import linear, log

SIDE = 500

# Where would each start end? A hue for each minimum, lighter for fewer steps.
himmelblau = {"x": linear(-5, 5, SIDE), "y": linear(-5, 5, SIDE)}
steepest.sweep("himmelblau", himmelblau, optimizer="momentum(lr=0.01)", steps=3000).save("basins.png")
steepest.sweep("himmelblau", himmelblau, optimizer="gd(lr=0.024)", steps=2000).save("steep_steps.png")

camel = {"x": linear(-2, 2, SIDE), "y": linear(-1.1, 1.1, SIDE)}
steepest.sweep("six_hump_camel", camel, optimizer="nesterov(lr=0.03)", steps=600).save("camel.png")

waves = {"x": linear(-3, 3, SIDE), "y": linear(-3, 3, SIDE)}
steepest.sweep("rastrigin", waves, optimizer="momentum(lr=0.002)", steps=600).save("rastrigin.png")

cube = "(x^3 - 3x*y^2 - 1)^2 + (3x^2*y - y^3)^2"  # |z^3 - 1|^2: its minima are the three cube roots of 1
plane = {"x": linear(-1.6, 1.6, SIDE), "y": linear(-1.6, 1.6, SIDE)}
steepest.sweep(cube, plane, optimizer="momentum(lr=0.02)", steps=2000).save("cube_roots.png")

# Which learning rate, and how much momentum? With the bound of stability and the best of theory over it.
heavy = {"lr": linear(0.0005, 0.22, 250), "beta": linear(0, 0.99, 250)}
steepest.sweep("x^2 + 10y^2", heavy, optimizer="heavy_ball", start=(1, 1), steps=300, rate=True).save("heavy_ball.png", by="rate")
valley = {"lr": log(1e-5, 1e-2, SIDE), "beta": linear(0, 0.99, SIDE)}
steepest.sweep("rosenbrock", valley, optimizer="momentum", steps=500).save("rosenbrock.png")

# A learning rate above the bound: a double well falls into cycles, then into chaos, then apart.
steepest.sweep("(x^2-1)^2/4", {"lr": linear(0.5, 2.05, 4000)}, start=0.3, steps=3000).save("cycles.png")
wells = {"lr": linear(0.2, 1.0, SIDE), "x": linear(-3, 3, SIDE)}
steepest.sweep("(x^2-1)^2/4", wells, steps=400).save("wells.png")

# The same starts, four optimizers.
race = {"x": linear(-5, 5, 300), "y": linear(-5, 5, 300)}
four = ["gd(lr=0.01)", "momentum(lr=0.003)", "nesterov(lr=0.003)", "adam(lr=1)"]
steepest.sweep("himmelblau", race, optimizer=four, steps=1000).save("optimizers.png")
