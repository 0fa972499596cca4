"""A step of Adam with its numbers, and three momentums that are one method. Writes step.html."""

from pathlib import Path

import steepest

run = steepest.descend("rosenbrock", optimizer="adam(lr=0.05)", steps=20)
step = run.explain(17)
print(step)
Path("step.html").write_text(f"<!doctype html><meta charset='utf-8'>{step.mathml}", encoding="utf-8")

line = step.lines[-1]
print(f"\n{line.name} = {line.written}\n  = {line.numbers}\n  {line.relation} {line.result}, exactly {line.value!r}")

for other in ("heavy_ball", "ema_momentum"):
    runs = steepest.compare("x^2 + 10y^2", ["momentum", other], start=(4, 1), lr=0.02)
    for reason in steepest.diff(*runs).reasons:
        print(f"\n{reason.sentence}")
