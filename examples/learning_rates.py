"""One parabola, five learning rates: creeping, direct, oscillating, cycling, diverging. Writes rates.png."""

import steepest

rates = [0.02, 0.25, 0.45, 0.5, 0.51]
runs = steepest.compare("2x^2 - 4x", [f"gd(lr={rate})" for rate in rates], start=0, steps=40)
for rate, run in zip(rates, runs, strict=True):
    print(f"lr = {rate}: {run.ending.message}; x = {run.positions[-1, 0]:.6g}")
runs.save("rates.png")
