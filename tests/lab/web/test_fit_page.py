"""Data in the page: a saved fit, dragged points, tables that are pasted and dropped, phones, presentation, everybody's access."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

import steepest
from steepest.data.sets.catalog import SETS, read_set
from steepest.lab.document import state_of
from steepest.objectives.fit import read_fit

from .test_stage import SEEN, box
from .waiting import drawn, settled

Open = Callable[..., Any]
SIZES = [(320, 640), (360, 740), (768, 1024), (1280, 720), (2560, 1440)]
HOUSES = read_set("houses")
HOUSE = {name: HOUSES[name].tolist() for name in ("size", "rooms", "age", "price")}


def state(model: str, columns: dict[str, list[Any]], count: int = 2, **settings: Any) -> dict[str, Any]:
    """A state that shows a fit of some columns."""
    usual = {"loss": "mse", "scale": "none", "batch": None, "order": "shuffle", "one": None}
    return {
        "objective": model,
        "start": [0.0] * count,
        "steps": 40,
        "optimizers": [{"text": "gd", "settings": {}}],
        "data": usual | {"table": {"name": "the table", "names": list(columns), "columns": list(columns.values())}} | settings,
    }


LINE = state("price ~ w*size + b", {name: HOUSE[name] for name in ("size", "price")}, scale="z")
CLASSES = state(
    "kind ~ sigmoid(a*x + b*y + c)",
    {"x": [0.0, 1.0, 2.0, 3.0, 1.5, 2.5], "y": [1.0, 0.0, 3.0, 2.0, 2.0, 1.0], "kind": ["no", "no", "yes", "yes", "no", "yes"]},
    3,
    loss="log",
)
PIXEL = """(row) => {
  const { plot } = values.lab.fitControls, { left, top } = plot.element.getBoundingClientRect();
  const { x, y } = plot.rowHandle.pixelAt(row), scale = plot.element.getBoundingClientRect().width / plot.element.offsetWidth;
  return [left + scale * x, top + scale * y];
}"""
COLUMN = "(name) => [...values.lab.store.data.table.get(name)]"


def column(tab: Any, name: str) -> list[float]:
    found: list[float] = tab.evaluate(COLUMN, name)
    return found


def drag(tab: Any, row: int, dx: float, dy: float) -> None:
    x, y = tab.evaluate(PIXEL, row)
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + dx, y + dy, steps=5)
    tab.mouse.up()
    drawn(tab)


def paste(tab: Any, text: str) -> None:
    tab.get_by_role("button", name="Data…").click()
    tab.get_by_label("a table as text").fill(text)
    tab.get_by_role("button", name="Use this text").click()
    drawn(tab)


def drop(tab: Any, name: str, text: str) -> None:
    """Drop a file on the page."""
    tab.evaluate(
        """([name, text]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], name));
          const page = document.querySelector(".steepest-lab");
          const init = { dataTransfer, bubbles: true, cancelable: true };
          for (const kind of ["dragover", "drop"]) page.dispatchEvent(new DragEvent(kind, init));
        }""",
        [name, text],
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fit that Python saved as a page."""
    path = tmp_path_factory.mktemp("fit") / "fit.html"
    steepest.fit("houses", "price ~ w*size + b", scale="z", batch=16, lr=0.1, steps=40).save(path)
    return path


@pytest.fixture
def opened(chromium: Any, saved: Path) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.mistakes = []
    tab.on("pageerror", lambda error: tab.mistakes.append(str(error)))
    tab.goto(saved.as_uri())
    tab.locator(".steepest-coefficients td").first.wait_for()
    yield tab
    assert tab.mistakes == []
    context.close()


def test_a_saved_fit_plays_beside_its_cost_with_python_s_numbers(opened: Any) -> None:
    run = steepest.fit("houses", "price ~ w*size + b", scale="z", batch=16, lr=0.1, steps=40)
    for selector in (".steepest-plane", ".steepest-fit"):
        assert opened.evaluate(SEEN, selector), selector
    assert box(opened, ".steepest-fit")["x"] > box(opened, ".steepest-plane")["x"] + 100
    opened.keyboard.press("End")
    opened.wait_for_function("() => document.querySelector('.steepest-coefficients caption').textContent.includes('step 40')")
    rows = opened.locator(".steepest-coefficients tbody tr").all_inner_texts()
    found = {row.split()[0]: [float(text.replace("−", "-")) for text in row.split()[1:]] for row in rows}
    end = run.positions[-1].tolist()
    best = run.objective.exact.position
    assert best is not None
    units, exact = run.objective.in_original_units(end), run.objective.in_original_units(best)
    assert units is not None
    assert exact is not None
    for name, value in zip(run.objective.names, end, strict=True):
        assert found[name] == pytest.approx([value, units[name], exact[name]], rel=1e-5)
    told = opened.locator(".steepest-notes").inner_text()
    assert "batches of 16 of 60 rows" in told and "nothing is sent" in told


