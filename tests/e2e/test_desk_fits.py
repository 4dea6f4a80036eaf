"""Every page of the organisers' desk: nothing leaves the window, and axe finds no fault."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User

from events.models import Talk
from registration.models import Registration
from tests.e2e.conftest import let_fades_end
from tests.makers import make_groups
from tests.webtalks.addresses import addresses

PASSWORD = "Ein-langes-Passwort-7"
# What is read; the others are pictures, files, parts of pages, and what only forms do.
READ = {"admin", "admin page with a frame", "admin page that Django leaves open", "admin refusal"}
SHEETS = ".xlsx"
LONG = "Verbandsgemeindeverwaltungszusammenschlüsse neu denken: wie es die Kleinstädte halten"
ADDRESS = f"https://meet.example/a?pwd={'x' * 80}"
SERIOUS = {"serious", "critical"}


@pytest.fixture
def paths(transactional_db, settings, tmp_path):
    """Return the pages of the desk, about talks and people whose names are long."""
    settings.MEDIA_ROOT = tmp_path
    make_groups()
    found = [each.path for each in addresses() if each.in_admin and each.kind in READ]
    Talk.objects.update(title=LONG, meeting_url=ADDRESS)
    Registration.objects.update(organisation=LONG, name=f"Kim {LONG[:43]}")
    return [path for path in found if not path.endswith(SHEETS)]


@pytest.fixture
def desk(browser, own_url, transactional_db):
    """Return a page of somebody who may do everything, logged in."""
    User.objects.create_superuser("leitung", "leitung@reihe.example", PASSWORD)
    context = browser.new_context(locale="de-DE", base_url=own_url, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/admin/login/")
    page.get_by_label("Benutzername").fill("leitung")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url("**/admin/")
    yield page
    # Before the server ends: it must not wait for a browser that keeps its connections.
    context.close()


def faults(page) -> list:
    found = Axe().run(page).response["violations"]
    return [
        (fault["id"], [node["target"] for node in fault["nodes"]])
        for fault in found
        if fault["impact"] in SERIOUS
    ]


@pytest.mark.parametrize(
    "screens",
    [((390, "dark"),), pytest.param(((1280, "light"),), marks=pytest.mark.slow)],
    ids=["narrow", "wide"],
)
def test_every_page_of_the_desk_fits_and_axe_finds_no_fault(desk, paths, screens):
    wide, wrong = {}, {}
    for path in paths:
        desk.goto(path)
        for width in (1120, 390):
            desk.set_viewport_size({"width": width, "height": 900})
            needed = desk.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                wide[path, width] = needed
        for width, scheme in screens:
            desk.set_viewport_size({"width": width, "height": 900})
            desk.emulate_media(color_scheme=scheme)
            let_fades_end(desk)
            if found := faults(desk):
                wrong[path, width] = found

    assert len(paths) > 60
    assert (wide, wrong) == ({}, {})
