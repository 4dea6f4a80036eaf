"""A year of the series with invented people, in plain numbers."""

from datetime import datetime

from events.models import Municipality
from registration.models import Registration
from tests.conftest import BERLIN
from tests.makers import make_talk

YEAR = 2025


def make_held(month, **fields):
    """Return a talk of that month of YEAR."""
    return make_talk(starts_at=datetime(YEAR, month, 5, 10, tzinfo=BERLIN), **fields)


def make_town(name="Größenau", land="Hessen", population=7_000, **fields):
    return Municipality.objects.create(name=name, land=land, population=population, **fields)


def make_people(talk, number, *, town=None, state="confirmed", **fields):
    """Write rows as they are after their talk."""
    offset = Registration.objects.count()
    addresses = [f"p{offset + each}@stadt.example" for each in range(number)]
    Registration.objects.bulk_create(
        Registration(
            talk=talk,
            name="Kim",
            email=address,
            email_key=address,
            municipality=town,
            state=state,
            **fields,
        )
        for address in addresses
    )
