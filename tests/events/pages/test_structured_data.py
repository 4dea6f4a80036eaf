"""What search engines read about a talk, whole; and that no text breaks out of its element."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.models import Speaker, Talk
from events.pages import structured_data
from tests.conftest import NOW
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
SITE = "https://talks.example"
URL = f"{SITE}/talks/waerme-licht-fuer-gudensberg/"


def event(talk):
    talk = Talk.objects.get(pk=talk.pk)
    return structured_data.event(
        talk, site_url=SITE, organisers=["vhw & Co."], image="/bilder/x/800x400.jpg"
    )


def test_coming_talk_is_a_free_online_event():
    talk = make_talk()
    Speaker.objects.create(talk=talk, name="Änne Groß", position=1)

    assert event(talk) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": TITLE,
        "description": "Erster Absatz.\n\nZweiter Absatz.",
        "startDate": "2025-11-26T09:00:00+01:00",
        "endDate": "2025-11-26T10:00:00+01:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": URL},
        "url": URL,
        "inLanguage": "de",
        "isAccessibleForFree": True,
        "image": [f"{SITE}/bilder/x/800x400.jpg"],
        "organizer": [{"@type": "Organization", "name": "vhw & Co."}],
        "performer": [
            {
                "@type": "Person",
                "name": "Sina Massow",
                "jobTitle": "Bürgermeisterin der Stadt Gudensberg",
            },
            {"@type": "Person", "name": "Änne Groß"},
        ],
        "offers": {
            "@type": "Offer",
            "price": "0",
            "priceCurrency": "EUR",
            "availability": "https://schema.org/InStock",
            "url": f"{SITE}/anmeldung/?talk=waerme-licht-fuer-gudensberg",
        },
    }


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "EventScheduled"),
        ({"status": "cancelled"}, "EventCancelled"),
        ({"status": "postponed"}, "EventPostponed"),
        ({"starts_in": -DAY}, "EventScheduled"),
    ],
)
def test_status_follows_the_talk(fields, status):
    assert event(make_talk(**fields))["eventStatus"] == f"https://schema.org/{status}"


def test_moved_talk_tells_its_former_beginning():
    talk = Talk.objects.get(pk=make_talk(starts_at=NOW + 5 * DAY).pk)
    talk.starts_at, talk.ends_at = NOW + 9 * DAY, NOW + 9 * DAY + timedelta(hours=1)
    talk.save()

    data = event(talk)

    assert (data["eventStatus"], data["previousStartDate"], data["startDate"]) == (
        "https://schema.org/EventRescheduled",
        "2025-11-10T09:00:00+01:00",
        "2025-11-14T09:00:00+01:00",
    )


@pytest.mark.parametrize(
    ("fields", "offer"),
    [
        (
            {"capacity": 1, "seats_taken": 1, "waiting_list": False},
            {"availability": "https://schema.org/SoldOut"},
        ),
        ({"registration_closes_at": NOW}, {}),
        ({"starts_in": -DAY}, None),
        ({"status": "cancelled"}, None),
        ({"status": "postponed"}, None),
    ],
)
def test_offer_is_there_while_there_is_something_to_offer(fields, offer):
    free = {"@type": "Offer", "price": "0", "priceCurrency": "EUR"}

    found = event(make_talk(**fields)).get("offers")

    assert found == (None if offer is None else free | offer)


@given(st.text())
def test_no_text_ends_the_script_element(text):
    written = structured_data.script_json({"ä": text})

    assert json.loads(written) == {"ä": text}
    assert not {"<", ">", "&", "\u2028", "\u2029"} & {*written}


def test_page_of_a_talk_carries_it_and_its_preview(client):
    talk = make_talk(title='</script><b>"ä"', meeting_url="https://secret.example/room")

    html = client.get(talk.get_absolute_url()).content.decode()

    start = '<script type="application/ld+json">'
    data = json.loads(html.partition(start)[2].partition("</script>")[0])
    assert data["name"] == '</script><b>"ä"'
    assert data["image"] == [f"http://testserver{talk.get_absolute_url()}ortsschild.png"]
    assert f'<meta property="og:image" content="{data["image"][0]}">' in html
    assert '<meta property="og:title" content="&lt;/script&gt;&lt;b&gt;&quot;ä&quot;">' in html
    assert html.count("<script") == 1
    assert "secret.example" not in html
