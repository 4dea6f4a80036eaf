"""Registrations as CSV and XLSX: what stands in the files, and what no program may run."""

import csv
import subprocess
import sys
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import Municipality
from registration.desk.people.export import COLUMNS
from registration.models import Registration
from tests.makers import TITLE, make_registration, make_talk
from tests.registration.desk.figures.sheets import read_xlsx
from tests.server import ROOT, Server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ALL_COLUMNS = [column.key for column in COLUMNS]
LABELS = [column.label for column in COLUMNS]
MARKED = "Änne שלום 王小明 O'Brien 🏘️"


def page():
    return reverse("admin:export_registrations")


def export(client, kind, **changes):
    data = {"states": ["confirmed"], "columns": ALL_COLUMNS, "file_format": kind}
    return client.post(page(), data | changes)


def csv_rows(response) -> list[list[str]]:
    text = response.getvalue().decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:]), delimiter=";", strict=True))


def xlsx_rows(response) -> list[list]:
    """Return the one sheet with moments as the CSV writes them, and "" for nothing."""
    (rows,) = read_xlsx(response.getvalue()).values()
    width = len(rows[0])
    return [[shown(cell) for cell in [*row, *[None] * (width - len(row))]] for row in rows]


def shown(cell) -> str:
    if isinstance(cell, float):
        # Days since Excel's epoch.
        moment = datetime(1899, 12, 30) + timedelta(days=cell)
        return f"{(moment + timedelta(seconds=30)):%d.%m.%Y %H:%M}"
    return cell or ""


def make_many(talk, number):
    town = Municipality.objects.create(name="Größenau", land="Hessen")
    Registration.objects.bulk_create(
        Registration(
            talk=talk,
            name=f"{MARKED} {n}",
            email=f"p{n}@stadt.example",
            email_key=f"p{n}@stadt.example",
            organisation=f'Stadt "{n}"; Amt für Wärme',
            municipality=town if n % 2 else None,
            question="Wie\nund warum?",
            state="confirmed",
            created_at=timezone.now() + timedelta(minutes=n),
        )
        for n in range(number)
    )


@pytest.mark.parametrize("read", [csv_rows, xlsx_rows])
def test_two_hundred_rows_come_back_as_they_are(admin_client, read):
    make_many(make_talk(), 200)

    rows = read(export(admin_client, read.__name__.partition("_")[0]))

    assert rows == [
        LABELS,
        *(
            [
                TITLE,
                "26.11.2025 09:00",
                f"{MARKED} {n}",
                f"p{n}@stadt.example",
                f'Stadt "{n}"; Amt für Wärme',
                "Größenau" if n % 2 else "",
                "Hessen" if n % 2 else "",
                "Angemeldet",
                "05.11.2025 09:00",
                "",
                f"05.11.2025 {9 + n // 60:02}:{n % 60:02}",
                *["", "", "", ""],
                "Wie\nund warum?",
            ]
            for n in range(200)
        ),
    ]


# As it was typed, and as a cell shows it.
FORMULAS = {
    "=1+1": "'=1+1",
    "+49 5603": "'+49 5603",
    "-1": "'-1",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'=1",
    "\r=1": "'=1",
    "  =HYPERLINK('x')": "'=HYPERLINK('x')",
    "\u00a0=1": "'=1",
    "＝1+1": "'＝1+1",
    "\x01=1": "'=1",
    "\u200b=1": "'=1",
}
# A formula as such, behind a space that counts, and behind characters that are taken out.
IN_SHORT = {"=1+1", "\u00a0=1", "\x01=1"}


@pytest.mark.parametrize("read", [csv_rows, xlsx_rows])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(*pair, marks=[] if pair[0] in IN_SHORT else pytest.mark.slow)
        for pair in FORMULAS.items()
    ],
)
def test_no_cell_starts_a_formula(admin_client, read, text, shown):
    row = make_registration()
    Registration.objects.filter(pk=row.pk).update(name=text, organisation=text, question=text)
    kind = read.__name__.partition("_")[0]

    rows = read(export(admin_client, kind, columns=["name", "organisation", "question"]))

    assert rows[1] == [shown] * 3


