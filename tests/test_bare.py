"""Without the extras everything of the core works, and what needs one says how to get it."""

import subprocess
import sys

EXTRAS = ("jax", "optax", "torch", "narwhals", "pandas", "polars", "pyarrow", "scipy", "sympy")


def bare(code: str) -> subprocess.CompletedProcess[str]:
    """Run code where no extra can be imported."""
    block = f"""
import importlib.abc, importlib.util, sys
class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRAS!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
"""
    return subprocess.run([sys.executable, "-W", "error", "-c", block + code], capture_output=True, text=True, check=False)


def test_the_core_runs() -> None:
    result = bare(
        """
import steepest, numpy as np
for name in steepest.OPTIMIZERS:
    steepest.descend("rosenbrock", optimizer=name, steps=5)
run = steepest.descend(lambda p: (p**2).sum(), start=np.ones(5), optimizer="adam")
print(run.objective.method, run.steps)
run.plot(); steepest.compare("x^2", ["gd", "adam"], 3).plot()
"""
    )
    assert result.stderr == ""
    assert result.stdout == "central differences 100\n"


def test_a_data_frame_says_what_to_install() -> None:
    result = bare("import steepest; steepest.descend('x^2', 3).to_frame()")
    assert result.stderr.splitlines()[-1].endswith("a data frame needs narwhals: pip install 'steepest[frame]'")


def test_importing_the_package_loads_nothing_outside_the_standard_library() -> None:
    code = "import sys; before = set(sys.modules); import steepest; print(*sorted(set(sys.modules) - before))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in result.stdout.split()}
    assert loaded - sys.stdlib_module_names == {"steepest"}
    assert "steepest.language" not in result.stdout