def test_a_reload_keeps_what_was_changed(opened: Any) -> None:
    opened.get_by_label("loss", exact=True).select_option("huber")
    opened.get_by_label("rows of a batch").fill("")
    opened.get_by_label("rows of a batch").press("Enter")
    opened.wait_for_function("() => location.hash.length > 100")
    opened.locator(".steepest-lab[aria-busy=false]").wait_for()
    opened.reload()
    opened.locator(".steepest-coefficients td").first.wait_for()
    expect(opened.get_by_label("loss", exact=True)).to_have_value("huber")
    expect(opened.get_by_label("rows of a batch")).to_have_value("")
    expect(opened.get_by_label("model:")).to_have_value("price ~ w*size + b")


def test_a_reload_keeps_a_table_that_is_too_long_for_a_link(opened: Any) -> None:
    rows = "\n".join(f"{k},{3 * k + k % 7}" for k in range(2_500))
    drop(opened, "long.csv", f"size,price\n{rows}")
    opened.wait_for_function("() => history.state?.table")
    opened.locator(".steepest-lab[aria-busy=false]").wait_for()
    assert len(opened.url) < 3_000, "it is not in the address"
    opened.reload()
    opened.locator(".steepest-coefficients td").first.wait_for()
    expect(opened.get_by_role("region", name="data")).to_contain_text(re.compile(r"long\.csv\s*2,500 rows"))
    many = "\n".join(f"{k},{k}" for k in range(80_000))
    drop(opened, "many.csv", f"size,price\n{many}")
    opened.wait_for_function("() => document.querySelector('.steepest-data-name').textContent.includes('80,000 rows')")
    expect(opened.locator(".steepest-notes")).to_contain_text("A reload forgets a table of more than 150,000 cells")
    opened.locator(".steepest-lab[aria-busy=false]").wait_for()
    opened.reload()
    told = opened.locator(".steepest-objective .steepest-refusal")
    expect(told.first).to_contain_text("this link has no table in it, because it is long: open many.csv first")


def test_misra1a_s_exact_answer_is_sought_from_its_start(shown: Open) -> None:
    tab = shown({"objective": "x^2", "start": [1.0], "steps": 5})
    tab.get_by_role("button", name="Data…").click()
    tab.get_by_role("button", name="misra1a").click()
    drawn(tab)
    table = "() => [...document.querySelectorAll('.steepest-coefficients tbody tr')].map((row) => row.textContent)"
    told = tab.locator(".steepest-coefficients caption")
    assert "a minimum by Newton's method" in told.inner_text()
    certified = ("238.942", "0.000550156")  # https://www.itl.nist.gov/div898/strd/nls/data/misra1a.shtml
    assert all(value in row for value, row in zip(certified, tab.evaluate(table), strict=True))
    for name in ("start: b1", "start: b2"):
        tab.get_by_role("textbox", name=name).fill("0")
        tab.get_by_role("textbox", name=name).press("Enter")
    drawn(tab)
    assert "none computed" in told.inner_text(), "from 0 it finds none, as in Python"
    settled(tab)


def test_over_a_table_where_starts_end_is_shown_or_told_why_not(shown: Open) -> None:
    tab = shown(LINE | {"optimizers": [{"text": "momentum", "settings": {"lr": 0.05}}], "steps": 200})
    starts, many = (tab.get_by_role("button", name=name) for name in ("where starts end", "many starts"))
    starts.click()
    tab.wait_for_function("() => values.lab.basins.found?.complete")
    found = tab.evaluate(
        """() => {
          const { cells, reached, minima } = values.lab.basins.found, { store } = values.lab;
          const cell = cells.among(3, 5, 1), start = cells.start(cell);
          store.change({ start }, true);
          store.run();
          const { latest } = store.optimizers[0];
          const same = cells.steps[cell] === latest.steps && cells.value[cell] === latest.values[latest.steps];
          return [minima.length, [...new Set(reached)], same];
        }"""
    )
    assert found == [1, [0], True], "a cell is the run from there"
    many.click()
    drawn(tab)
    assert tab.evaluate("() => values.lab.store.manyRuns.length") == 37
    tab.get_by_role("button", name="lr × β map").click()
    tab.wait_for_function("() => document.querySelector('.steepest-map') && !document.querySelector('.steepest-map[data-stale]')")
    rows = 100_000
    size = [40 + 160 * ((k * 7919) % rows) / rows for k in range(rows)]
    slow = state("price ~ w*size + b", {"size": size, "price": [2 * each + 7 for each in size]}, scale="z")
    tab = shown(slow)
    starts, many = (tab.get_by_role("button", name=name) for name in ("where starts end", "many starts"))
    assert starts.is_disabled() and starts.get_attribute("title") == "256 runs of 40 steps over 100,000 rows would take too long"
    assert many.is_disabled() and many.get_attribute("title") == "so many runs over 100,000 rows take too long"


