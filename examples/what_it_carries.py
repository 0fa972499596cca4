"""What optimizers carry: the velocity of momentum in motion, Adam's two moments in a still. Writes arrows.gif and moments.png."""

import steepest

run = steepest.descend("x^2/4 + 2y^2", start=(-4, 2), optimizer="momentum(beta=0.85)", lr=0.08, steps=40)
run.animate("arrows.gif", size=(960, 540), seconds=9, fps=12, show=["gradient", "momentum", "update"])

adam = steepest.descend("x^2/4 + 2y^2", start=(-4, 2), optimizer="adam(lr=0.4)", steps=12)
adam.save("moments.png", show=["m", "v", "update"], theme="dark")
