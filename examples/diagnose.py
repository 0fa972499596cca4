"""Why a run diverged, what would do better, and why the same learning rate is fine for another optimizer."""

import steepest

runs = steepest.compare("x^2 + 10y^2", ["gd", "momentum", "adam"], start=(10, 1), lr=0.15, steps=60)
for diagnosis in runs.diagnose():
    print(diagnosis)
    print()

gd = runs[0].diagnose()
print("lr*lambda", gd.lr_lambda[0], "bound", gd.bound, "unstable at step", gd.unstable_step)
for advice in gd.advice:
    print(dict(advice.settings), advice.run.ending.message)
