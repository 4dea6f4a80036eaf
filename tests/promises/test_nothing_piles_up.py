"""What a process answers leaves nothing in its memory; else it slows down, and keeps names."""

import gc
from importlib import import_module
from pkgutil import walk_packages
from types import FrameType, ModuleType

import pytest

import events
import registration
import webtalks
from tests.makers import make_talk

FORM = "/anmeldung/"
# Each is refused in another place; the last is signed up.
POSTS = [
    {"email": ""},
    {"email": "kim"},
    {"email": "kim@localhost"},
    {"email": "kim@stadt.example", "organisation": "www.stadt.example"},
    {"email": "kim@stadt.example", "talks": "gone"},
    {"email": "kim@stadt.example"},
]


def modules() -> list[ModuleType]:
    found = []
    for package in (events, registration, webtalks):
        names = [one.name for one in walk_packages(package.__path__, f"{package.__name__}.")]
        # Neither is a part of the running site: one starts it, one belongs to gunicorn.
        found += [import_module(n) for n in names if not n.endswith((".gunicorn", ".bootstrap"))]
    return found


def errors_in(module: ModuleType) -> list[str]:
    """Return the names of errors that are made once: each time one is raised it keeps more."""
    classes = [one for one in vars(module).values() if isinstance(one, type)]
    return [
        name
        for owner in (module, *classes)
        for name, value in vars(owner).items()
        if isinstance(value, BaseException)
    ]


def test_no_error_is_made_once_and_raised_again():
    found = {module.__name__: errors_in(module) for module in modules()}

    assert len(found) > 100
    assert {name: errors for name, errors in found.items() if errors} == {}


def test_control_the_search_finds_an_error_made_once():
    module = ModuleType("example")
    module.GONE = ValueError("gone")
    module.Form = type("Form", (), {"REFUSED": ValueError("refused")})

    assert errors_in(module) == ["GONE", "REFUSED"]


@pytest.mark.once
@pytest.mark.parametrize("fields", POSTS, ids=lambda fields: "-".join(fields.values()) or "empty")
def test_forms_leave_nothing_behind(client, db, fields):
    make_talk(slug="talk")

    def post() -> None:
        client.post(FORM, {"talks": "talk", "name": "Kim", **fields})

    def frames() -> int:
        gc.collect()
        return sum(isinstance(one, FrameType) for one in gc.get_objects())

    for _ in range(2):
        post()
    before = frames()
    for _ in range(5):
        post()

    assert frames() - before < 5
