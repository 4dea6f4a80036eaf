"""One person goes through everything and is erased; then nothing stored says that they were.

Each thing that names them carries a mark of its own. After the erasure the whole database is
searched, every column of every table, and files and log lines with it: for the marks as they
are, in base64 and quoted-printable, and for the usual hashes of the address.
"""

import io
import logging
import re
import sqlite3
from base64 import b64encode
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Group, User
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from events.models import Talk
from registration.mail.deliver import deliver_due
from registration.models import (
    Consent,
    Erasure,
    Interest,
    Offer,
    OutgoingMail,
    ProposedChange,
    Registration,
    SpeakerLink,
)
from registration.models.links import PURPOSE_MINE, token
from tests.events.upload_files import PDF, upload
from tests.makers import make_groups, make_registration, make_report_line, make_talk, opened
from tests.promises.marks import (
    ADDRESS,
    KEY,
    MARKS,
    MISTYPED,
    WISHED,
    WRONG,
    found_in,
    needles,
    salts,
)
from webtalks.logs.formatters import TextFormatter
from webtalks.management.commands.worker import Command

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

# What an organiser has put right is nowhere even before the person is erased.
CORRECTED = {"wrong address", "wrong domain", "mistyped address"}
FORM = {"name": MARKS["name"], "organisation": MARKS["organisation"]}


# Where it is searched


def database() -> bytes:
    """Return everything in the database: SQLite's file, or each row of PostgreSQL as text."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(":memory:")) as copy:
            connection.connection.backup(copy)
            copy.execute("VACUUM")
            return copy.serialize()
    content = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')  # noqa: S608
            content += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(content).encode()


def files() -> bytes:
    """Return all files of the site's directory (media, mails), but for the database's own."""
    directory = Path(project.DATA_DIR)
    kept = [path for path in directory.rglob("*") if path.is_file() and "static" not in path.parts]
    return b"".join(
        str(path).encode() + path.read_bytes() for path in kept if "sqlite3" not in path.name
    )


@pytest.fixture
def log():
    """Keep what our log would say, at its most talkative."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextFormatter())
    root, server = logging.getLogger(), logging.getLogger("mail.log")
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    server.disabled = True  # the mail server of the tests is not ours
    yield stream
    server.disabled = False
    root.removeHandler(handler)
    root.setLevel(before)


# What the person, and the organisers, do


def links(message, path):
    text = message.get_body(("plain",)).get_content()
    found = re.findall(r"http://testserver(\S+)", text)
    return next(urlsplit(link).path for link in found if link.startswith(path))


def parsed(sent):
    return message_from_bytes(sent.content, policy=policy.default)


def newest(server):
    return parsed(server.messages[-1])


def post(client, path, **fields):
    response = client.post(path, fields)
    assert response.status_code in (200, 302), (path, response.status_code)
    return response


def act(client, model, action, *rows, **fields):
    url = reverse(f"admin:registration_{model}_changelist")
    post(client, url, action=action, _selected_action=[row.pk for row in rows], **fields)


@pytest.fixture
def stage(client, smtp_server, clock, log):
    make_groups()
    organiser = User.objects.create_user("orga", "orga@amt.example", is_staff=True)
    organiser.groups.set(Group.objects.filter(name="Teilnehmende"))
    client.force_login(organiser)
    return client, smtp_server