@pytest.mark.parametrize("read", [csv_rows, xlsx_rows])
def test_control_characters_and_endless_text_break_nothing(admin_client, read):
    row = make_registration()
    controls = "".join(chr(n) for n in [*range(1, 32), 127, 0x85, 0xFFFE, 0xFFFF])
    Registration.objects.filter(pk=row.pk).update(name=f"a{controls}b", question="🏘" * 40_000)
    kind = read.__name__.partition("_")[0]

    rows = read(export(admin_client, kind, columns=["name", "question"]))

    # A cell of Excel holds 32,767 units of UTF-16, two for each of these.
    number = 40_000 if read is csv_rows else 16_383
    assert rows[1] == ["a b", "🏘" * number]


def test_talk_states_and_columns_can_be_chosen(admin_client, clock):
    first = make_talk(title="Erster", starts_in=timedelta(days=9), capacity=1)
    second = make_talk(title="Zweiter", starts_in=timedelta(days=8))
    make_registration(first, name="A", email="a@stadt.example")
    make_registration(first, name="B", email="b@stadt.example")
    make_registration(second, name="C", email="c@stadt.example")
    make_registration(second, name="D", email="d@stadt.example").cancel()
    make_registration(second, name="E", email="e@stadt.example").anonymise()

    def found(**changes):
        response = export(admin_client, "csv", columns=["talk", "name", "state"], **changes)
        return csv_rows(response)[1:]

    assert found() == [["Zweiter", "C", "Angemeldet"], ["Erster", "A", "Angemeldet"]]
    assert found(talk=first.pk) == [["Erster", "A", "Angemeldet"]]
    assert found(states=["waiting"]) == [["Erster", "B", "Auf der Warteliste"]]
    # Who was made anonymous is cancelled as well, but stands in no file.
    assert found(states=["cancelled"]) == [["Zweiter", "D", "Abgemeldet"]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"states": []}, "Bitte wählen Sie, wer in die Datei soll."),
        ({"columns": []}, "Bitte wählen Sie mindestens eine Spalte."),
        ({"states": ["waiting"]}, "Zu dieser Auswahl gibt es keine Anmeldungen."),
        ({"talk": "9" * 30}, "Bitte eine gültige Auswahl treffen."),
        ({"columns": ["key"]}, "keine gültige Auswahl"),
        ({"file_format": "exe"}, "keine gültige Auswahl"),
    ],
)
def test_what_cannot_be_exported_is_said_and_not_logged(admin_client, changes, message):
    make_registration()

    response = export(admin_client, "csv", **changes)

    assert (response.status_code, message in response.content.decode()) == (422, True)
    assert LogEntry.objects.count() == 0


def test_page_has_the_talk_of_the_list_and_asks_for_no_more_than_needed(admin_client):
    talk = make_registration().talk
    listed = reverse("admin:registration_registration_changelist")
    html = admin_client.get(listed, {"talk__id__exact": talk.pk}).content.decode()
    assert f'href="{page()}?talk={talk.pk}"' in html

    form = admin_client.get(page(), {"talk": talk.pk}).context["form"]

    assert str(form["talk"].value()) == str(talk.pk)
    assert form["states"].value() == ["confirmed"]
    assert {"reason", "question"}.isdisjoint(form["columns"].value())


@pytest.mark.parametrize("value", ["x", "9" * 30, ""])
def test_talk_that_is_none_is_not_chosen(admin_client, value):
    assert admin_client.get(page(), {"talk": value}).status_code == 200


def test_files_have_names_and_are_kept_nowhere(admin_client):
    talk = make_registration().talk

    names = {}
    for file_format in ("csv", "xlsx"):
        for chosen in ("", talk.pk):
            response = export(admin_client, file_format, talk=chosen)
            response.getvalue()
            names[response.headers["Content-Disposition"]] = response.headers["Content-Type"]
            assert "no-store" in response.headers["Cache-Control"]

    kinds = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    assert names == {
        f'attachment; filename="anmeldungen-{about}2025-11-05.{file_format}"': kind
        for file_format, kind in kinds.items()
        for about in ("", f"{talk.slug}-")
    }


