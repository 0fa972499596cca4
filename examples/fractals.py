"""Where does training diverge? Two borders that are rough at every size shown, and their dimensions. Three PNG files."""

import random

import steepest
from steepest import linear, log

SIDE = 100  # 400 makes the pictures of the documents, in some minutes

# A parabola with ripples, x^2 + eps*cos(2 pi x/l), has hollows of its own where eps/l^2 > 1/(2 pi^2) = 0.0507 (arXiv:2406.13971).
ripples = {"lr": linear(1.02, 1.3, SIDE), "x": linear(0, 2, SIDE)}
for ratio in (0.03, 0.045, 0.06, 0.1):
    found = steepest.sweep(f"x^2 + {ratio}*cos(2*pi*x)", ripples, steps=6000)
    print(f"eps/l^2 = {ratio}: where runs diverge has a border of dimension {found.boundary_dimension('ending'):.2f}")
found.save("ripples.png", by="ending")

# The boundary of neural network trainability (arXiv:2402.06184): 3 inputs, 3 hidden tanh, no biases, as many points as weights.
# The paper has 16 inputs and 16 hidden units; all numbers here are normally distributed, too, but for the signs of the weights.
normal = random.Random(4).gauss
n, weights = 3, [f"w{row}{column}" for row in "abc" for column in "abc"]
points = [([normal(0, 1) for _ in range(n)], normal(0, 1)) for _ in range(n * n + n)]
hidden = ["tanh(" + " + ".join(f"{(2 / n) ** 0.5 * x:.3f}*w{row}{column}" for x, column in zip(xs, "abc", strict=True)) + ")"
          for xs, _ in points for row in "abc"]  # fmt: skip
terms = []
for number, (_, y) in enumerate(points):
    output = " + ".join(f"v{row}*{unit}" for row, unit in zip("abc", hidden[n * number :], strict=False))
    terms.append(f"(({output})/{n} - {y:.3f})^2")
loss = f"f({', '.join([*weights, 'va', 'vb', 'vc'])}) = ({' + '.join(terms).replace('+ -', '- ')})/{len(points)}"

# The first layer's weights start below 0, the second's above: so the equations tell the layers apart in the first step.
start = [-abs(normal(0, 1)) for _ in weights] + [abs(normal(0, 1)) for _ in range(n)]
layers = "second = second + max(0, 2 - t)*max(0, sign(theta)); theta = theta - (lr_in*(1 - second) + lr_out*second)*g"
over = {"lr_in": log(1e-3, 1e6, SIDE), "lr_out": log(1e-3, 1e6, SIDE)}  # the range that the paper's code begins with
found = steepest.sweep(loss, over, optimizer=layers, start=start, steps=500, tol=0)
found.save("trainability.png", by="value")
border = found.zoom(lr_in=(0.1, 1e6), lr_out=(3, 25))
border.save("border.png", by="value")
print(f"where training diverges has a border of dimension {border.boundary_dimension('ending'):.2f}")