def go_through_everything(client, server, clock):
    """Leave a trace wherever one can; return the link to Meine Anmeldung."""
    talks = [make_talk(title=f"Talk {number}") for number in range(3)]
    full = make_talk(title="Voll", capacity=0, double_opt_in=False)
    opt_in = make_talk(title="Mit Klick", double_opt_in=True)
    chosen = [talk.slug for talk in talks]
    questions = {f"question-{talk.pk}": MARKS["question"] for talk in talks}
    form = FORM | {"email": ADDRESS, "opened": opened()}
    # At a wrong address first: refused, then corrected by an organiser.
    server.answers["RCPT"] = [f"550 <{WRONG}>: unknown"]
    post(client, "/anmeldung/", **form | questions | {"email": WRONG}, talks=chosen)
    deliver_due()
    row = Registration.objects.order_by("pk").first()
    correct = reverse("admin:correct_registration", args=[row.pk])
    post(client, correct, **FORM | {"email": ADDRESS}, municipality="")
    deliver_due()
    mine = links(newest(server), "/meine-anmeldung/")
    post(client, "/anmeldung/", **form, talks=[full.slug])
    post(client, "/anmeldung/", **form, talks=[opt_in.slug])
    post(client, "/anmeldung/links/", email=ADDRESS)
    details = {"name": MARKS["new name"], "organisation": MARKS["new organisation"]}
    post(client, f"{mine}angaben/", **details)
    post(client, f"{mine}adresse/", email=WISHED)
    deliver_due()
    client.get(links(newest(server), "/anmeldung/neue-adresse/"))  # nobody clicks
    post(client, "/terminhinweise/", email=ADDRESS, consent="on", wants="all")
    deliver_due()
    rows = {row.talk.title: row for row in Registration.objects.of(KEY).select_related("talk")}
    assert set(rows) == {"Talk 0", "Talk 1", "Talk 2", "Mit Klick", "Voll"}
    assert Interest.objects.of(KEY).exists()
    offer = {"town": MARKS["offered town"], "subject": MARKS["offered talk"]}
    post(client, "/mitmachen/", **form | offer)
    assert Offer.objects.of(KEY).exists()
    post(client, f"{mine}{rows['Talk 1'].uuid}/abmelden/")
    lea = {"name": "Lea", "email": "lea@stadt.example"}
    post(client, f"{mine}{rows['Talk 0'].uuid}/weitergeben/", **lea)
    deliver_due()
    speak()
    use_the_desk(client, rows["Talk 2"])
    be_there(client, mine)
    # Wrong and dead links, wrong addresses.
    assert client.get("/meine-anmeldung/falsch.zeichen/").status_code == 404
    client.get("/anmeldung/", {"talk": MARKS["local part"]})
    client.post("/anmeldung/", FORM | {"email": f"{ADDRESS}@", "talks": chosen})
    # One mail is refused, one waits because the server is full.
    server.answers["RCPT"] = [f"550 <{ADDRESS}>: unknown", f"452 <{ADDRESS}>: full"]
    act(client, "outgoingmail", "resend_selected", *OutgoingMail.objects.filter(state="sent")[:2])
    post(client, f"/talks/{talks[2].slug}/teilnehmen/", email=ADDRESS)
    deliver_due()
    post(client, f"{mine}adresse/", email=WISHED)  # this mail waits
    return mine


def speak():
    """Report in a talk: a link to a wrong address first, proposals, a file, an answer."""
    speaker = make_talk(title="Selbst berichtet").speakers.get()
    link = SpeakerLink.objects.make(speaker, MISTYPED)
    OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")
    link = SpeakerLink.objects.make(speaker, ADDRESS)
    OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")
    deliver_due()
    propose = ProposedChange.objects.propose
    propose(link, "title", MARKS["proposed text"])
    propose(link, "slides", file=upload(PDF + MARKS["proposed text"].encode()))
    propose(link, "role", MARKS["proposed text"]).decide("declined", MARKS["answer"])
    Consent.objects.give(link, "recording")
    OutgoingMail.objects.enqueue_to_speaker("speaker_answer", link, "1", note=MARKS["answer"])
    assert MARKS["proposed text"].encode() in files()


def use_the_desk(client, row):
    """Look at the person, search, export, write to them, note that they were there."""
    lists = reverse("admin:registration_registration_changelist")
    for query in ({}, {"q": MARKS["new name"]}, {"q": ADDRESS}):
        client.get(lists, query)
    client.get(reverse("admin:registration_registration_person", args=[row.pk]))
    client.get(reverse("admin:registration_outgoingmail_changelist"), {"q": ADDRESS})
    add = reverse("admin:add_participant", args=[make_talk(title="Von Hand").pk])
    post(client, add, **FORM | {"email": ADDRESS, "question": MARKS["question"]})
    export = {"states": ["confirmed", "cancelled"], "columns": ["name", "email", "question"]}
    post(client, reverse("admin:export_registrations"), **export, file_format="csv").getvalue()
    person = reverse("admin:find_person")
    post(client, person, who=ADDRESS)
    post(client, person, who=MARKS["new name"])
    post(client, reverse("admin:person_data"), who=ADDRESS, ja="1")
    post(client, reverse("admin:person_letter"), who=ADDRESS)
    message = {"talk": row.talk_id, "recipients": "confirmed"}
    text = {"subject": "Hinweis", "text": "Guten Tag {name}, {zugang}"}
    added = post(client, reverse("admin:registration_message_add"), **message | text)
    pk = re.search(r"/(\d+)/", added.url)[1]
    client.get(added.url)
    post(client, reverse("admin:release_message", args=[pk]))
    # What the report of a talk says of them, not yet confirmed.
    make_report_line(row.talk, f"{MARKS['new name']} | {MARKS['new organisation']}")
    make_report_line(row.talk, MARKS["name"].split()[0], email=ADDRESS)
    make_report_line(row.talk, "4930*****12", registration=row)


