import pytest

from steepest.errors import FormulaError
from steepest.language.pasted import read_tokens
from steepest.language.tokens import GREEK, KEYWORDS, LETTERS, LONGEST, LOOKALIKES, REFUSED, SIGNS, tokenize


def kinds_and_texts(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokenize(text)[:-1]]


@pytest.mark.parametrize("text", ["0", "12", "1.5", "5.", ".5", "1e3", "1E-3", "1.5e+10", "007"])
def test_numbers(text: str) -> None:
    assert kinds_and_texts(text) == [("number", text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2e", ["2", "e"]),
        ("2e-x", ["2", "e", "-", "x"]),
        ("2ex", ["2", "ex"]),
        ("x2y", ["x2y"]),
        ("x_a1", ["x_a1"]),
        ("x₁₂", ["x_12"]),
        ("θ₀", ["theta_0"]),
        ("αx", ["alphax"]),
        ("xπy", ["x", "pi", "y"]),
        ("ππ", ["pi", "pi"]),
        ("x⁻¹²", ["x", "-12"]),
        ("√2", ["sqrt", "2"]),
        ("x**y", ["x", "^", "y"]),
        ("x<=y", ["x", "<=", "y"]),
        ("x≥y", ["x", ">=", "y"]),
    ],
)
def test_splits(text: str, parts: list[str]) -> None:
    assert [part for _, part in kinds_and_texts(text)] == parts


@pytest.mark.parametrize(("letter", "name"), LETTERS.items())
def test_greek_letters(letter: str, name: str) -> None:
    assert kinds_and_texts(letter) == [("name", name)]
    assert name == "pi" or GREEK[name]


@pytest.mark.parametrize(("sign", "plain"), SIGNS.items())
def test_signs(sign: str, plain: str) -> None:
    assert kinds_and_texts(f"x{sign}y") == kinds_and_texts(f"x{plain}y")


def test_positions_count_code_points() -> None:
    tokens = tokenize("\ufeff 2π x₁")
    assert [(token.position, token.glued) for token in tokens] == [(2, False), (3, True), (5, False), (7, False)]


SPACES = [character for code in range(0x110000) if (character := chr(code)).isspace()]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: f"U+{ord(space):04X}")
def test_white_space_of_any_kind(space: str) -> None:
    assert kinds_and_texts(f"{space}x{space}+ 1{space}") == kinds_and_texts("x + 1")


WRONG = [*KEYWORDS, *({*REFUSED} - {";"}), "x; y", *LOOKALIKES, "nan", "NaN", "inf", "Infinity", "2i", "2J", "#", "~"]


@pytest.mark.parametrize("text", sorted(WRONG))
def test_refuses(text: str) -> None:
    with pytest.raises(FormulaError):
        read_tokens(text)


@pytest.mark.parametrize(("sign", "plain"), LOOKALIKES.items())
def test_lookalikes_are_named(sign: str, plain: str) -> None:
    with pytest.raises(FormulaError, match=rf"'{sign}' is (cyrillic|greek) .* \(U\+\w+\): type {plain}\n"):
        tokenize(sign)


def is_handled(character: str) -> bool:
    try:
        return read_tokens(character)[-1].kind == "end"
    except FormulaError as error:
        return error.position == 0 and "\n" not in error.reason


def test_every_character_is_read_or_refused() -> None:
    characters = map(chr, [*range(0x3000), *range(0x3000, 0x110000, 7)])
    assert not [character for character in characters if not is_handled(character)]


def test_a_long_text_is_refused() -> None:
    assert len(tokenize("x" * LONGEST)) == 2
    with pytest.raises(FormulaError, match="2,001 characters and may have 2,000"):
        tokenize("x" * (LONGEST + 1))
