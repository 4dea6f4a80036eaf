"""A report of a thousand lines and a thousand people: three seconds of CPU in all."""

import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registration.models import Registration, ReportLine
from tests.html_form import form_data
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FIRST = ["Anna", "Bernd", "Clara", "David", "Eva", "Frieda", "Gustav", "Hanna", "Ida", "Jürgen"]
LAST = [
    "Groß",
    "Müller",
    "Schmidt",
    "Weber",
    "Fischer",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Koch",
]


def names(number) -> list[str]:
    """Return so many names; first names and last names are common, as they are."""
    return [
        f"{FIRST[n % 10]} {LAST[n // 10 % 10]}-{LAST[n // 100 % 10]}{chr(97 + n // 1000)}"
        for n in range(number)
    ]


def sign_up(talk, number):
    Registration.objects.bulk_create(
        Registration(
            talk=talk,
            name=name,
            email=f"p{n}@stadt.example",
            email_key=f"p{n}@stadt.example",
            state=Registration.State.CONFIRMED,
        )
        for n, name in enumerate(names(number))
    )


def report(talk, lines) -> SimpleUploadedFile:
    day = f"{talk.local_starts_at:%d.%m.%Y}"
    hour = talk.local_starts_at.hour
    text = "".join(
        # A third is known by the address, a third by the name, a third only like one.
        f"{name if n % 3 else name[:-3]},{f'p{n}@stadt.example' if n % 3 == 1 else ''},"
        f"{day} {hour}:00:00,{day} {hour}:50:00\n"
        for n, name in enumerate(lines)
    )
    content = f"Name,E-Mail,Beitrittszeit,Austrittszeit\n{text}".encode()
    return SimpleUploadedFile("bericht.csv", content)


def timed(act):
    begin = time.process_time()
    result = act()
    return result, time.process_time() - begin


def test_a_thousand_lines_for_a_thousand_people(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=1))
    sign_up(talk, 1000)
    clock.move_to(talk.ends_at)
    read, review = (
        reverse(f"admin:{name}_attendance", args=[talk.pk]) for name in ("import", "review")
    )
    file = report(talk, names(1000))

    _, reading = timed(lambda: admin_client.post(read, {"file": file}))
    html, showing = timed(lambda: admin_client.get(review).content.decode())
    sent = form_data(html, "review_form") | {"uebernehmen": "1"}
    _, taking = timed(lambda: admin_client.post(review, sent))

    print(f"{reading:.2f} s, {showing:.2f} s, {taking:.2f} s")
    assert Registration.objects.exclude(minutes_present=None).count() > 600
    assert reading + showing <= 3
    assert taking <= 3


def test_twenty_thousand_lines_are_read_all_the_same(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=1))
    sign_up(talk, 100)
    clock.move_to(talk.ends_at)
    read = reverse("admin:import_attendance", args=[talk.pk])
    file = report(talk, names(19_999))

    response, reading = timed(lambda: admin_client.post(read, {"file": file}))
    page, showing = timed(lambda: admin_client.get(response.url))

    print(f"{reading:.2f} s, {showing:.2f} s")
    assert page.status_code == 200
    assert sum(ReportLine.objects.values_list("number", flat=True)) == 19_999
    assert reading + showing <= 40