def be_there(client, mine):
    """Attend a talk: fetch the certificate, have it checked, get the mail with the material."""
    talk = make_talk(title="Vorbei", recap="Es ging um Wärme.")
    row = make_registration(talk, name=MARKS["new name"], email=ADDRESS)
    ended = timezone.now() - timedelta(hours=1)
    Talk.objects.filter(pk=talk.pk).update(starts_at=ended - timedelta(hours=1), ends_at=ended)
    Registration.objects.all().note_minutes(talk, {row.pk: 55}, guests=1)
    page = client.get(f"{mine}{row.uuid}/bescheinigung/")
    code = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b", page.content.decode())[0]
    client.get(f"{mine}{row.uuid}/bescheinigung.pdf")
    for name, said in ((MARKS["new name"], "ist echt"), (MARKS["name"], "stimmt nicht überein")):
        checked = client.post("/bescheinigung/", {"code": code, "name": name})
        assert said in checked.content.decode()
    client.get(reverse("admin:certificates_pdf", args=[talk.pk]))
    client.get(reverse("admin:person_certificate", args=[row.pk]))
    recap = reverse("admin:recap_mail", args=[talk.pk])
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(recap).content.decode())[1]
    post(client, recap, seen=seen)
    assert OutgoingMail.objects.of_recap(talk).count() == 1
    deliver_due()


def erased_by_the_person(client, mine, clock):
    post(client, f"{mine}loeschen/")


def erased_by_an_organiser(client, mine, clock):
    post(client, reverse("admin:erase_person"), who=ADDRESS, ja="1")


def erased_by_the_clock(client, mine, clock):
    # Withdrawn news are kept as proof for three years: until then only this row may name them.
    for interest in Interest.objects.of(KEY):
        interest.withdraw()
    clock.shift(timedelta(days=3 * 365 + 1))
    Command().run_once()


# An organiser's button does what the person's own does.
BY_ORGANISER = pytest.param(erased_by_an_organiser, marks=pytest.mark.slow)


@pytest.mark.parametrize("erase", [erased_by_the_person, BY_ORGANISER, erased_by_the_clock])
def test_nothing_says_that_there_was_somebody(stage, clock, log, erase):
    client, server = stage
    mine = go_through_everything(client, server, clock)
    uuids = set(Registration.objects.of(KEY).values_list("uuid", flat=True))
    # The search finds what is there, or it would prove nothing; what was corrected has gone.
    before = {what.partition(":")[0] for what in found_in(database())}
    assert before & set(MARKS) == set(MARKS) - CORRECTED
    uuids |= set(SpeakerLink.objects.of(KEY).values_list("uuid", flat=True))
    erase(client, mine, clock)
    # The last word to who is gone keeps the address until it is sent.
    waiting = OutgoingMail.objects.filter(state="queued").exclude(recipient="")
    assert set(waiting.values_list("kind", flat=True)) <= {"erased"}
    Command().run_once()
    client.get("/admin/")  # shows the messages that waited for the next page

    assert uuids <= set(Erasure.objects.values_list("uuid", flat=True))
    places = {"database": database(), "files": files(), "log": log.getvalue().encode()}
    assert {place: found_in(content) for place, content in places.items()} == dict.fromkeys(
        places, set()
    )


@pytest.mark.parametrize(
    ("renamed", "erase"),
    [
        pytest.param(False, erased_by_the_person, marks=pytest.mark.slow),
        (False, erased_by_an_organiser),
        (True, erased_by_the_person),
        pytest.param(True, erased_by_an_organiser, marks=pytest.mark.slow),
    ],
)
def test_name_of_who_gave_a_seat_away_does_not_wait_for_the_mail(stage, clock, erase, renamed):
    """The mail server is away; the mail to who has the seat now still says from whom it is."""
    client, server = stage
    talks = [make_talk(title=f"Talk {number}") for number in range(2)]
    chosen = [talk.slug for talk in talks]
    post(client, "/anmeldung/", **FORM, email=ADDRESS, talks=chosen, opened=opened())
    deliver_due()
    mine = links(newest(server), "/meine-anmeldung/")
    row = Registration.objects.of(KEY).get(talk=talks[0])
    post(client, f"{mine}{row.uuid}/weitergeben/", name="Lea", email="lea@stadt.example")
    key = Registration.objects.of(KEY).get().key
    mine = reverse("registration:mine", args=[token(key, PURPOSE_MINE)])
    if renamed:
        post(client, f"{mine}angaben/", name=MARKS["new name"], organisation="")
    assert OutgoingMail.objects.get(kind="handed_over").note == MARKS["name"]

    erase(client, mine, clock)

    assert {what for what in found_in(database()) if "name" in what.partition(":")[0]} == set()
    deliver_due()
    mails = {message["To"]: message for message in map(parsed, server.messages)}
    text = mails["lea@stadt.example"].get_body(("plain",)).get_content()
    assert "die bisher angemeldete Person kann nicht teilnehmen" in " ".join(text.split())
    assert found_in(database()) == set()


def test_the_search_finds_each_spelling():
    for what, needle in needles().items():
        assert len(needle) > 5  # fewer letters would be found anywhere
        assert what in found_in(b"xx" + needle + b"yy")
    content = b64encode(b"To: " + ADDRESS.encode() + b" und mehr")
    assert any("base64" in what for what in found_in(content))
    assert "webtalks.logins" in salts()
