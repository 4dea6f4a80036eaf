"""No text breaks a page: it is clean on every way into the database, and on every way out."""

import csv
import io
import time
from email import message_from_bytes, policy
from importlib import import_module
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse
from icalendar import Calendar

from events.models import (
    FormerSlug,
    FunderReport,
    Material,
    OwnGoal,
    PracticeProfile,
    Series,
    Speaker,
    Talk,
    Topic,
    search,
)
from events.text import cleaning
from events.text.fields import AddressField, CleanColumn
from registration.fields import name_field
from registration.mail.deliver import render
from registration.models import (
    BounceMailbox,
    Consent,
    DomainFinding,
    Feedback,
    Interest,
    Offer,
    OutgoingMail,
    ProposedChange,
    Registration,
    ReportLine,
    SpeakerLink,
    links,
)
from tests.makers import (
    make_message,
    make_offer,
    make_registration,
    make_report_line,
    make_speaker_link,
    make_talk,
)
from tests.registration.desk.figures.sheets import read_xlsx

pytestmark = pytest.mark.django_db

BROKEN = [*map(chr, range(1, 0x20)), *"\x85\xad\u200b\u2028\u202e\ufeff\ufffe"]
KINDS = {"CharField", "TextField", "SlugField", "URLField", "EmailField"}
# Columns that came after the migration, and have been clean from the first.
YOUNGER = {"programme", "test_url", "recording_use", "licence", "report_sentence"}
YOUNGER |= {"portrait_credit"}
YOUNGER |= {"recognition_chamber", "recognition_number", "recognition_hours"}
YOUNGER |= {"check_url"}
YOUNGER_TABLES: tuple = (Feedback, FormerSlug, FunderReport, Offer, OwnGoal, ReportLine)
YOUNGER_TABLES += (
    BounceMailbox,
    DomainFinding,
    Consent,
    PracticeProfile,
    ProposedChange,
    SpeakerLink,
)
# Columns that only the code fills, from words of its own or with random letters.
OURS = {
    "events.Municipality.name_key",
    "events.Talk.search_text",
    "registration.Interest.consent_text",
    "registration.Interest.consent_version",
    "registration.Interest.key",
    "registration.OutgoingMail.dedupe_key",
    "registration.OutgoingMail.message_id",
    "registration.OutgoingMail.registration_key",
    "registration.Registration.key",
    "registration.ReportLine.spans",
    "registration.SpeakerLink.key",
    "registration.Tally.key",
    "registration.UnwantedNotice.kind",
}
MODELS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in ("events", "registration", "webtalks")
]


def typed(model):
    return [field for field in model._meta.concrete_fields if isinstance(field, CleanColumn)]


TYPED = [model for model in MODELS if typed(model)]


def test_every_column_of_free_text_is_clean_or_ours():
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if field.get_internal_type() in KINDS and not field.choices
        if not isinstance(field, CleanColumn)
    }

    assert columns == OURS


@pytest.fixture
def rows(clock):
    """Store something of everything that somebody types; return one row of each model."""
    talk = make_talk(meeting_url="https://meet.example/a")
    talk.topics.add(Topic.objects.create(name="Wärme"))
    Material.objects.create(talk=talk, title="Folien", url="https://stadt.example/a.pdf")
    FormerSlug.objects.create(slug="alt", talk=talk)
    PracticeProfile.objects.create(talk=talk, situation="Wärme")
    Series.load().save()
    FunderReport.objects.create(year=2025).own_goals.create(goal="Folien")
    make_registration(talk, organisation="Stadt Größe", question="Wie & warum?")
    make_message(talk)
    link = make_speaker_link(talk)
    ProposedChange.objects.propose(link, "subtitle", "Wie & warum")
    Consent.objects.give(link, "slides")
    make_report_line(talk)
    Interest.objects.ask("lea@stadt.example")
    make_offer()
    BounceMailbox.load()
    DomainFinding.objects.create(subject="SPF", state="in Ordnung", text="Alles da.")
    Feedback.objects.create(talk=talk, worth="fully", use="soon", could_follow=True)
    return [model.objects.order_by("pk").first() for model in TYPED]


