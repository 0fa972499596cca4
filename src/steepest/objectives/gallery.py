"""The gallery: test functions as data.

Each entry has a formula, a view, a start, a learning rate that works for plain gradient descent, and the known minima and
saddles that a run is judged by.

Positions are exact, or computed with 50 digits and rounded once. A value is that at the unrounded position, so the formula
at the rounded one can differ from it in the last digits.

>>> GALLERY["rosenbrock"].formula
'(1-x)^2 + 100*(y-x^2)^2'
>>> GALLERY["rosenbrock"].minima
(Point(position=(1.0, 1.0), value=0.0),)
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A position and the value there."""

    position: tuple[float, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A test function and what is known about it.

    Attributes:
        name: by which it is asked for.
        title: of pictures.
        formula: in plain text.
        names: the parameters in order.
        view: the interval of each parameter that a picture shows first.
        start: where a run begins by default.
        lr: a learning rate that works for plain gradient descent.
        minima: all global minima in the view, also at a kink or on the edge of the view; empty where values fall without bound.
        local_minima, saddles: well known ones, not always all. A saddle has lower and higher values next to it, so a flat spot
            of a curve is one.
        description: what there is to see.
        source: where the function comes from.
    """

    name: str
    title: str
    formula: str
    names: tuple[str, ...]
    view: tuple[tuple[float, float], ...]
    start: tuple[float, ...]
    lr: float
    minima: tuple[Point, ...]
    local_minima: tuple[Point, ...] = ()
    saddles: tuple[Point, ...] = ()
    description: str = ""
    source: str = ""


_ENTRIES: tuple[Entry, ...] = (
    Entry(
        name="parabola",
        title="Parabola",
        formula="x^2",
        names=("x",),
        view=((-4.0, 4.0),),
        start=(3.0,),
        lr=0.1,
        minima=(Point((0.0,), 0.0),),
        description="Each step removes the same fraction of what is left, so the approach is geometric.",
    ),
    Entry(
        name="parabola_shifted",
        title="Shifted parabola",
        formula="2*x^2 - 4*x",
        names=("x",),
        view=((-1.0, 3.0),),
        start=(0.0,),
        lr=0.1,
        minima=(Point((1.0,), -2.0),),
        description=(
            "The learning rate alone decides everything here: 0.1 glides in, 0.25 arrives in one step, 0.5 swings "
            "between 0 and 2 forever, and more flies away."
        ),
    ),
    Entry(
        name="absolute_value",
        title="Absolute value",
        formula="abs(x)",
        names=("x",),
        view=((-3.0, 3.0),),
        start=(2.05,),
        lr=0.1,
        minima=(Point((0.0,), 0.0),),
        description=(
            "The slope never shrinks near the kink, so steps of a fixed length end up hopping from one side to the other."
        ),
    ),
    Entry(
        name="fourth_power",
        title="Fourth power",
        formula="x^4",
        names=("x",),
        view=((-2.0, 2.0),),
        start=(1.5,),
        lr=0.05,
        minima=(Point((0.0,), 0.0),),
        description=(
            "The bottom is so flat that progress fades: the error falls like one over the square root of the number of steps."
        ),
    ),
    Entry(
        name="quartic",
        title="Quartic with a flat spot",
        formula="x^4 - 3*x^3 + 2",
        names=("x",),
        view=((-1.0, 3.5),),
        start=(0.2,),
        lr=0.01,
        minima=(Point((2.25,), -6.54296875),),
        saddles=(Point((0.0,), 2.0),),
        description=(
            "The run first creeps away from a flat spot at 0, then drops fast: a tiny gradient need not mean that the "
            "bottom is near."
        ),
    ),
    Entry(
        name="log_wall",
        title="Logarithmic wall",
        formula="x - log(x)",
        names=("x",),
        view=((0.05, 5.0),),
        start=(4.0,),
        lr=0.3,
        minima=(Point((1.0,), 1.0),),
        description=("The function exists only for x > 0, so one step that is too long leaves its domain and ends the run."),
    ),
    Entry(
        name="gaussian_well",
        title="Gaussian well",
        formula="-exp(-x^2)",
        names=("x",),
        view=((-3.0, 3.0),),
        start=(2.0,),
        lr=0.2,
        minima=(Point((0.0,), -1.0),),
        description=("Far from the well the gradient is almost zero, so the run starts slowly although it is far from the bottom."),
    ),
    Entry(
        name="plateau",
        title="Saturated neuron",
        formula="(sigmoid(x)-0.25)^2",
        names=("x",),
        view=((-6.0, 6.0),),
        start=(5.0,),
        lr=5.0,
        minima=(Point((-1.0986122886681098,), 0.0),),
        description=(
            "A saturated sigmoid passes on almost no gradient, so the run sits on a plateau before it suddenly learns: "
            "the vanishing gradient in one dimension."
        ),
    ),
    Entry(
        name="double_well",
        title="Double well",
        formula="(x^2-1)^2",
        names=("x",),
        view=((-1.8, 1.8),),
        start=(0.1,),
        lr=0.05,
        minima=(Point((-1.0,), 0.0), Point((1.0,), 0.0)),
        description=(
            "Two equally good minima with a hilltop between them: with small steps, the side on which a run starts is "
            "the side on which it ends."
        ),
    ),
    Entry(
        name="tilted_double_well",
        title="Tilted double well",
        formula="(x^2-1)^2 + 0.3*x",
        names=("x",),
        view=((-1.8, 1.8),),
        start=(1.7,),
        lr=0.02,
        minima=(Point((-1.0355787140888537,), -0.30542848374391596),),
        local_minima=(Point((0.9601495555191055,), 0.29414648102826285),),
        description="A run from the right settles in the shallower well and never learns of the deeper one.",
    ),
    Entry(
        name="sine_wave",
        title="Sine and cosine",
        formula="sin(x) + cos(2*x)",
        names=("x",),
        view=((-6.0, 6.0),),
        start=(0.4,),
        lr=0.1,
        minima=(Point((-1.5707963267948966,), -2.0), Point((4.71238898038469,), -2.0)),
        local_minima=(Point((-4.71238898038469,), 0.0), Point((1.5707963267948966,), 0.0)),
        description=(
            "Deep and shallow dips alternate, and a nudge of the start across the crest near x = 0.25 decides which "
            "kind a run finds."
        ),
    ),
    Entry(
        name="cosine_ramp",
        title="Cosine ramp",
        formula="x*cos(0.15*pi*x)",
        names=("x",),
        view=((-5.0, 11.0),),
        start=(2.0,),
        lr=0.2,
        minima=(Point((7.269388146311475,), -6.9781408310704744),),
        local_minima=(Point((-1.8256845786723395,), -1.1906834103182218),),
        description=(
            "The waves grow with the distance from 0, so which dip is reached depends on the start, and the best one "
            "in view is no limit to what lies outside."
        ),
    ),
    Entry(
        name="forrester",
        title="Forrester",
        formula="(6*x-2)^2*sin(12*x-4)",
        names=("x",),
        view=((0.0, 1.0),),
        start=(0.55,),
        lr=0.0005,
        minima=(Point((0.7572487578418559,), -6.0207400557670825),),
        local_minima=(Point((0.14258918932471631,), -0.9863254063210815),),
        saddles=(Point((0.3333333333333333,), 0.0),),
        description="A shallow dip, a flat spot and a deep dip share one curve, and only the last is worth finding.",
        source="Forrester, Sóbester & Keane (2008), Engineering Design via Surrogate Modelling, Wiley",
    ),
    Entry(
        name="gramacy_lee",
        title="Gramacy & Lee",
        formula="sin(10*pi*x)/(2*x) + (x-1)^4",
        names=("x",),
        view=((0.5, 2.5),),
        start=(2.4,),
        lr=0.001,
        minima=(Point((0.5485634445276052,), -0.8690111349894998),),
        local_minima=(
            Point((0.7487437781430085,), -0.6632798486904422),
            Point((0.9489336866904862,), -0.5266047887404023),
            Point((1.1490876188021966,), -0.43445504846995664),
            Point((1.348785167362593,), -0.35563502339109726),
            Point((1.5472883271844393,), -0.23225917160244938),
            Point((1.7435767404694347,), 0.024757434887311768),
            Point((1.9362196625299228,), 0.5338536167507464),
            Point((2.121899166052543,), 1.4345939158961478),
        ),
        description="Fast ripples on a smooth trend: the gradient shows the nearest ripple and hides the trend.",
        source="Gramacy & Lee (2012), Stat. Comput. 22, 713",
    ),
    Entry(
        name="sphere",
        title="Sphere",
        formula="x^2 + y^2",
        names=("x", "y"),
        view=((-3.0, 3.0), (-3.0, 3.0)),
        start=(2.5, 1.5),
        lr=0.1,
        minima=(Point((0.0, 0.0), 0.0),),
        description="A perfectly round bowl: the steepest way down points straight at the minimum.",
    ),
    Entry(
        name="bowl",
        title="Elliptic bowl",
        formula="0.5*x^2 + 5*y^2",
        names=("x", "y"),
        view=((-6.0, 6.0), (-3.0, 3.0)),
        start=(5.0, 2.0),
        lr=0.18,
        minima=(Point((0.0, 0.0), 0.0),),
        description="Ten times steeper across than along (condition number 10), so a step that suits x zigzags in y.",
    ),
    Entry(
        name="ravine",
        title="Ravine",
        formula="0.5*x^2 + 50*y^2",
        names=("x", "y"),
        view=((-6.0, 6.0), (-2.0, 2.0)),
        start=(5.0, 1.0),
        lr=0.019,
        minima=(Point((0.0, 0.0), 0.0),),
        description=(
            "Condition number 100: the steep walls force a small learning rate, and the flat floor then takes hundreds of steps."
        ),
    ),
    Entry(
        name="rotated_bowl",
        title="Rotated bowl",
        formula="2.75*x^2 + 4.5*x*y + 2.75*y^2",
        names=("x", "y"),
        view=((-4.0, 4.0), (-4.0, 4.0)),
        start=(3.0, -1.0),
        lr=0.18,
        minima=(Point((0.0, 0.0), 0.0),),
        description=(
            "The same condition number 10, turned by 45 degrees: the x*y term couples the parameters, and scaling each "
            "on its own no longer helps."
        ),
    ),
    Entry(
        name="rotated_ravine",
        title="Rotated ravine",
        formula="50*(0.6*x+0.8*y)^2 + 0.5*(0.8*x-0.6*y)^2",
        names=("x", "y"),
        view=((-4.0, 4.0), (-4.0, 4.0)),
        start=(3.0, -1.5),
        lr=0.019,
        minima=(Point((0.0, 0.0), 0.0),),
        description=(
            "Condition number 100 along slanted axes: hard for plain gradient descent and for methods that adapt each "
            "parameter separately."
        ),
    ),
    Entry(
        name="booth",
        title="Booth",
        formula="(x+2*y-7)^2 + (2*x+y-5)^2",
        names=("x", "y"),
        view=((-10.0, 10.0), (-10.0, 10.0)),
        start=(-8.0, 8.0),
        lr=0.1,
        minima=(Point((1.0, 3.0), 0.0),),
        description="Two linear equations solved by descent: the minimum is where both squares vanish.",
        source="Jamil & Yang (2013), Int. J. Math. Model. Numer. Optim. 4, 150",
    ),
    Entry(
        name="matyas",
        title="Matyas",
        formula="0.26*(x^2+y^2) - 0.48*x*y",
        names=("x", "y"),
        view=((-10.0, 10.0), (-10.0, 10.0)),
        start=(9.0, 3.0),
        lr=1.5,
        minima=(Point((0.0, 0.0), 0.0),),
        description=(
            "A shallow diagonal trough with condition number 25, where a learning rate above 1 is fine because all "
            "curvatures are small."
        ),
        source="Jamil & Yang (2013), Int. J. Math. Model. Numer. Optim. 4, 150",
    ),
    Entry(
        name="trid",
        title="Trid",
        formula="(x-1)^2 + (y-1)^2 - x*y",
        names=("x", "y"),
        view=((-4.0, 4.0), (-4.0, 4.0)),
        start=(-3.0, 1.0),
        lr=0.2,
        minima=(Point((2.0, 2.0), -2.0),),
        description="The product term pulls the minimum away from (1, 1), where the two squares alone would put it.",
        source="Surjanovic & Bingham (2013), Virtual Library of Simulation Experiments",
    ),
    Entry(
        name="line_fit",
        title="Line through three points",
        formula="(b-1)^2 + (w+b-3)^2 + (2*w+b-4)^2",
        names=("w", "b"),
        view=((-2.0, 5.0), (-2.0, 5.0)),
        start=(-1.0, 4.0),
        lr=0.1,
        minima=(Point((1.5, 1.1666666666666667), 0.16666666666666666),),
        description=(
            "Least squares for a slope w and an intercept b through (0, 1), (1, 3) and (2, 4): fitting a line is descending a bowl."
        ),
    ),
    Entry(
        name="logistic_regression",
        title="Logistic regression on four points",
        formula="softplus(b-w) + softplus(-b) + softplus(w+b) + softplus(-2*w-b)",
        names=("w", "b"),
        view=((-4.0, 4.0), (-4.0, 4.0)),
        start=(-3.0, 2.0),
        lr=0.5,
        minima=(Point((0.9081842625600951, -0.45409213128004755), 2.3474865351213454),),
        description=(
            "The log loss of a classifier with labels 0, 1, 0, 1 at the inputs -1, 0, 1, 2: no line separates them, so "
            "the best weights are finite."
        ),
    ),
    Entry(
        name="log_barrier",
        title="Log barrier",
        formula="x + 2*y - log(x) - log(y)",
        names=("x", "y"),
        view=((0.05, 4.0), (0.05, 4.0)),
        start=(3.5, 3.0),
        lr=0.1,
        minima=(Point((1.0, 0.5), 2.6931471805599454),),
        description=(
            "The logarithms keep x and y positive by growing without bound at the edges, which also makes the "
            "curvature there enormous."
        ),
        source="Boyd & Vandenberghe (2004), Convex Optimization, chapter 11",
    ),
    Entry(
        name="different_powers",
        title="Sum of different powers",
        formula="x^2 + abs(y)^3",
        names=("x", "y"),
        view=((-1.5, 1.5), (-1.5, 1.5)),
        start=(1.0, 1.2),
        lr=0.1,
        minima=(Point((0.0, 0.0), 0.0),),
        description="Quadratic in x but cubic in y: x arrives geometrically while y keeps slowing down.",
        source="Molga & Smutnicki (2005), Test functions for optimization needs",
    ),
    Entry(
        name="zakharov",
        title="Zakharov",
        formula="x^2 + y^2 + (0.5*x+y)^2 + (0.5*x+y)^4",
        names=("x", "y"),
        view=((-5.0, 5.0), (-5.0, 5.0)),
        start=(-3.0, 4.0),
        lr=0.01,
        minima=(Point((0.0, 0.0), 0.0),),
        description=(
            "A fourth power makes the walls of this bowl far steeper than its floor, so the safe learning rate depends "
            "on where you are."
        ),
        source="Laguna & Martí (2005), J. Glob. Optim. 33, 235",
    ),
    Entry(
        name="rosenbrock",
        title="Rosenbrock",
        formula="(1-x)^2 + 100*(y-x^2)^2",
        names=("x", "y"),
        view=((-2.0, 2.0), (-1.0, 3.0)),
        start=(-1.2, 1.0),
        lr=0.001,
        minima=(Point((1.0, 1.0), 0.0),),
        description="Finding the banana-shaped valley is easy, following its nearly flat floor to the end is not.",
        source="Rosenbrock (1960), Comput. J. 3, 175",
    ),
    Entry(
        name="dixon_price",
        title="Dixon-Price",
        formula="(x-1)^2 + 2*(2*y^2-x)^2",
        names=("x", "y"),
        view=((-2.0, 4.0), (-2.0, 2.0)),
        start=(3.5, -1.5),
        lr=0.005,
        minima=(Point((1.0, -0.7071067811865476), 0.0), Point((1.0, 0.7071067811865476), 0.0)),
        saddles=(Point((0.3333333333333333, 0.0), 0.6666666666666666),),
        description="A valley bent like a horseshoe with a minimum on each arm and a saddle between them.",
        source="Dixon & Price (1989), J. Optim. Theory Appl. 60, 261",
    ),
    Entry(
        name="beale",
        title="Beale",
        formula="(1.5-x+x*y)^2 + (2.25-x+x*y^2)^2 + (2.625-x+x*y^3)^2",
        names=("x", "y"),
        view=((-4.5, 4.5), (-4.5, 4.5)),
        start=(1.0, 1.0),
        lr=0.01,
        minima=(Point((3.0, 0.5), 0.0),),
        saddles=(Point((0.0, 1.0), 14.203125), Point((0.10053793732415836, -2.644513585023125), 9.86451228475556)),
        description="Steep corners around a long flat plain: the run drops at once, then spends its time on the plain.",
        source="Beale (1958), Tech. Rep. 25, Statistical Techniques Research Group, Princeton",
    ),
    Entry(
        name="powell_badly_scaled",
        title="Powell, badly scaled",
        formula="(10000*x*y-1)^2 + (exp(-x)+exp(-y)-1.0001)^2",
        names=("x", "y"),
        view=((-5e-05, 0.00015), (0.0, 10.0)),
        start=(0.0, 1.0),
        lr=1e-09,
        minima=(Point((1.0981593296998175e-05, 9.106146739866524), 0.0),),
        description=(
            "The two parameters live on scales almost a million times apart, so one learning rate cannot suit both: "
            "after the first drop nothing seems to move."
        ),
        source=(
            "Powell (1970), in Numerical Methods for Nonlinear Algebraic Equations; Moré, Garbow & Hillstrom (1981), "
            "ACM Trans. Math. Softw. 7, 17, problem 3"
        ),
    ),
    Entry(
        name="bukin_6",
        title="Bukin no. 6",
        formula="100*sqrt(abs(y-0.01*x^2)) + 0.01*abs(x+10)",
        names=("x", "y"),
        view=((-15.0, -5.0), (-3.0, 3.0)),
        start=(-7.0, 2.5),
        lr=0.0001,
        minima=(Point((-10.0, 1.0), 0.0),),
        description=(
            "The valley floor is a crease where the slope becomes infinite, so a run rattles across it instead of moving along it."
        ),
        source="Bukin (1997), preprint BUDKER-INP-1997-79, Budker Institute of Nuclear Physics",
    ),
    Entry(
        name="himmelblau",
        title="Himmelblau",
        formula="(x^2+y-11)^2 + (x+y^2-7)^2",
        names=("x", "y"),
        view=((-5.0, 5.0), (-5.0, 5.0)),
        start=(0.0, 0.0),
        lr=0.01,
        minima=(
            Point((3.0, 2.0), 0.0),
            Point((-2.805118086952745, 3.131312518250573), 0.0),
            Point((-3.779310253377747, -3.2831859912861696), 0.0),
            Point((3.5844283403304917, -1.8481265269644036), 0.0),
        ),
        saddles=(
            Point((-3.0730257507643897, -0.08135304428796751), 104.0151629175581),
            Point((-0.12796134673068008, -1.9537149802445763), 178.33723920192747),
            Point((0.08667750455539636, 2.884254701174776), 67.71915008752615),
            Point((3.385154183607021, 0.07385187983774928), 13.31192627040559),
        ),
        description="Four equally good minima around one hilltop: watch where the borders between their basins run.",
        source="Himmelblau (1972), Applied Nonlinear Programming, McGraw-Hill",
    ),
    Entry(
        name="three_hump_camel",
        title="Three-hump camel",
        formula="2*x^2 - 1.05*x^4 + x^6/6 + x*y + y^2",
        names=("x", "y"),
        view=((-2.5, 2.5), (-2.5, 2.5)),
        start=(2.0, 1.5),
        lr=0.02,
        minima=(Point((0.0, 0.0), 0.0),),
        local_minima=(
            Point((1.7475523458302888, -0.8737761729151444), 0.2986384422368598),
            Point((-1.7475523458302888, 0.8737761729151444), 0.2986384422368598),
        ),
        saddles=(
            Point((1.07054229182366, -0.53527114591183), 0.8773615577631402),
            Point((-1.07054229182366, 0.53527114591183), 0.8773615577631402),
        ),
        description="The best minimum lies in the middle, and a run from the outside is caught by a side valley.",
        source="Jamil & Yang (2013), Int. J. Math. Model. Numer. Optim. 4, 150",
    ),
    Entry(
        name="six_hump_camel",
        title="Six-hump camel",
        formula="(4-2.1*x^2+x^4/3)*x^2 + x*y + (4*y^2-4)*y^2",
        names=("x", "y"),
        view=((-2.1, 2.1), (-1.2, 1.2)),
        start=(-1.0, -1.0),
        lr=0.02,
        minima=(
            Point((0.08984201310031806, -0.7126564030207396), -1.0316284534898774),
            Point((-0.08984201310031806, 0.7126564030207396), -1.0316284534898774),
        ),
        local_minima=(
            Point((-1.703606714969981, 0.7960835686726251), -0.21546382438371764),
            Point((1.703606714969981, -0.7960835686726251), -0.21546382438371764),
            Point((1.6071047529201972, 0.5686514548841314), 2.1042503103112584),
            Point((-1.6071047529201972, -0.5686514548841314), 2.1042503103112584),
        ),
        saddles=(
            Point((0.0, 0.0), 0.0),
            Point((-1.1092053368047865, 0.7682680925095399), 0.5437186009781851),
            Point((1.1092053368047865, -0.7682680925095399), 0.5437186009781851),
            Point((1.6380679841897785, 0.22867406904439408), 2.2293571975307147),
            Point((-1.6380679841897785, -0.22867406904439408), 2.2293571975307147),
            Point((1.2960702671671092, 0.6050843880386585), 2.22947081802986),
            Point((-1.2960702671671092, -0.6050843880386585), 2.22947081802986),
        ),
        description="Six minima in three pairs at three heights, two of them global.",
        source="Dixon & Szegö (1978), Towards Global Optimisation 2, North-Holland",
    ),
    Entry(
        name="mccormick",
        title="McCormick",
        formula="sin(x+y) + (x-y)^2 - 1.5*x + 2.5*y + 1",
        names=("x", "y"),
        view=((-1.5, 4.0), (-3.0, 4.0)),
        start=(3.5, -2.0),
        lr=0.1,
        minima=(Point((-0.5471975511965977, -1.5471975511965979), -1.9132229549810364),),
        local_minima=(Point((2.5943951023931957, 1.5943951023931955), 1.2283696986087569),),
        saddles=(Point((1.5471975511965979, 0.5471975511965977), 1.9132229549810364),),
        description="A wavy trough on a slope: each wave holds a minimum, and outside the view they go down forever.",
        source="Jamil & Yang (2013), Int. J. Math. Model. Numer. Optim. 4, 150",
    ),
    Entry(
        name="styblinski_tang",
        title="Styblinski-Tang",
        formula="(x^4-16*x^2+5*x+y^4-16*y^2+5*y)/2",
        names=("x", "y"),
        view=((-4.0, 4.0), (-4.0, 4.0)),
        start=(0.0, 0.5),
        lr=0.01,
        minima=(Point((-2.903534027771177, -2.903534027771177), -78.33233140754282),),
        local_minima=(
            Point((-2.903534027771177, 2.746802770990837), -64.19561235905536),
            Point((2.746802770990837, -2.903534027771177), -64.19561235905536),
            Point((2.746802770990837, 2.746802770990837), -50.05889331056788),
        ),
        saddles=(
            Point((-2.903534027771177, 0.1567312567803401), -38.97055334471606),
            Point((0.1567312567803401, -2.903534027771177), -38.97055334471606),
            Point((2.746802770990837, 0.1567312567803401), -24.833834296228584),
            Point((0.1567312567803401, 2.746802770990837), -24.833834296228584),
        ),
        description=(
            "The parameters do not interact, so the fate of each is decided on its own: the best minimum needs both on "
            "the right side."
        ),
        source="Styblinski & Tang (1990), Neural Netw. 3, 467",
    ),
    Entry(
        name="branin",
        title="Branin",
        formula="(y-5.1*x^2/(4*pi^2)+5*x/pi-6)^2 + 10*(1-1/(8*pi))*cos(x) + 10",
        names=("x", "y"),
        view=((-5.0, 10.0), (0.0, 15.0)),
        start=(6.0, 14.0),
        lr=0.02,
        minima=(
            Point((-3.141592653589793, 12.275), 0.3978873577297383),
            Point((3.141592653589793, 2.275), 0.3978873577297383),
            Point((9.42477796076938, 2.475), 0.3978873577297383),
        ),
        saddles=(Point((0.0, 6.0), 19.60211264227026), Point((6.283185307179586, 1.1), 19.60211264227026)),
        description="Three global minima along one curved valley, with a saddle between each pair of neighbors.",
        source=("Branin (1972), IBM J. Res. Dev. 16, 504; Dixon & Szegö (1978), Towards Global Optimisation 2, North-Holland"),
    ),
    Entry(
        name="goldstein_price",
        title="Goldstein-Price",
        formula="(1+(x+y+1)^2*(19-14*x+3*x^2-14*y+6*x*y+3*y^2))*(30+(2*x-3*y)^2*(18-32*x+12*x^2+48*y-36*x*y+27*y^2))",
        names=("x", "y"),
        view=((-2.0, 2.0), (-2.0, 2.0)),
        start=(0.5, -0.5),
        lr=0.0001,
        minima=(Point((0.0, -1.0), 3.0),),
        local_minima=(Point((-0.6, -0.4), 30.0), Point((1.8, 0.2), 84.0), Point((1.2, 0.8), 840.0)),
        saddles=(
            Point((-0.4, -0.6), 35.0),
            Point((1.2, -0.2), 99.0),
            Point((1.4, 0.6), 980.0),
            Point((0.6, 0.4), 990.0),
        ),
        description=(
            "Values from 3 to about a million in one view: the learning rate that suits the bottom blows up on the walls."
        ),
        source="Goldstein & Price (1971), Math. Comput. 25, 569",
    ),
    Entry(
        name="log_goldstein_price",
        title="Logarithmic Goldstein-Price",
        formula=(
            "(log(1+(4*x+4*y-3)^2*(48*(x+y-1)^2-56*(x+y-1)+19))+log(30+(8*x-12*y+2)^2*(3*(8*x-12*y+2)^2-16*(8*x-12*y+2)"
            "+18))-8.693)/2.427"
        ),
        names=("x", "y"),
        view=((0.0, 1.0), (0.0, 1.0)),
        start=(0.625, 0.375),
        lr=0.0003,
        minima=(Point((0.5, 0.25), -3.1291255506105853),),
        local_minima=(
            Point((0.35, 0.4), -2.180388388272701),
            Point((0.95, 0.55), -1.7561529465004888),
            Point((0.8, 0.7), -0.8074157841626043),
        ),
        saddles=(
            Point((0.4, 0.35), -2.1168734810509213),
            Point((0.8, 0.45), -1.6884549443203174),
            Point((0.85, 0.65), -0.7439008769408251),
            Point((0.65, 0.6), -0.7397177819824328),
        ),
        description=(
            "The same landscape squeezed by a logarithm and moved to the unit square: every minimum survives, and the "
            "descent becomes far easier."
        ),
        source="Picheny, Wagner & Ginsbourger (2013), Struct. Multidiscip. Optim. 48, 607",
    ),
    Entry(
        name="rastrigin",
        title="Rastrigin",
        formula="20 + x^2 + y^2 - 10*cos(2*pi*x) - 10*cos(2*pi*y)",
        names=("x", "y"),
        view=((-5.12, 5.12), (-5.12, 5.12)),
        start=(2.3, 1.4),
        lr=0.002,
        minima=(Point((0.0, 0.0), 0.0),),
        local_minima=(
            Point((0.9949586376523348, 0.0), 0.9949590570932914),
            Point((-0.9949586376523348, 0.0), 0.9949590570932914),
            Point((0.0, 0.9949586376523348), 0.9949590570932914),
            Point((0.0, -0.9949586376523348), 0.9949590570932914),
        ),
        saddles=(
            Point((0.5025460365546747, 0.0), 20.251272990990113),
            Point((-0.5025460365546747, 0.0), 20.251272990990113),
            Point((0.0, 0.5025460365546747), 20.251272990990113),
            Point((0.0, -0.5025460365546747), 20.251272990990113),
        ),
        description="A bowl covered with a regular grid of dents: each start falls into its own, one of 121 in view.",
        source=(
            "after Rastrigin (1974), Systems of Extremal Control, Nauka; this form: Mühlenbein, Schomisch & Born "
            "(1991), Parallel Comput. 17, 619"
        ),
    ),
    Entry(
        name="ackley",
        title="Ackley",
        formula="20 + e - 20*exp(-0.2*sqrt((x^2+y^2)/2)) - exp((cos(2*pi*x)+cos(2*pi*y))/2)",
        names=("x", "y"),
        view=((-5.0, 5.0), (-5.0, 5.0)),
        start=(2.4, 1.4),
        lr=0.01,
        minima=(Point((0.0, 0.0), 0.0),),
        local_minima=(
            Point((0.9521665459501717, 0.0), 2.579927557029872),
            Point((-0.9521665459501717, 0.0), 2.579927557029872),
            Point((0.0, 0.9521665459501717), 2.579927557029872),
            Point((0.0, -0.9521665459501717), 2.579927557029872),
        ),
        saddles=(
            Point((0.6257806168564638, 0.0), 3.2524692451131805),
            Point((-0.6257806168564638, 0.0), 3.2524692451131805),
            Point((0.0, 0.6257806168564638), 3.2524692451131805),
            Point((0.0, -0.6257806168564638), 3.2524692451131805),
        ),
        description=(
            "A dented slope around a funnel whose tip is sharp: the gradient does not vanish at the minimum, it has no value there."
        ),
        source="Ackley (1987), A Connectionist Machine for Genetic Hillclimbing, Kluwer",
    ),
    Entry(
        name="griewank",
        title="Griewank",
        formula="1 + (x^2+y^2)/4000 - cos(x)*cos(y/sqrt(2))",
        names=("x", "y"),
        view=((-10.0, 10.0), (-10.0, 10.0)),
        start=(2.0, -3.0),
        lr=0.5,
        minima=(Point((0.0, 0.0), 0.0),),
        local_minima=(
            Point((3.1400226338955397, 4.438444480920714), 0.007396040334115082),
            Point((3.1400226338955397, -4.438444480920714), 0.007396040334115082),
            Point((-3.1400226338955397, 4.438444480920714), 0.007396040334115082),
            Point((-3.1400226338955397, -4.438444480920714), 0.007396040334115082),
        ),
        saddles=(
            Point((1.5723679104393218, 2.2225533025787545), 1.001851785452283),
            Point((1.5723679104393218, -2.2225533025787545), 1.001851785452283),
            Point((-1.5723679104393218, 2.2225533025787545), 1.001851785452283),
            Point((-1.5723679104393218, -2.2225533025787545), 1.001851785452283),
        ),
        description=("The dents are almost equally deep, so local information says next to nothing about which one is best."),
        source="after Griewank (1981), J. Optim. Theory Appl. 34, 11",
    ),
    Entry(
        name="levy_13",
        title="Lévy no. 13",
        formula="sin(3*pi*x)^2 + (x-1)^2*(1+sin(3*pi*y)^2) + (y-1)^2*(1+sin(2*pi*y)^2)",
        names=("x", "y"),
        view=((-2.0, 4.0), (-2.0, 4.0)),
        start=(2.9, 1.8),
        lr=0.002,
        minima=(Point((1.0, 1.0), 0.0),),
        local_minima=(
            Point((0.6703805254516864, 1.0), 0.10987365835883794),
            Point((1.3296194745483136, 1.0), 0.10987365835883794),
        ),
        description="Ripples that grow away from the minimum: calm at the center, ever rougher outside.",
        source="Mishra (2006), Some new test functions for global optimization, MPRA paper 2718",
    ),
    Entry(
        name="schaffer_2",
        title="Schaffer no. 2",
        formula="0.5 + (sin(x^2-y^2)^2-0.5)/(1+0.001*(x^2+y^2))^2",
        names=("x", "y"),
        view=((-3.0, 3.0), (-3.0, 3.0)),
        start=(1.1, 0.4),
        lr=0.05,
        minima=(Point((0.0, 0.0), 0.0),),
        local_minima=(
            Point((1.7723132396346362, 0.0), 0.00312660313386321),
            Point((-1.7723132396346362, 0.0), 0.00312660313386321),
            Point((0.0, 1.7723132396346362), 0.00312660313386321),
            Point((0.0, -1.7723132396346362), 0.00312660313386321),
        ),
        description=(
            "The floor is a cross of two nearly flat diagonal valleys: a run reaches it in a few steps and then crawls "
            "toward the center."
        ),
        source="Mishra (2006), Some new test functions for global optimization, MPRA paper 2718",
    ),
    Entry(
        name="schaffer_4",
        title="Schaffer no. 4",
        formula="0.5 + (cos(sin(x^2-y^2))^2-0.5)/(1+0.001*(x^2+y^2))^2",
        names=("x", "y"),
        view=((-3.0, 3.0), (-3.0, 3.0)),
        start=(0.5, 0.3),
        lr=0.05,
        minima=(
            Point((1.2531318314637332, 0.0), 0.29257863203598056),
            Point((-1.2531318314637332, 0.0), 0.29257863203598056),
            Point((0.0, 1.2531318314637332), 0.29257863203598056),
            Point((0.0, -1.2531318314637332), 0.29257863203598056),
        ),
        local_minima=(
            Point((2.1706988435531294, 0.0), 0.2938737588113203),
            Point((-2.1706988435531294, 0.0), 0.2938737588113203),
            Point((0.0, 2.1706988435531294), 0.2938737588113203),
            Point((0.0, -2.1706988435531294), 0.2938737588113203),
        ),
        description=("Four global minima on the axes, each at the best point of a long curved valley that barely slopes."),
        source="Mishra (2006), Some new test functions for global optimization, MPRA paper 2718",
    ),
    Entry(
        name="drop_wave",
        title="Drop wave",
        formula="-(1+cos(12*hypot(x, y)))/(0.5*(x^2+y^2)+2)",
        names=("x", "y"),
        view=((-2.5, 2.5), (-2.5, 2.5)),
        start=(1.6, 0.9),
        lr=0.005,
        minima=(Point((0.0, 0.0), -1.0),),
        description=("Rings like those of a drop in water: a run stops in the nearest ring, where the minima form a whole circle."),
        source="Molga & Smutnicki (2005), Test functions for optimization needs",
    ),
    Entry(
        name="cross_in_tray",
        title="Cross in tray",
        formula="-0.0001*(abs(sin(x)*sin(y)*exp(abs(100-hypot(x, y)/pi)))+1)^0.1",
        names=("x", "y"),
        view=((-10.0, 10.0), (-10.0, 10.0)),
        start=(2.8, 0.6),
        lr=0.2,
        minima=(
            Point((1.3494066171539107, 1.3494066171539107), -2.062611870822737),
            Point((1.3494066171539107, -1.3494066171539107), -2.062611870822737),
            Point((-1.3494066171539107, 1.3494066171539107), -2.062611870822737),
            Point((-1.3494066171539107, -1.3494066171539107), -2.062611870822737),
        ),
        description="Smooth dents separated by sharp ridges along a grid of lines, the deepest four around the center.",
        source="Mishra (2006), Some new test functions for global optimization, MPRA paper 2718",
    ),
    Entry(
        name="holder_table",
        title="Hölder table",
        formula="-abs(sin(x)*cos(y)*exp(abs(1-hypot(x, y)/pi)))",
        names=("x", "y"),
        view=((-10.0, 10.0), (-10.0, 10.0)),
        start=(6.8, 8.3),
        lr=0.02,
        minima=(
            Point((8.055023475736563, 9.664590019241272), -19.208502567886732),
            Point((8.055023475736563, -9.664590019241272), -19.208502567886732),
            Point((-8.055023475736563, 9.664590019241272), -19.208502567886732),
            Point((-8.055023475736563, -9.664590019241272), -19.208502567886732),
        ),
        description="The dents get deeper away from the center, so the best four in view sit near its corners.",
        source="Mishra (2006), Some new test functions for global optimization, MPRA paper 2718",
    ),
    Entry(
        name="eggholder",
        title="Eggholder",
        formula="-(y+47)*sin(sqrt(abs(y+x/2+47))) - x*sin(sqrt(abs(x-y-47)))",
        names=("x", "y"),
        view=((-512.0, 512.0), (-512.0, 512.0)),
        start=(-400.0, 300.0),
        lr=0.3,
        minima=(Point((512.0, 404.2318051137578), -959.6406627208509),),
        local_minima=(
            Point((482.3533104647884, 432.87899894548343), -956.9182316246655),
            Point((439.48099726945344, 453.97743475400256), -935.3379515605802),
            Point((-465.6941515451357, 385.71669978348035), -894.5789003905999),
            Point((347.3269729738487, 499.41539845004286), -888.9491252698917),
            Point((-456.8858069167769, -382.62337342139966), -786.5259940788699),
        ),
        description=(
            "Huge, irregular and unbounded beyond the view: the best value lies on the edge x = 512, where the slope "
            "still points outward."
        ),
        source="Whitley, Mathias, Rana & Dzubera (1996), Artif. Intell. 85, 245",
    ),
    Entry(
        name="easom",
        title="Easom",
        formula="-cos(x)*cos(y)*exp(-((x-pi)^2+(y-pi)^2))",
        names=("x", "y"),
        view=((-1.0, 7.0), (-1.0, 7.0)),
        start=(4.5, 2.0),
        lr=0.2,
        minima=(Point((3.141592653589793, 3.141592653589793), -1.0),),
        local_minima=(
            Point((1.3049954504376675, 1.3049954504376675), -8.110223891570066e-05),
            Point((1.3049954504376675, 4.978189856741919), -8.110223891570066e-05),
            Point((4.978189856741919, 1.3049954504376675), -8.110223891570066e-05),
            Point((4.978189856741919, 4.978189856741919), -8.110223891570066e-05),
        ),
        saddles=(
            Point((1.5707963267948966, 1.5707963267948966), 0.0),
            Point((1.5707963267948966, 4.71238898038469), 0.0),
            Point((4.71238898038469, 1.5707963267948966), 0.0),
            Point((4.71238898038469, 4.71238898038469), 0.0),
        ),
        description=(
            "One narrow well in a plain that is flat to many digits: without a slope, a run barely moves until the well takes hold."
        ),
        source="Easom (1990), M.Eng. thesis, University of Louisville",
    ),
    Entry(
        name="michalewicz",
        title="Michalewicz",
        formula="-sin(x)*sin(x^2/pi)^20 - sin(y)*sin(2*y^2/pi)^20",
        names=("x", "y"),
        view=((0.0, 3.141592653589793), (0.0, 3.141592653589793)),
        start=(2.5, 1.9),
        lr=0.01,
        minima=(Point((2.2029055201726093, 1.5707963267948966), -1.8013034100985525),),
        local_minima=(Point((2.2029055201726093, 2.7115714838430143), -1.2140595156208163),),
        description="Narrow gorges cross a flat plain: a run slides into one of them, then along it to where two meet.",
        source="Michalewicz (1992), Genetic Algorithms + Data Structures = Evolution Programs, Springer",
    ),
    Entry(
        name="saddle",
        title="Saddle",
        formula="x^2 - y^2",
        names=("x", "y"),
        view=((-3.0, 3.0), (-3.0, 3.0)),
        start=(2.5, 0.02),
        lr=0.01,
        minima=(),
        saddles=(Point((0.0, 0.0), 0.0),),
        description=(
            "Downhill in y and uphill in x: a run glides toward the saddle, seems to stop, and then leaves faster and faster."
        ),
    ),
    Entry(
        name="monkey_saddle",
        title="Monkey saddle",
        formula="x^3 - 3*x*y^2",
        names=("x", "y"),
        view=((-2.0, 2.0), (-2.0, 2.0)),
        start=(1.5, 0.05),
        lr=0.0015,
        minima=(),
        saddles=(Point((0.0, 0.0), 0.0),),
        description=(
            "Three ways down, one for each leg and one for the tail: even the curvature vanishes at the center, so "
            "leaving takes long."
        ),
        source="Hilbert & Cohn-Vossen (1952), Geometry and the Imagination, Chelsea",
    ),
    Entry(
        name="wave",
        title="Wave",
        formula="sin(x)*cos(y)",
        names=("x", "y"),
        view=((-4.0, 4.0), (-4.0, 4.0)),
        start=(0.2, 1.5),
        lr=0.1,
        minima=(
            Point((-1.5707963267948966, 0.0), -1.0),
            Point((1.5707963267948966, -3.141592653589793), -1.0),
            Point((1.5707963267948966, 3.141592653589793), -1.0),
        ),
        saddles=(
            Point((-3.141592653589793, -1.5707963267948966), 0.0),
            Point((-3.141592653589793, 1.5707963267948966), 0.0),
            Point((0.0, -1.5707963267948966), 0.0),
            Point((0.0, 1.5707963267948966), 0.0),
            Point((3.141592653589793, -1.5707963267948966), 0.0),
            Point((3.141592653589793, 1.5707963267948966), 0.0),
        ),
        description="Hills, hollows and saddles repeat forever, and a start next to a saddle can go either way.",
    ),
)

#: The entries by name, in teaching order.
GALLERY: dict[str, Entry] = {entry.name: entry for entry in _ENTRIES}
GROUPS: dict[str, str] = {
    "parabola": "One parameter: what a step is, and what can happen to it",
    "sphere": "Quadratics: conditioning, the one thing that matters for a bowl",
    "logistic_regression": "Losses and barriers: convex, but not quadratic",
    "rosenbrock": "Valleys: the way down is curved and narrow",
    "himmelblau": "Several minima: the start decides",
    "rastrigin": "Very many minima: plain gradient descent finds the nearest",
    "easom": "Flat almost everywhere: no slope to follow",
    "saddle": "Saddles: flat, but not the bottom",
}
"""What the functions from this one on, up to the next named here, have in common."""