@pytest.mark.parametrize("width", [320, 360, 768, 1024, 1440])
def test_the_buttons_over_the_picture_cover_neither_each_other_nor_the_start(shown: Open, width: int) -> None:
    unscaled = state_of([steepest.fit("houses", "price ~ w*size + b", steps=20)])
    corner = {"objective": "himmelblau", "start": [4.5, 4.5], "steps": 9}
    for made in (LINE, LINE | {"start": [400_000.0, 150_000.0]}, unscaled, corner):
        tab = shown(made, viewport={"width": width, "height": 740})
        drawn(tab)
        drawn(tab)
        if made is unscaled:
            x, y = tab.evaluate("""() => {
              const { area, scene, element } = values.lab.plane, [star] = scene.objective.minima;
              const { left, top } = element.getBoundingClientRect();
              return [left + area.toX(star.position[0]), top + area.toY(star.position[1])];
            }""")
            for name in (".steepest-zoom", ".steepest-sweeps"):
                if over := box(tab, name):
                    assert not (over["x"] < x < over["x"] + over["width"] and over["y"] < y < over["y"] + over["height"]), name
        zoom, sweeps, start = (box(tab, name) for name in (".steepest-zoom", ".steepest-sweeps", ".steepest-handle"))
        pairs = [(zoom, sweeps), (zoom, start), (sweeps, start)]
        for one, other in pairs:
            apart = [one[side] + one[size] <= other[side] or other[side] + other[size] <= one[side]
                     for side, size in (("x", "width"), ("y", "height"))]  # fmt: skip
            assert any(apart), (made, one, other)


@pytest.mark.parametrize("width", [360, 640, 900, 1280])
def test_a_compact_page_is_picture_and_sliders(shown: Open, width: int) -> None:
    compact = {"flags": {"show": ["compact"]}}
    for made in (LINE | compact, {"objective": "himmelblau", "start": [1.0, 1.0], "steps": 9} | compact):
        tab = shown(made, viewport={"width": width, "height": 520})
        picture = box(tab, ".steepest-picture")
        assert picture["width"] > 0.6 * width and box(tab, ".steepest-plane")["height"] > 30, made
        slider = box(tab, ".steepest-optimizer .steepest-range")
        assert slider["width"] > 100 and slider["y"] + slider["height"] <= 520
        cards = "() => [...document.querySelectorAll('.steepest-side .steepest-card')].map((card) => card.offsetHeight)"
        assert all(height == 0 or height > 40 for height in tab.evaluate(cards)), "no card is empty"
    made = {"objective": "f(x, y) = x^2 + k*y^2", "let": {"k": 10.0}, "start": [1.0, 1.0], "steps": 9}
    tab = shown(made | compact, viewport={"width": width, "height": 520})
    assert tab.get_by_role("slider", name="k", exact=True).is_visible()


def test_what_a_link_lacks_is_told_and_no_command_names_a_table_that_was_changed(shown: Open) -> None:
    tab = shown(LINE)
    tab.evaluate("() => { navigator.clipboard.writeText = (text) => { globalThis.copied = text; return Promise.resolve(); }; }")
    share, note = tab.get_by_role("button", name="Share"), tab.locator(".steepest-note")
    share.click()
    tab.get_by_role("button", name="Copy as command").click()
    expect(note).to_contain_text("the table as it is here is in no file")
    share.click()
    tab.get_by_role("button", name="Copy as Python").click()
    expect(note).to_contain_text("copied the Python code")
    names: dict[str, Any] = {}
    exec(tab.evaluate("() => globalThis.copied"), names)  # noqa: S102 - the page's own code
    best = tab.evaluate("() => values.lab.store.objective.fit.exact.position")
    assert names["runs"][0].objective.exact.position == pytest.approx(best, rel=1e-9)
    rows = "\n".join(f"{k},{3 * k}" for k in range(1_500))
    drop(tab, "long.csv", f"size,price\n{rows}")
    tab.wait_for_function("() => values.lab.store.data.table.rows === 1500")
    share.click()
    tab.get_by_role("button", name="Copy link").click()
    expect(note).to_contain_text("copied the link, but the table has 3,000 cells")


