"""Our stylesheets: their form, and that each colour is written down once (docs/decisions.md)."""

import re
from collections import Counter
from pathlib import Path

import pytest

from events.pages import town_sign

ROOT = Path(__file__).resolve().parents[1]
STYLES = ROOT / "static" / "css"
NAMES = sorted(str(path.relative_to(STYLES)) for path in STYLES.rglob("*.css"))
MAIL = (ROOT / "templates/email/style.css").read_text()
LAYERS = ["reset", "tokens", "base", "layout", "components", "utilities"]

# Where a colour of tokens.css may stand too, because it cannot be taken from there.
COPIES = {
    "events/pages/town_sign.py",  # draws a picture
    "static/img/favicon.svg",  # browsers show it without our stylesheets
    "templates/email/style.css",  # mail programs know no custom properties
}
# What mails take from the site's light colours.
MAIL_TOKENS = {"ink", "muted", "paper", "wash", "line", "green", "on-dark"}
MAIL_TOKENS |= {"sign", "on-sign", "ok", "wait"}
DARK_MAIL = "@media (prefers-color-scheme: dark)"


def css_of(name: str) -> str:
    """Return the stylesheet without comments and strings, with its lines as they are."""
    css = re.sub(r'"[^"\n]*"', "", (STYLES / name).read_text())
    return re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), css, flags=re.S)


def colours_in(text: str) -> list[str]:
    """Return every colour that `text` writes in hexadecimal, as eight or six small digits."""
    found = re.findall(r"(?<![&\w])#([0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b", text, re.I)
    long = [code if len(code) > 4 else "".join(digit * 2 for digit in code) for code in found]
    return [f"#{code.lower()}" for code in long]


def light_tokens() -> dict[str, str]:
    """Return the colours of light pages by the names of their tokens."""
    light = css_of("tokens.css").partition("@media")[0]
    values = dict(re.findall(r"--([\w-]+): (#\w+|white|var\(--[\w-]+\));", light))
    colours = {}
    for name in values:
        value = values[name]
        while value.startswith("var"):
            value = values[value[len("var(--") : -1]]
        colours[name] = "#ffffff" if value == "white" else colours_in(value)[0]
    return colours


def ours() -> list[Path]:
    """Return all files of the running site that we have written."""
    folders = ["static", "templates", "events", "registration", "webtalks"]
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    kinds = {".css", ".svg", ".js", ".html", ".txt", ".xml", ".py", ".conf"}
    return [path for path in paths if path.suffix in kinds and "vendor" not in path.parts]


@pytest.mark.parametrize("name", NAMES)
def test_every_block_is_closed(name):
    """A block left open takes every rule behind it away, and no tool says so."""
    depth = 0
    for brace in re.findall(r"[{}]", css_of(name)):
        depth += 1 if brace == "{" else -1
        assert depth >= 0

    assert depth == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_line_is_short_and_holds_one_declaration(name):
    long = [line for line in (STYLES / name).read_text().splitlines() if len(line) > 120]
    crowded = [line for line in css_of(name).splitlines() if re.search(r"[;{}]\s*\S", line)]

    assert (long, crowded) == ([], [])


def test_rules_stand_in_layers_and_none_is_important():
    """Django's own stylesheets stand in no layer, so those of the admin cannot either."""
    site = css_of("site.css")
    outermost = re.findall(r"^([^\s}].*?) *\{$", site, re.MULTILINE)
    order = re.findall(r"^@layer (.*);$", css_of("tokens.css"), re.MULTILINE)

    assert order == [", ".join(LAYERS)]
    assert [rule for rule in outermost if rule != "@font-face"] == [
        f"@layer {layer}" for layer in LAYERS if layer != "tokens"
    ]
    assert [name for name in NAMES if "!important" in css_of(name)] == []


def test_stylesheets_take_their_colours_from_the_tokens():
    others = "".join(css_of(name) for name in NAMES if name != "tokens.css")

    assert colours_in(others) == []
    assert re.findall(r"\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(", others) == []


def test_each_colour_is_written_once():
    counts = Counter(colours_in(css_of("tokens.css")))

    assert {colour for colour, count in counts.items() if count > 1} == set()


def test_every_token_that_is_used_exists():
    used = {name for css in map(css_of, NAMES) for name in re.findall(r"var\(--([\w-]+)", css)}
    defined = {name for css in map(css_of, NAMES) for name in re.findall(r"--([\w-]+):", css)}

    assert used - defined == {"object-tools-fg"}  # Django's


def test_colours_of_the_tokens_stand_nowhere_else():
    palette = set(colours_in(css_of("tokens.css")))
    places = {
        str(path.relative_to(ROOT))
        for path in ours()
        if palette & set(colours_in(path.read_text()))
    }

    assert places == COPIES | {"static/css/tokens.css"}


def test_copies_agree_with_the_tokens():
    tokens = light_tokens()
    light_mail = MAIL.partition(DARK_MAIL)[0]
    drawn = ["sky", "haze", "town", "sign", "on-sign"]
    names = [town_sign.SKY, town_sign.HAZE, town_sign.HILLS, town_sign.SIGN, town_sign.ON_SIGN]
    icon = (ROOT / "static/img/favicon.svg").read_text()
    signs = re.findall(r"\.sign td, \.button td \{ background-color: (\S+); color: (\S+);", MAIL)

    assert names == [tokens[name] for name in drawn]
    assert set(colours_in(icon)) == {tokens["sign"], tokens["on-sign"]}
    assert set(colours_in(light_mail)) == {tokens[name] for name in MAIL_TOKENS}
    assert signs == [(tokens["sign"], tokens["on-sign"])]


def test_pages_load_the_tokens_first():
    wrong = []
    for path in ours():
        text = path.read_text()
        sheets = re.findall(r'<link rel="stylesheet" href="[^>]*?css/(\w+\.css)', text)
        own = [sheet for sheet in sheets if sheet in NAMES]
        if text.startswith("{% extends"):  # its base has loaded the tokens before
            continue
        if own and (len(own) != 2 or own[0] != "tokens.css"):
            wrong.append((path, own))

    assert wrong == []