def dirty(row) -> list[dict[str, str]]:
    """Return texts for the row's columns, with each character of BROKEN in one of them."""
    names = [field.name for field in typed(type(row))]
    return [
        {name: f"ä{BROKEN[(first + n) % len(BROKEN)]}b" for n, name in enumerate(names)}
        for first in range(0, len(BROKEN), len(names))
    ]


def key_of(row):
    """Return the primary key as the database has it: SQLite knows no UUID."""
    return row._meta.pk.get_db_prep_value(row.pk, connection)


def stored(row) -> dict[str, str]:
    """Return what stands in the database itself, read past our columns."""
    names = [field.name for field in typed(type(row))]
    quoted = ", ".join(connection.ops.quote_name(name) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {quoted} FROM {row._meta.db_table} WHERE id = %s", [key_of(row)])  # noqa: S608
        return dict(zip(names, cursor.fetchone(), strict=True))


def save(row, values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    assert {name: getattr(row, name) for name in values} == stored(row)


def update(row, values):
    type(row).objects.filter(pk=row.pk).update(**values)


def bulk_update(row, values):
    for name, value in values.items():
        setattr(row, name, value)
    type(row).objects.bulk_update([row], values)


@pytest.mark.parametrize("write", [save, update, bulk_update])
def test_every_text_is_stored_clean(rows, write):
    for row in rows:
        for values in dirty(row):
            write(row, values)

            found = {(cleaning.line(text), cleaning.lines(text)) for text in stored(row).values()}
            assert found <= {("äb", "äb"), ("ä b", "ä b"), ("ä b", "ä\nb"), ("ä b", "ä\tb")}
            assert not any(set(text) & set(BROKEN) - {"\n", "\t"} for text in stored(row).values())


def spoilt(row) -> list[str]:
    """Return the columns whose text may be anything: an address leads somewhere."""
    names = [field.name for field in typed(type(row)) if not isinstance(field, AddressField)]
    return [name for name in names if name != "slug" and "email" not in name]


def spoil(rows, character):
    """Write the character into every text as an older version may have done, past the columns."""
    for row in rows:
        for name in spoilt(row):
            table, column = row._meta.db_table, connection.ops.quote_name(name)
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE id = %s",  # noqa: S608
                    [f"ä{character}b", key_of(row)],
                )


def texts(element) -> list[str]:
    return [part for part in element.itertext() if part]


@pytest.mark.parametrize("character", ["\v", "\x01", "\x1f", "\x85", "\u2028", "\u202e", "\ufffe"])
def test_what_is_stored_all_the_same_breaks_no_output(rows, character, client):
    spoil(rows, character)
    row = Registration.objects.get()
    own = f"/meine-anmeldung/{links.token(row.key, links.PURPOSE_MINE)}"

    for path in ("/feed.xml", "/sitemap.xml"):
        found = texts(ElementTree.fromstring(client.get(path).content))  # noqa: S314
        assert not any(character in text for text in found)
    for path in ("/kalender.ics", f"{row.talk.get_absolute_url()}termin.ics"):
        assert len(Calendar.from_ical(client.get(path).content).walk("VEVENT")) == 1
    for path in ("/api/talks.json", f"{own}/daten.json"):
        assert character not in str(client.get(path).json())
    for path in ("/", row.talk.get_absolute_url(), "/archiv/", "/impressum/", f"{own}/"):
        assert character not in client.get(path).content.decode()


@pytest.mark.parametrize("character", ["\v", "\x01", "\u2028", "\u202e", "\ufffe"])
def test_what_is_stored_all_the_same_breaks_no_mail(rows, character):
    spoil(rows, character)

    for mail in OutgoingMail.objects.all():
        message = message_from_bytes(render(mail).message().as_bytes(), policy=policy.default)
        parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
        read = [part.decode() if isinstance(part, bytes) else part for part in parts]
        assert not any(character in text for text in [*read, message["Subject"]])


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("character", ["\v", "\x01", "\u2028", "\ufffe"])
def test_what_is_stored_all_the_same_breaks_no_export(rows, character, file_format, client):
    spoil(rows, character)
    client.force_login(User.objects.create_superuser("orga"))
    page = reverse("admin:export_registrations")
    fields = client.get(page).context["form"].fields
    chosen = {name: [key for key, _ in fields[name].choices] for name in ("columns", "states")}

    content = client.post(page, chosen | {"file_format": file_format}).getvalue()

    if file_format == "xlsx":
        sheets = read_xlsx(content).values()
        cells = [str(cell) for sheet in sheets for row in sheet for cell in row]
    else:
        sheet = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
        cells = [cell for row in sheet for cell in row]
    assert "ä" in "".join(cells)
    assert not any(character in cell for cell in cells)


def migrate():
    """Carry out the two migrations that clean what is there, on the models as they were then."""
    names = [("events", "0014_clean_text"), ("registration", "0015_clean_text")]
    former = MigrationLoader(connection).project_state(names).apps
    for app, name in names:
        import_module(f"{app}.migrations.{name}").clean(former, connection.schema_editor())


@pytest.mark.parametrize("character", ["\v", "\x01", "\xad", "\u2028", "\u202e", "\ufffe", "\r\n"])
def test_migration_cleans_what_is_there_and_tells_nobody(rows, character):
    spoil(rows, character)
    moments = Talk.objects.values_list("calendar_sequence", "change_no", "updated_at").get()
    mails = OutgoingMail.objects.count()

    migrate()

    # No former address is older than its column, which cleans it; no licence is, either.
    for row in (row for row in rows if not isinstance(row, YOUNGER_TABLES)):
        wanted = {"äb", "ä b"} if character not in ("\v", "\u2028", "\r\n") else {"ä b", "ä\nb"}
        assert {stored(row)[name] for name in spoilt(row) if name not in YOUNGER} <= wanted
    people = [stored(row)["told_title"] for row in rows if isinstance(row, Registration)]
    titles = [stored(row)["title"] for row in rows if isinstance(row, Talk)]
    assert people == titles
    found = Talk.objects.values_list("calendar_sequence", "change_no", "updated_at").get()
    assert (found, OutgoingMail.objects.count()) == (moments, mails)
    assert Talk.objects.get().search_text == search.text_of(Talk.objects.get())


def test_migration_keeps_apart_what_becomes_the_same(rows):
    Topic.objects.bulk_create([Topic(name=f"Klima {n}", slug=f"klima-{n}") for n in range(2)])
    with connection.cursor() as cursor:
        for name, slug in (("Kli\xadma", "klima-0"), ("Klima", "klima-1")):
            cursor.execute("UPDATE events_topic SET name = %s WHERE slug = %s", [name, slug])

    migrate()
    migrate()

    named = Topic.objects.filter(slug__startswith="klima").order_by("slug")
    assert list(named.values_list("name", flat=True)) == ["Klima (2)", "Klima"]


def test_migration_leaves_what_would_be_empty(rows):
    spoil(rows, "")
    Speaker.objects.update(role="Rat")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_speaker SET role = %s", ["\u200b"])

    migrate()

    assert Speaker.objects.get().role == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT role FROM events_speaker")
        assert cursor.fetchone() == ("\u200b",)


def test_rows_that_are_made_at_once_are_clean(clock):
    (topic,) = Topic.objects.bulk_create([Topic(name="Wär\xadme\vund Licht", slug="licht\u200b")])

    assert stored(topic) == {"name": "Wärme und Licht", "slug": "licht"}
    assert (topic.name, topic.slug) == ("Wärme und Licht", "licht")


@pytest.mark.parametrize("piece", ["a\u200d", "\u0301\u0316", "\xad"])
def test_endless_text_is_refused_at_once(piece):
    text = piece * 250_000
    started = time.perf_counter()

    with pytest.raises(ValidationError, match="120"):
        name_field().clean(text)

    assert time.perf_counter() - started < 0.5
