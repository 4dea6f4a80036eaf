"""Links as they come in: long ones, and those that other programs have wrapped."""

from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from events.models import Material, Series, Talk
from events.text.fields import WebAddressInput
from events.text.web_address import MAX_LENGTH, unwrapped

REAL = "https://stadt.example/teams/l/meetup-join/19%3ameeting_Ä%40thread.v2/0?a=1&b=%7b%22c%22%7d"
ENCODED = quote(REAL, safe="")
SAFE = f"https://eur02.safelinks.protection.outlook.com/?url={ENCODED}&data=05%7C02&reserved=0"
RECORDING = (
    "https://stadt-my.sharepoint.com/personal/kim_beispiel/_layouts/15/stream.aspx?id=%2Fpersonal"
    "%2Fkim%5Fbeispiel%2FDocuments%2FAufnahmen%2FWeb%2DTalk%2D20260115%2Emp4&referrer=Stream"
)


@pytest.mark.parametrize(
    "wrapped",
    [
        SAFE,
        f"https://nam01.safelinks.protection.outlook.com/ap/t-59584e83/?url={ENCODED}&data=x",
        f"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp.html?url={ENCODED}",
        f"https://www.google.com/url?q={ENCODED}&sa=D&source=calendar",
        f"https://linkprotect.cudasvc.com/url?a={ENCODED}&c=E,1,x",
        f"https://eu.ctp.trendmicro.com/wis/clicktime/v1/query?url={ENCODED}&umid=1",
        "https://urldefense.proofpoint.com/v2/url?u="
        + REAL.replace("-", "%2D")
        .replace("_", "%5F")
        .replace("Ä", "%C3%84")
        .replace("&", "%26")
        .replace("?", "%3F")
        .replace("%7b", "%257b")
        .replace("%7d", "%257d")
        .replace("%22", "%2522")
        .replace("%3am", "%253am")
        .replace("%40", "%2540")
        .replace("%", "-")
        .replace("/", "_")
        + "&d=DwMFAg&c=x",
        f"https://urldefense.com/v3/__{REAL}__;!!abc!def$",
        f"https://urldefense.com/v3/__{REAL.replace('https://', 'https:/')}__;!!abc!def$",
        f"https://www.google.com/url?q={quote(SAFE, safe='')}",
    ],
    ids=["outlook", "office", "teams", "google", "barracuda", "trend micro", "proofpoint 2"]
    + ["proofpoint 3", "proofpoint 3 with one slash", "two around each other"],
)
def test_wrapped_link_becomes_the_real_one(wrapped):
    assert unwrapped(wrapped) == REAL


@pytest.mark.parametrize(
    "address",
    [
        "",
        REAL,
        RECORDING,
        "https://www.google.com/url",
        "https://www.google.com/search?q=https",
        "https://eur02.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)",
        "https://safelinks.protection.outlook.com.example/?url=https%3A%2F%2Fvhw.de",
        "https://vhw.de/?url=https%3A%2F%2Fstadt.example",
        "https://[",
        "kein Link",
        "https://www.google.com/url?" + "&".join(["a=1"] * 60),
        "https://urldefense.com/v3/__https://a.example/*__;Iw!!x$",
    ],
)
def test_everything_else_stays_as_it_is(address):
    assert unwrapped(address) == address


def test_real_link_in_a_wrapped_one_is_judged_like_any_other():
    field = WebAddressInput(max_length=MAX_LENGTH)
    long = f"https://stadt.example/{'a' * 1970}"

    assert (
        field.clean(f"https://www.google.com/url?q={quote(long, safe='')}&x={'y' * 900}") == long
    )
    with pytest.raises(ValidationError):
        field.clean(f"https://www.google.com/url?q={quote(long + 'a' * 30, safe='')}")


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Talk, "meeting_url"),
        (Talk, "check_url"),
        (Talk, "test_url"),
        (Material, "url"),
        (Series, "series_url"),
    ],
)
def test_fields_for_links_take_two_thousand_characters(model, name):
    field = model._meta.get_field(name)
    address = f"https://stadt.example/{'a' * (2_000 - 22)}"

    assert field.clean(address, None) == address
    with pytest.raises(ValidationError):
        field.clean(f"{address}a", None)
    assert "maxlength" not in str(field.formfield().widget.render(name, ""))


def test_no_field_for_links_is_shorter():
    fields = {
        (model.__name__, field.name): field.max_length
        for model in (Talk, Material, Series)
        for field in model._meta.fields
        if isinstance(field, models.URLField)
    }

    assert fields == {
        ("Talk", "meeting_url"): 2000,
        ("Talk", "check_url"): 2000,
        ("Talk", "test_url"): 2000,
        ("Series", "test_url"): 2000,
        ("Material", "url"): 2000,
        ("Series", "series_url"): 2000,
    }
