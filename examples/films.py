"""Films small enough for a page: one run on a curve, three optimizers racing. Writes descent.gif and race.gif."""

import steepest

run = steepest.descend("sin(x) + cos(2x)", start=1, lr=0.2)
run.animate("descent.gif", seconds=5, fps=20, size=(800, 440), dpi=72)

race = steepest.compare("rosenbrock", ["gd", "momentum(beta=0.9)", "adam(lr=0.05)"], lr=0.001, steps=300)
race.animate("race.gif", seconds=5, fps=20, size=(800, 470), dpi=72)
