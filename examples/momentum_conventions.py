"""Four textbooks, four momentums: the same name, different steps. Writes momentum.png."""

import steepest

names = ["momentum", "heavy_ball", "ema_momentum", "sutskever_nesterov"]
runs = steepest.compare("x^2 + 10y^2", [f"{name}(beta=0.8)" for name in names], start=(4, 1), lr=0.02, steps=60)
for run in runs:
    print(f"{run.label:<40} f = {run.values[-1]:.2e} after {run.steps} steps")
runs.save("momentum.png")