def test_a_dragged_point_pulls_the_exact_line_and_undo_takes_it_back(shown: Open) -> None:
    tab = shown(LINE)
    exact = tab.evaluate("() => values.lab.store.objective.fit.exact.position")
    prices = column(tab, "price")
    drag(tab, 3, 10, -300)
    moved = column(tab, "price")
    assert moved[3] > prices[3] + 50_000 and moved[:3] + moved[4:] == prices[:3] + prices[4:]
    now = tab.evaluate("() => values.lab.store.objective.fit.exact.position")
    changed = HOUSE | {"price": moved, "size": column(tab, "size")}
    answer = steepest.fit(changed, "price ~ w*size + b", scale="z", lr=0.1, steps=1).objective.exact.position
    assert now == pytest.approx(answer, rel=1e-9) and now != exact
    assert settled(tab)["data"]
    assert tab.get_by_role("button", name="Undo: point moved").is_enabled()
    tab.keyboard.press("Control+z")
    drawn(tab)
    assert column(tab, "price") == prices, "a drag is one change"
    assert tab.evaluate("() => values.lab.store.objective.fit.exact.position") == exact
    tab.keyboard.press("Control+Shift+z")
    drawn(tab)
    assert column(tab, "price") == moved
    assert settled(tab)["objective"] == "price ~ w*size + b"


def test_a_point_that_is_dragged_out_of_the_picture_stays_in_sight(shown: Open) -> None:
    tab = shown(LINE)
    drag(tab, 3, 0, -2000)
    x, y = tab.evaluate(PIXEL, 3)
    fit = box(tab, ".steepest-fit")
    assert fit["x"] < x < fit["x"] + fit["width"] and fit["y"] < y < fit["y"] + fit["height"]


def test_the_keys_move_choose_and_remove_a_row(shown: Open) -> None:
    tab = shown(LINE)
    handle = tab.get_by_role("slider", name="row 1:")
    before = column(tab, "price")
    handle.focus()
    handle.press("ArrowUp")
    drawn(tab)
    assert column(tab, "price")[0] > before[0]
    assert (handle.get_attribute("aria-valuetext") or "").startswith("row 1 of 60: size = 98, price = ")
    tab.keyboard.press("PageDown")
    drawn(tab)
    chosen = tab.locator(".steepest-row-handle")
    text = chosen.get_attribute("aria-valuetext") or ""
    row = int(text.split()[1]) - 1
    assert HOUSE["size"][row] == min(size for size in HOUSE["size"] if size > 98)
    tab.keyboard.press("Delete")
    drawn(tab)
    assert len(column(tab, "price")) == 59 and chosen.is_visible()
    assert tab.evaluate("() => document.activeElement.classList.contains('steepest-row-handle')")
    settled(tab)


def test_a_double_click_and_a_button_add_points(shown: Open) -> None:
    tab = shown(LINE)
    fit = box(tab, ".steepest-fit")
    tab.mouse.dblclick(fit["x"] + 0.3 * fit["width"], fit["y"] + 0.2 * fit["height"])
    drawn(tab)
    assert len(column(tab, "price")) == 61
    tab.get_by_role("button", name="Add a point").click()
    drawn(tab)
    assert len(column(tab, "price")) == 62
    assert "row 62 of 62" in (tab.locator(".steepest-row-handle").get_attribute("aria-valuetext") or "")
    tab.get_by_role("button", name="Clicks add points").click()
    tab.mouse.click(fit["x"] + 0.25 * fit["width"], fit["y"] + 0.25 * fit["height"])
    drawn(tab)
    assert len(column(tab, "price")) == 63
    settled(tab)


def test_a_point_of_two_classes_is_of_the_class_beside_it(shown: Open) -> None:
    tab = shown(CLASSES)
    kinds = "() => values.lab.store.data.table.get('kind')"
    assert tab.evaluate("() => values.lab.fitControls.plot.points.kind") == "boundary"
    x, y = tab.evaluate(PIXEL, 3)
    tab.mouse.dblclick(x - 30, y)
    drawn(tab)
    assert tab.evaluate(kinds)[-1] == "yes"
    x, y = tab.evaluate(PIXEL, 3)
    tab.keyboard.down("Shift")
    tab.mouse.dblclick(x + 30, y + 15)
    tab.keyboard.up("Shift")
    drawn(tab)
    assert tab.evaluate(kinds)[-1] == "no"
    settled(tab)


