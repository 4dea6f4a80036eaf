"""The page that reads a report, the page between reading and confirming, and what is written."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registration.models import Registration, ReportLine
from tests.html_form import form_data
from tests.makers import make_registration, make_talk

pytestmark = pytest.mark.django_db

HEAD = "Name,E-Mail,Beitrittszeit,Austrittszeit\n"


@pytest.fixture
def talk(clock):
    """Give a talk that has just ended, with four people."""
    talk = make_talk(starts_in=timedelta(hours=1))
    make_registration(talk, name="Kim Beispiel", email="kim@stadt.example")
    make_registration(talk, name="Änne Groß", email="aenne@stadt.example")
    make_registration(talk, name="Lea Klein", email="lea@stadt.example")
    make_registration(talk, name="Lea Klein", email="lea2@stadt.example")
    clock.move_to(talk.ends_at)
    return talk


def page(name, talk):
    return reverse(f"admin:{name}_attendance", args=[talk.pk])


def row(email) -> Registration:
    return Registration.objects.get(email=email)


def told(talk) -> dict:
    rows = Registration.objects.in_talk(talk)
    return {row.email: row.minutes_present for row in rows if row.minutes_present is not None}


def at(talk, begin, end) -> str:
    """Return the cells of a stay, in minutes of the talk."""
    moments = [talk.local_starts_at + timedelta(minutes=minute) for minute in (begin, end)]
    return ",".join(f"{moment:%d.%m.%Y %H:%M:%S}" for moment in moments)


def report(talk, *people, name="bericht.csv") -> SimpleUploadedFile:
    """Return a report of (name, address, from, to)."""
    lines = [f'"{who}",{email},{at(talk, begin, end)}\n' for who, email, begin, end in people]
    return SimpleUploadedFile(name, (HEAD + "".join(lines)).encode())


def read(client, talk, *people):
    """Read the report; return the page on which its lines stand."""
    response = client.post(page("import", talk), {"file": report(talk, *people)})
    assert (response.status_code, response.get("Location")) == (302, page("review", talk))
    return client.get(response.url).content.decode()


def take_over(client, talk, **choices):
    html = client.get(page("review", talk)).content.decode()
    data = form_data(html, "review_form") | {"uebernehmen": "1"} | choices
    return client.post(page("review", talk), data, follow=True).content.decode()


def choice_of(name) -> str:
    """Return the prefix of the fields of this line."""
    return f"{ReportLine.objects.get(name=name).pk}"


def test_nothing_is_noted_before_it_is_taken_over(admin_client, talk):
    html = read(admin_client, talk, ("Wer", "kim@stadt.example", 0, 50), ("Fremd <b>", "", 0, 9))

    assert told(talk) == {}
    assert "Noch ist nichts vermerkt" in html
    assert "Fremd &lt;b&gt;" in html
    html = take_over(admin_client, talk)
    talk.refresh_from_db()
    assert told(talk) == {"kim@stadt.example": 50}
    assert (talk.guests, talk.presence_read_at) == (1, talk.ends_at)
    assert "Bericht übernommen: Minuten bei 1 Person, 1 Gast." in html
    assert "Zu den Angemeldeten" in html
    assert "Diese Person findet die Bescheinigung jetzt" in html
    assert reverse("admin:recap_mail", args=[talk.pk]) in html
    assert not ReportLine.objects.exists()
    texts = LogEntry.objects.values_list("change_message", flat=True)
    assert "Minuten aus dem Bericht des Videosystems übernommen." in texts


def test_every_line_stands_in_its_section(admin_client, talk):
    html = read(
        admin_client,
        talk,
        ("Wer", "kim@stadt.example", 0, 50),
        ("Groß, Dr. Aenne | Stadt Größenau", "", 0, 40),
        ("Lea Klein", "", 0, 30),
        ("Niemand Bekanntes", "", 0, 20),
        ("Sina Massow", "", 0, 60),
        ("Zu Früh", "", -30, -10),
    )

    sections = re.findall(r"<h2>([^<]+)</h2>", html)
    assert sections == [
        "Vorschlag",
        "Nicht gefunden",
        "Zugeordnet",
        "Gastgeber und Vortragende",
        "Nicht gezählt",
    ]
    counts = re.findall(r'row">(?:<a [^>]*>)?([^<]+)(?:</a>)?</th><td class="number">(\d+)<', html)
    assert dict(counts) == {
        "Vorschlag": "1",
        "Nicht gefunden": "1",
        "Zugeordnet": "2",
        "Gastgeber und Vortragende": "1",
        "Nicht gezählt": "1",
        "Zusammen": "6",
    }
    take_over(admin_client, talk)
    assert told(talk) == {"kim@stadt.example": 50, "aenne@stadt.example": 40}
    talk.refresh_from_db()
    assert talk.guests == 2


def test_proposal_is_chosen_and_an_unknown_one_named(admin_client, talk):
    read(admin_client, talk, ("Lea Klein", "", 0, 30), ("iPhone", "", 10, 40), ("+49", "", 0, 20))
    fields = {
        f"{choice_of('Lea Klein')}-choice": row("lea2@stadt.example").pk,
        f"{choice_of('iPhone')}-person": "Kim Beispiel, kim@stadt.example",
        # The telephone of the same person, half of the time beside the screen.
        f"{choice_of('+49')}-person": "KIM@stadt.example",
    }

    take_over(admin_client, talk, **fields)

    assert told(talk) == {"lea2@stadt.example": 30, "kim@stadt.example": 40}
    talk.refresh_from_db()
    assert talk.guests == 0


def test_choice_is_kept_from_page_to_page_and_can_be_taken_back(admin_client, talk):
    read(admin_client, talk, ("Lea Klein", "", 0, 30), ("Änne Groß", "", 0, 30))
    field, other = f"{choice_of('Lea Klein')}-choice", f"{choice_of('Änne Groß')}-choice"
    html = admin_client.get(page("review", talk)).content.decode()
    chosen = form_data(html, "review_form") | {
        field: row("lea@stadt.example").pk,
        other: "gast",
        "merken": "1",
    }

    html = admin_client.post(page("review", talk), chosen, follow=True).content.decode()

    assert "Übernommen ist noch nichts" in html
    kept = form_data(html, "review_form")
    assert (kept[field], kept[other]) == ([str(row("lea@stadt.example").pk)], ["gast"])
    take_over(admin_client, talk, **{field: "gast", other: row("aenne@stadt.example").pk})
    assert told(talk) == {"aenne@stadt.example": 30}


def test_wrong_name_loses_nothing(admin_client, talk):
    read(admin_client, talk, ("iPhone", "", 10, 40), ("Änne Groß", "", 0, 30))
    html = admin_client.get(page("review", talk)).content.decode()
    field = f"{choice_of('iPhone')}-person"
    data = form_data(html, "review_form") | {field: "Lea Klein", "uebernehmen": "1"}

    response = admin_client.post(page("review", talk), data)

    html = response.content.decode()
    assert response.status_code == 422
    assert "mehrere heißen so" in html
    assert form_data(html, "review_form")[field] == ["Lea Klein"]
    assert told(talk) == {}


def test_same_file_twice_changes_nothing(admin_client, talk):
    people = ("Lea Klein", "", 0, 30), ("Kim Beispiel", "", 0, 45)
    read(admin_client, talk, *people)
    take_over(
        admin_client, talk, **{f"{choice_of('Lea Klein')}-choice": row("lea@stadt.example").pk}
    )
    before, entries = told(talk), LogEntry.objects.count()

    html = read(admin_client, talk, *people)
    assert "2 von ihnen haben schon Minuten" in html
    assert "schon zugeordnet" in html
    take_over(admin_client, talk)

    assert told(talk) == before == {"lea@stadt.example": 30, "kim@stadt.example": 45}
    assert LogEntry.objects.count() == entries + 1  # that it was taken over


def test_what_a_wrong_report_told_goes_on_request(admin_client, talk):
    read(admin_client, talk, ("Änne Groß", "", 0, 30))
    take_over(admin_client, talk)
    html = read(admin_client, talk, ("Kim Beispiel", "", 0, 45))

    assert "Auch die Minuten von 1 Person löschen" in html
    take_over(admin_client, talk, fruehere="on")

    assert told(talk) == {"kim@stadt.example": 45}


def test_organisers_mark_stays(admin_client, talk):
    Registration.objects.filter(email="aenne@stadt.example").mark_present()
    read(admin_client, talk, ("Änne Groß", "", 0, 10))
    take_over(admin_client, talk)

    found = row("aenne@stadt.example")
    assert (found.marked_present, found.minutes_present, found.attended) == (True, 10, True)


# What goes wrong


def test_several_reports_are_read_together(admin_client, talk):
    files = [report(talk, ("Kim", "kim@stadt.example", *part)) for part in ((0, 20), (30, 60))]
    admin_client.post(page("import", talk), {"file": files})
    take_over(admin_client, talk)

    assert told(talk) == {"kim@stadt.example": 50}


def test_report_of_another_talk_is_refused(admin_client, talk):
    other = make_talk(starts_in=timedelta(days=-7), town="Vrees")
    files = [report(talk, ("Kim", "", 0, 9)), report(other, ("Kim", "", 0, 9), name="alt.csv")]

    response = admin_client.post(page("import", talk), {"file": files})

    assert response.status_code == 422
    html = response.content.decode()
    assert "„alt.csv“ ist nicht von diesem Talk" in html
    assert "reicht von 29.\xa0Oktober 2025, 11:00\xa0Uhr" in html
    assert not ReportLine.objects.exists()


def test_talk_ahead_has_no_report(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=1))

    response = admin_client.post(page("import", talk), {"file": report(talk, ("Kim", "", 0, 9))})

    assert response.status_code == 422
    assert "steht noch bevor" in response.content.decode()


@pytest.mark.parametrize("data", [{}, {"file": "kein Datei"}])
def test_without_a_file_the_page_asks_for_one(admin_client, talk, data):
    response = admin_client.post(page("import", talk), data)

    assert response.status_code == 422
    assert "Bitte wählen Sie eine Datei aus" in response.content.decode()


def test_after_an_hour_nothing_can_be_taken_over(admin_client, talk, clock):
    html = read(admin_client, talk, ("Änne Groß", "", 0, 30))
    data = form_data(html, "review_form") | {"uebernehmen": "1"}
    clock.shift(timedelta(minutes=55))

    html = admin_client.post(page("review", talk), data, follow=True).content.decode()

    assert "liegt kein eingelesener Bericht mehr" in html
    assert told(talk) == {}


def test_form_of_another_reading_decides_nothing(admin_client, talk, clock):
    html = read(admin_client, talk, ("Änne Groß", "", 0, 30))
    data = form_data(html, "review_form") | {"uebernehmen": "1"}
    clock.shift(timedelta(minutes=1))
    read(admin_client, talk, ("Kim Beispiel", "", 0, 30))

    html = admin_client.post(page("review", talk), data, follow=True).content.decode()

    assert "anderen Bericht dieses Talks eingelesen" in html
    assert told(talk) == {}


def test_erased_between_reading_and_confirming(admin_client, talk):
    html = read(admin_client, talk, ("Kim Beispiel", "", 0, 30), ("Änne Groß", "", 0, 30))
    data = form_data(html, "review_form") | {"uebernehmen": "1"}
    row("kim@stadt.example").anonymise()

    html = admin_client.post(page("review", talk), data, follow=True).content.decode()

    assert "Einzelne Zeilen sind übersprungen" in html
    assert told(talk) == {"aenne@stadt.example": 30}
    talk.refresh_from_db()
    assert talk.guests == 0


def test_discarded_report_is_gone(admin_client, talk):
    read(admin_client, talk, ("Änne Groß", "", 0, 30))
    assert "noch nicht übernommen" in admin_client.get(page("import", talk)).content.decode()

    assert admin_client.get(page("discard", talk)).status_code == 405
    admin_client.post(page("discard", talk))

    assert not ReportLine.objects.exists()
    assert told(talk) == {}


# Many


def many(number):
    return [(f"Person{n} Nachname{n}", "", 0, 30) for n in range(number)]


def test_fifty_lines_a_page(admin_client, talk):
    html = read(admin_client, talk, *many(60))

    assert "Seite 1 von 2" in html
    assert html.count("-person") // 2 >= 50
    second = admin_client.get(page("review", talk), {"p": 2}).content.decode()
    assert second.count("<tr>") < html.count("<tr>")
    take_over(admin_client, talk)
    talk.refresh_from_db()
    assert talk.guests == 60


def test_number_of_queries_is_that_of_one_line(admin_client, talk, django_assert_max_num_queries):
    read(admin_client, talk, ("Lea Klein", "", 0, 30), *many(1))
    with django_assert_max_num_queries(12) as few:
        admin_client.get(page("review", talk))
    number = len(few.captured_queries)
    read(admin_client, talk, ("Lea Klein", "", 0, 30), *many(40))

    with django_assert_max_num_queries(number):
        admin_client.get(page("review", talk))
