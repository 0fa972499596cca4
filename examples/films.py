"""Films small enough for a page: a curve, a race over contours, a surface. Writes descent.gif, race.gif and surface.gif."""

import steepest

WIDE = (960, 540)

run = steepest.descend("sin(x) + cos(2x)", start=1, lr=0.2)
run.animate("descent.gif", size=WIDE, fps=15, caption="step")

race = steepest.compare("rosenbrock", ["gd", "momentum(beta=0.9)", "adam(lr=0.05)"], lr=0.001, steps=300)
race.animate("race.gif", size=WIDE, fps=15)

hills = steepest.compare("sin(x)cos(y)", ["gd", "momentum(beta=0.8)"], start=(1.2, 0.4), lr=0.1, steps=60)
hills.animate("surface.gif", view="surface", size=WIDE, fps=15)