def test_a_pasted_table_is_fitted_and_a_wrong_one_says_where(shown: Open) -> None:
    tab = shown({"objective": "x^2", "start": [1.0], "steps": 5})
    paste(tab, "size,price\n1,2\n2,oops\n3,6\n")
    told = tab.locator(".steepest-data-dialog .steepest-refusal").inner_text()
    assert "no two columns of numbers" in told
    tab.get_by_label("a table as text").fill('size,price\n1,"2\n')
    tab.get_by_role("button", name="Use this text").click()
    assert "line" in tab.locator(".steepest-data-dialog .steepest-refusal").inner_text()
    tab.get_by_label("a table as text").fill("size;price\n1;2,5\n2;4,5\n3;6,5\n")
    tab.get_by_role("button", name="Use this text").click()
    drawn(tab)
    assert tab.get_by_label("model:").input_value() == "price ~ w*size + b"
    assert column(tab, "price") == [2.5, 4.5, 6.5]
    card = tab.get_by_role("region", name="data").inner_text()
    assert "the pasted table 3 rows, 2 columns" in card.replace("\n", " ") and "stays in this browser" in card
    field = tab.get_by_label("model:")
    field.fill("price ~ w*sise + b*")
    tab.locator(".steepest-objective .steepest-refusal pre").wait_for()
    field.fill("price ~ w*size^2 + b")
    assert settled(tab)["objective"] == "price ~ w*size^2 + b"
    tab.get_by_role("button", name="no data").click()
    assert settled(tab)["objective"] == "x^2" and not tab.locator(".steepest-fit").is_visible()


def test_rows_with_missing_numbers_are_told_and_left_out_when_asked(shown: Open) -> None:
    tab = shown({"objective": "x^2", "start": [1.0], "steps": 5})
    paste(tab, "city,size,price\nRome,1,2\nOslo,,4\nBonn,3,6\nBari,4,8\n")
    assert "line 3" in tab.locator(".steepest-data-dialog .steepest-refusal").inner_text()
    tab.get_by_role("button", name="Leave out the rows in which a number is missing").click()
    drawn(tab)
    assert tab.evaluate("() => [...values.lab.store.objective.fit.unscaled.get('size')]") == [1, 3, 4]
    assert "line 3" in tab.locator(".steepest-notes").inner_text()
    drag(tab, 1, 0, -40)
    prices = column(tab, "price")
    assert prices[:2] == [2, 4] and prices[2] > 6.2 and prices[3] == 8, "the row after the one that was left out"
    settled(tab)
    tab.reload()
    expect(tab.locator(".steepest-notes")).to_contain_text("line 3")


def test_a_dropped_file_is_read_and_keeps_the_model(shown: Open) -> None:
    tab = shown(LINE)
    drop(tab, "more.csv", "size,price,city\n10,20,Rome\n20,41,Oslo\n30,59,Bonn\n")
    tab.get_by_text("more.csv", exact=True).wait_for()
    drawn(tab)
    assert column(tab, "price") == [20, 41, 59]
    assert tab.get_by_label("model:").input_value() == "price ~ w*size + b"
    drop(tab, "other.csv", "a,b\n1,2\n2,4\n")
    tab.get_by_text("other.csv", exact=True).wait_for()
    expect(tab.get_by_label("model:")).to_have_value("b ~ w*a + b0")
    drop(tab, "bad.csv", "")
    expect(tab.locator(".steepest-data-dialog[open] .steepest-refusal p").first).to_contain_text("bad.csv")


@pytest.mark.parametrize("name", SETS)
def test_every_table_that_comes_with_it_opens(shown: Open, name: str) -> None:
    tab = shown({"objective": "x^2", "start": [1.0], "steps": 5})
    tab.get_by_role("button", name="Data…").click()
    tab.locator(".steepest-sets").get_by_role("button", name=name).click()
    drawn(tab)
    assert tab.evaluate("() => values.lab.store.data.table.rows") == SETS[name].rows
    assert tab.get_by_label("loss", exact=True).input_value() == SETS[name].loss
    assert tab.get_by_label("model:").input_value() == read_fit(SETS[name].model, name, loss=SETS[name].loss).written
    assert tab.evaluate("() => values.lab.store.optimizers[0].latest.gradients.slice(0, 2).some((slope) => slope !== 0)")
    settled(tab)