def test_history_tells_who_exported_what_and_names_no_participant(admin_client):
    talk = make_registration(name="Änne Marker", email="marker@stadt.example").talk
    export(admin_client, "csv", talk=talk.pk, columns=["name", "town"]).getvalue()
    export(admin_client, "xlsx", columns=["email"]).getvalue()

    entries = LogEntry.objects.order_by("pk").values_list(
        "user__username", "content_type__model", "object_id", "object_repr", "change_message"
    )
    assert list(entries) == [
        ("admin", "talk", str(talk.pk), TITLE, "Exportiert als CSV: 1 Anmeldungen mit Name, Ort."),
        (
            "admin",
            "registration",
            None,
            "Alle Anmeldungen",
            "Exportiert als XLSX: 1 Anmeldungen mit E-Mail-Adresse.",
        ),
    ]
    assert "marker" not in repr(list(LogEntry.objects.values())).lower()
    # The admin's own pages show both.
    assert "Exportiert als CSV" in (
        admin_client.get(reverse("admin:events_talk_history", args=[talk.pk])).content.decode()
    )
    assert "Alle Anmeldungen" in admin_client.get("/admin/").content.decode()


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_export_needs_the_same_queries_for_any_number(admin_client, file_format):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            export(admin_client, file_format).getvalue()
        return len(captured)

    make_registration()
    admin_client.get(page())
    first = queries()
    for number in range(3):
        make_many_in_another_talk(number)

    assert queries() == first <= 12


def make_many_in_another_talk(number):
    talk = make_talk(title=f"Talk {number}", town=f"Ort {number}")
    for n in range(3):
        make_registration(talk, email=f"p{n}@stadt.example", organisation=f"Stadt Ort {number}")


# Memory, in a process of its own

FILL = """
import sys
from datetime import timedelta
from django.utils import timezone
from events.models import Talk
from registration.desk.people.export import COLUMNS, Export, answer
from registration.desk.people.export import COLUMNS
from registration.models import Registration
now = timezone.now()
talk = Talk.objects.create(
    title="Viele", slug="viele", starts_at=now, ends_at=now + timedelta(hours=1),
    status="published", announcement="Text. " * 500)
for part in range(0, 10_000, 500):
    Registration.objects.bulk_create(Registration(
        talk=talk, name=f"Änne {n}", email=f"p{n}@stadt.example",
        email_key=f"p{n}@stadt.example", organisation="Stadt " * 20, question="Wie? " * 100,
        state="confirmed") for n in range(part, part + 500))
"""
MEASURE = """
export = Export(None, ["confirmed"], COLUMNS)
size = sum(len(part) for part in answer(export, sys.argv[1]))
# Not getrusage: its maximum is handed down by the process that started this one.
(kilobytes,) = (line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(size, int(kilobytes) // 1024)
"""


@pytest.mark.slow
@pytest.mark.once
def test_ten_thousand_rows_need_little_memory(tmp_path):
    site = Server(tmp_path)
    site.set_up()
    site.shell(FILL)
    setup = "import django; django.setup()\n"
    imports = FILL.partition("now =")[0]

    def measure(file_format):
        # A process of its own, which has no memory of another.
        command = [sys.executable, "-c", setup + imports + MEASURE, file_format]
        environment = site.environment | {"DJANGO_SETTINGS_MODULE": "webtalks.settings"}
        said = subprocess.check_output(command, cwd=ROOT, env=environment, text=True)
        return [int(number) for number in said.split()]

    for file_format, smallest in (("csv", 5_000_000), ("xlsx", 100_000)):
        size, megabytes = measure(file_format)
        assert (file_format, size > smallest, megabytes < 150) == (file_format, True, True)
