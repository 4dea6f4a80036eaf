"""The reading pages as a visitor gets them: their addresses, and what stands on one."""

import re
from html import unescape

from tests.makers import make_talk

PAGES = [
    "/",
    "/archiv/",
    "/landkarte/",
    "/abonnieren/",
    "/ueber/",
    "/impressum/",
    "/datenschutz/",
    "/barrierefreiheit/",
]
NOT_FOUND = "Diese Seite gibt es nicht."
SIGN_UP = "/anmeldung/?talk="


def get(client, path, status=200) -> str:
    response = client.get(path)
    assert (path, response.status_code) == (path, status)
    return response.content.decode()


def text_of(html: str) -> str:
    """Return what a reader sees of `html`, in one line."""
    main = re.search(r"<main.*?</main>", html, re.DOTALL).group()
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def title_of(html: str) -> str:
    return unescape(re.search(r"<title>(.*?)</title>", html, re.DOTALL).group(1))


def talk_page(client, **fields) -> str:
    return get(client, make_talk(**fields).get_absolute_url())