def test_points_are_clicked_together(shown: Open) -> None:
    tab = shown({"objective": "x^2", "start": [1.0], "steps": 5})
    tab.get_by_role("button", name="Data…").click()
    tab.get_by_role("button", name="Click points").click()
    drawn(tab)
    rows = len(column(tab, "x"))
    fit = box(tab, ".steepest-fit")
    tab.mouse.click(fit["x"] + 0.3 * fit["width"], fit["y"] + 0.25 * fit["height"])
    drawn(tab)
    assert len(column(tab, "x")) == rows + 1
    settled(tab)


def test_loss_scaling_and_batches_are_controls_with_one_line_for_a_mistake(shown: Open) -> None:
    tab = shown(LINE)
    tab.get_by_label("loss", exact=True).select_option("formula")
    tab.get_by_label("loss of one row").fill("abs(y-p")
    tab.get_by_label("loss of one row").press("Enter")
    refusal = tab.locator(".steepest-data .steepest-refusal")
    assert "^" in refusal.inner_text()
    tab.get_by_label("loss of one row").fill("log(cosh(p-y))")
    tab.get_by_label("loss of one row").press("Enter")
    assert settled(tab)["data"]["loss"] == "log(cosh(p-y))" and not refusal.is_visible()
    tab.get_by_label("scaling of the columns").select_option("minmax")
    batch = tab.get_by_label("rows of a batch")
    for text in ("-3", "1000"):
        batch.fill(text)
        batch.press("Enter")
        assert "batch" in refusal.inner_text(), text
    batch.fill("10")
    batch.press("Enter")
    tab.get_by_label("order of the batches").select_option("cyclic")
    data = settled(tab)["data"]
    assert [data[name] for name in ("scale", "batch", "order")] == ["minmax", 10, "cyclic"]
    assert tab.evaluate("() => [...values.lab.fitControls.drawn.batchRows(2)]") == list(range(10, 20))


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_both_pictures_are_on_screen_in_every_size(shown: Open, width: int, height: int) -> None:
    tab = shown(LINE, viewport={"width": width, "height": height})
    for selector in (".steepest-plane", ".steepest-fit", ".steepest-timeline"):
        assert tab.evaluate(SEEN, selector), selector
    assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    tab.keyboard.press("p")
    drawn(tab)
    for selector in (".steepest-plane", ".steepest-fit"):
        assert tab.evaluate(SEEN, selector), selector


def test_on_a_phone_a_finger_drags_a_point_and_the_panel_has_the_data(shown: Open) -> None:
    tab = shown(LINE, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    x, y = tab.evaluate(PIXEL, 3)
    before = column(tab, "price")[3]
    touch = tab.context.new_cdp_session(tab)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in (10, 20, 30):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - part}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    drawn(tab)
    assert column(tab, "price")[tab.evaluate("() => values.lab.fitControls.plot.rowHandle.row")] > before or (
        column(tab, "price") != HOUSE["price"]
    )
    tab.get_by_role("button", name="Function", exact=True).click()
    assert tab.get_by_label("loss", exact=True).is_visible()
    assert tab.evaluate(SEEN, ".steepest-fit")


def test_a_picture_that_is_saved_has_both(shown: Open) -> None:
    tab = shown(LINE)
    with tab.expect_download() as made:
        tab.get_by_role("button", name="Share").click()
        tab.get_by_role("button", name="Save as SVG").click()
    text = Path(made.value.path()).read_text()
    assert made.value.suggested_filename == "fit.svg"
    for word in ("exact", ">price<", ">size<", ">w<"):
        assert word in text, word
    ElementTree.fromstring(text)
    with tab.expect_download() as made:
        tab.get_by_role("button", name="Share").click()
        tab.get_by_role("button", name="Save as PNG").click()
    data = Path(made.value.path()).read_bytes()
    assert data.startswith(b"\x89PNG")
    width = int.from_bytes(data[16:20], "big")
    assert width > 2 * (box(tab, ".steepest-plane")["width"] + box(tab, ".steepest-fit")["width"]) - 4


