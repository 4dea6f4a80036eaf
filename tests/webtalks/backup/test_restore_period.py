"""A slip in a date has erased people, and a backup brings them back."""

import pytest

from tests.full_site import Site

ERASED_BY_A_SLIP = """
from datetime import timedelta
from django.utils import timezone
from events.models import Talk
from registration.models import Registration
from registration.privacy.retention import carry_out
from webtalks.backup import erasure_file
Registration.objects.get(name="Asked").anonymise()
over = timezone.now() - timedelta(days=90)
Talk.objects.filter(slug="{slug}").update(starts_at=over - timedelta(hours=1), ends_at=over)
Registration.objects.update(told_ends_at=over)
print(carry_out())
erasure_file.update()
"""
TOLD_PEOPLE = """
from tests.makers import let_know, make_registration, make_talk
talk = make_talk(slug="{slug}")
for name in ("Taken", "Asked"):
    make_registration(talk, name=name, email=f"{{name.lower()}}@stadt.example")
let_know(talk)
"""
NAMES = """
from registration.models import Registration
print(*Registration.objects.named().order_by("name").values_list("name", flat=True))
"""


@pytest.fixture
def site(tmp_path, database_url):
    site = Site(tmp_path, database_url)
    site.set_up()
    return site


def test_whom_a_slip_has_taken_can_be_kept(site):
    site.shell(TOLD_PEOPLE.format(slug="verrutscht"))
    folder = site.back_up()
    assert site.shell(ERASED_BY_A_SLIP.format(slug="verrutscht")) == "1"
    assert site.shell(NAMES) == ""

    unknown = site.refuse("restore", str(folder), "--yes", "--keep-period-of=nichts")
    site.manage("restore", str(folder), "--yes")
    without = site.shell(NAMES)
    said = site.manage("restore", str(folder), "--yes", "--keep-period-of=verrutscht")

    assert "keinen Talk mit der Adresse „nichts“" in unknown
    assert without == ""
    assert "Wieder da, obwohl die Frist sie gelöscht hatte: 1." in said
    assert site.shell(NAMES) == "Taken"
