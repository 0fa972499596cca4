"""An optimizer as you would write it in a paper, next to Adam. Writes own.png and own.csv."""

import steepest

own = steepest.optimizer(
    """
    m = beta*m + (1-beta)*g
    scale = max(norm(m), eps)
    theta = theta - lr/sqrt(t) * m/scale
    """,
    beta=0.9,
    eps=1e-12,
    lr=0.5,
)
runs = steepest.compare("himmelblau", [own, "adam(lr=0.3)"], start=(-1, -1), steps=120)
print(runs[0]["scale"][:3])
runs.save("own.png")
runs.save("own.csv")