def test_many_rows_are_drawn_once_as_their_density_and_a_step_touches_none_of_them(shown: Open) -> None:
    rows = 100_000
    size = [40 + 160 * ((k * 7919) % rows) / rows for k in range(rows)]
    price = [30 + 1.9 * value + (k * 104729 % 997) / 20 for k, value in enumerate(size)]
    tab = shown(state("price ~ w*size + b", {"size": size, "price": price}, scale="z"))
    assert not tab.locator(".steepest-row-handle").is_visible()
    frames = 30
    touched, called, painted = tab.evaluate(
        """(frames) => {
          const { plot } = values.lab.fitControls, { points } = plot, context = CanvasRenderingContext2D.prototype;
          let [touched, called, painted] = [0, 0, 0];
          const counted = (values) => new Proxy(values, {
            get: (target, name) => {
              if (/^\\d+$/.test(String(name))) touched++;
              const found = Reflect.get(target, name, target);
              return typeof found === "function" ? found.bind(target) : found;
            },
          });
          plot.points = { ...points, x: counted(points.x), y: counted(points.y) };
          const descriptors = Object.entries(Object.getOwnPropertyDescriptors(context));
          const own = descriptors.filter(([, { value }]) => typeof value === "function");
          for (const [name, { value }] of own) {
            context[name] = function (...given) {
              called++;
              if (name === "putImageData") painted++;
              return value.apply(this, given);
            };
          }
          for (let k = 0; k < frames; k++) { plot.scene = { ...plot.scene, time: k }; plot.draw(); }
          for (const [name, { value }] of own) context[name] = value;
          plot.points = points;
          return [touched, called, painted];
        }""",
        frames,
    )
    assert touched == 0 and painted == 0, "the rows are neither read nor painted again from step to step"
    assert 0 < called < 1_000 * frames, "calls of the canvas for each step"


def test_a_cost_over_many_rows_is_coarse_at_first_says_so_and_is_refined(shown: Open) -> None:
    rows = 60_000
    size = [40 + 160 * ((k * 7919) % rows) / rows for k in range(rows)]
    price = [30 + 1.9 * value + (k * 104729 % 997) / 20 for k, value in enumerate(size)]
    tab = shown(state("price ~ w*size + b", {"size": size, "price": price}, scale="z", loss="huber", steps=2))
    told = tab.locator(".steepest-refinement")
    zoomed = """() => {
      const { lab } = values, { plane } = lab, [[left, right], [low, high]] = plane.area.box;
      plane.zoomTo([[left - 1, right + 2], [low - 1, high + 2]]); // another view
      lab.draw();
      return [document.querySelector(".steepest-refinement").textContent, [...plane.contours.values]];
    }"""
    first, before = tab.evaluate(zoomed)
    assert first == "drawn at 9 x 9 points for now"
    tab.wait_for_function("() => values.lab.store.grid.points !== '9 x 9'")
    contours = "[...values.lab.plane.contours.values]"
    drawn(tab)
    assert re.fullmatch(
        r"(drawn|added up over all rows) at (17 x 17|33 x 33|65 x 65|129 x 129|257 x 257) points.*", told.inner_text()
    )
    assert tab.evaluate(f"() => {contours}") != before, "the picture shows the finer values"
    tab.get_by_label("loss", exact=True).select_option("mse")
    drawn(tab)
    assert not told.is_visible(), "a quadratic is exact everywhere"
    settled(tab)


def test_the_star_is_in_the_picture_after_another_scaling_and_the_worked_step_is_of_the_loss(shown: Open) -> None:
    tab = shown(LINE)
    inside = """() => {
      const { store, plane } = values.lab, [{ position }] = store.objective.minima;
      return position.every((value, axis) => value > plane.area.box[axis][0] && value < plane.area.box[axis][1]);
    }"""
    assert tab.evaluate(inside)
    for scale in ("minmax", "none", "z"):
        tab.get_by_label("scaling of the columns").select_option(scale)
        drawn(tab)
        assert tab.evaluate(inside), scale
    work = tab.locator(".steepest-work").first
    before = work.inner_text()
    tab.get_by_label("loss", exact=True).select_option("mae")
    drawn(tab)
    assert work.inner_text() != before and "sign" in work.inner_text()
    settled(tab)


def test_the_surface_is_that_of_the_loss(shown: Open) -> None:
    tab = shown(LINE | {"view": "surface"})
    levels = "() => [...values.lab.surface.levels]"
    before = tab.evaluate(levels)
    tab.get_by_label("loss", exact=True).select_option("mae")
    drawn(tab)
    assert tab.evaluate(levels) != before


def test_a_file_that_cannot_be_read_is_told_and_a_locked_page_is_not_left_for_one(shown: Open) -> None:
    tab = shown(LINE)
    tab.evaluate(
        "() => values.lab.fitControls.drop.read({ name: 'folder', size: 1, arrayBuffer: () => Promise.reject(new Error()) })"
    )
    expect(tab.locator(".steepest-note")).to_contain_text("folder cannot be read")
    kept = """() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["a,b\\n1,2\\n3,4\\n"], "more.csv"));
      const page = document.querySelector(".steepest-lab");
      return ["dragover", "drop"].map((kind) => {
        const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
        page.dispatchEvent(event);
        return event.defaultPrevented;
      });
    }"""
    assert shown(LINE | {"flags": {"hide": [], "lock": ["data"]}}).evaluate(kept) == [True, True]


def test_a_widget_leaves_what_is_pasted_elsewhere_to_the_notebook(shown: Open) -> None:
    tab = shown(LINE)
    paste_on = """(alone) => {
      const { drop } = values.lab.fitControls, clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "size,price\\n1,2\\n2,4\\n3,7\\n");
      drop.alone = alone;
      const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    assert tab.evaluate("() => values.lab.fitControls.drop.alone") is True
    assert tab.evaluate(paste_on, False) is False and len(column(tab, "size")) == 60
    assert tab.evaluate(paste_on, True) is True
    drawn(tab)
    assert column(tab, "size") == [1, 2, 3]


def test_runs_in_batches_have_no_ranking(shown: Open) -> None:
    two = [{"text": "gd", "settings": {"lr": lr}} for lr in (0.02, 0.2)]
    tab = shown(LINE | {"optimizers": two})
    ranks = tab.locator(".steepest-ranking")
    assert ranks.is_visible() and tab.evaluate("() => values.lab.chart.measured") == "f − f*"
    tab.get_by_label("rows of a batch").fill("4")
    tab.get_by_label("rows of a batch").press("Enter")
    drawn(tab)
    assert not ranks.is_visible(), "each step's value is of another batch"
    assert tab.evaluate("() => values.lab.store.leastKnown") is None
    assert tab.evaluate("() => values.lab.chart.measured") == "f"
    settled(tab)


def test_the_last_number_along_the_steps_keeps_clear_of_their_name(shown: Open) -> None:
    tab = shown({"objective": "x^2", "start": [1.0], "steps": 40})
    for width in (1280, 360):
        tab.set_viewport_size({"width": width, "height": 800})
        drawn(tab)
        gaps = tab.evaluate(
            """() => {
              const { chart } = values.lab, context = chart.layers.contexts[0], { fillText } = context, gaps = [];
              for (let most = 40; most <= 100_000; most += 1 + (most >> 5)) {
                const found = [];
                context.fillText = (text, x, y) => {
                  const wide = context.measureText(text).width, left = { center: 0.5, right: 1 }[context.textAlign] ?? 0;
                  found.push({ text, left: x - left * wide, right: x + (1 - left) * wide, y });
                };
                chart.series = { ...chart.series, most };
                chart.drawAxes(context, chart.series);
                const name = found.find(({ text }) => text === "step");
                const numbers = found.filter(({ text, y }) => text !== "step" && y === name.y);
                gaps.push(...numbers.map(({ right }) => name.left - right));
              }
              context.fillText = fillText;
              return gaps;
            }"""
        )
        assert len(gaps) > 200 and min(gaps) >= 6, (width, min(gaps))


def test_a_fit_can_be_read_by_everybody(shown: Open) -> None:
    from axe_playwright_python import sync_playwright as axe

    tab = shown(LINE)
    assert [each["id"] for each in axe.Axe().run(tab).response["violations"]] == []
    tab.get_by_role("button", name="Data…").click()
    assert [each["id"] for each in axe.Axe().run(tab).response["violations"]] == []
    tab.get_by_role("button", name="close the data").click()
    small = """() => [...document.querySelectorAll(".steepest-lab :is(button, select, input, textarea)")]
      .filter((each) => each.offsetParent && !each.closest(".steepest-unseen"))
      .map((each) => each.getBoundingClientRect())
      .filter(({ width, height }) => (width < 24 || height < 24) && width > 1).length"""
    assert tab.evaluate(small) == 0
    label = tab.locator(".steepest-fit canvas[role=img]").get_attribute("aria-label") or ""
    assert label.startswith("60 rows of price against size")


def test_a_lesson_can_lock_its_data(shown: Open) -> None:
    for lock, read in (([], "more.csv"), (["data"], None)):
        tab = shown(LINE | {"flags": {"hide": [], "lock": lock}})
        assert tab.locator(".steepest-row-handle").is_visible() != bool(lock)
        tab.evaluate("() => { values.lab.fitControls.drop.read = (file) => { globalThis.read = file.name; }; }")
        drop(tab, "more.csv", "size,price\n10,20\n20,41\n30,59\n")
        assert tab.evaluate("() => globalThis.read ?? null") == read
    assert tab.get_by_label("loss", exact=True).is_disabled()
