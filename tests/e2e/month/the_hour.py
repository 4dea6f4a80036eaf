"""The hour itself: who has a seat, what the video system reports of it, and what is shown."""

from datetime import timedelta

from events.models import Series, Talk
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail
from tests.e2e.month.month import DATE, ENTERED
from tests.makers import make_registration, make_talk

TITLE = "Beispiel: „Wärme & Licht“ für die Altstadt"
ALEX, CHRIS, ROBIN, OTHER_ROBIN, EIKE, LUCA, TONI = (
    f"p{number}@stadt.example" for number in range(7)
)
SEATS = {
    # Known by the address, and in the report twice.
    ALEX: "Alex Muster",
    # Known by the name, written another way.
    CHRIS: "Dr. Chris Müller",
    # Two of one name, and the report has one of them.
    ROBIN: "Robin Beispiel",
    OTHER_ROBIN: "Robin Beispiel",
    # There for a third of the talk.
    EIKE: "Eike Muster",
    # In no report.
    LUCA: "Luca Muster",
    # Signed up before the form told of a mail with the material.
    TONI: "Toni Muster",
}
# The host, two stays of one person, a tolerant name, one of two, a short stay, a guest, who
# spoke, and somebody of the waiting room.
REPORT = """Meeting-ID,Thema,Startzeit,Benutzer-E-Mail,Dauer (Minuten)
812 3456,"Wärme & Licht",02.12.2025 09:40,host@reihe.example,85

Name (ursprünglicher Name),Benutzer-E-Mail,Beitrittszeit,Austrittszeit,Gast,Im Warteraum
Technik der Reihe,host@reihe.example,02.12.2025 09:40,02.12.2025 11:05,Nein,Nein
A. M.,p0@stadt.example,02.12.2025 09:55,02.12.2025 10:30,Ja,Nein
A. M.,P0@Stadt.example,02.12.2025 10:32,02.12.2025 11:02,Ja,Nein
"Mueller, Chris | Stadt Musterstadt",,02.12.2025 10:00,02.12.2025 10:50,Ja,Nein
Robin Beispiel,,02.12.2025 10:02,02.12.2025 10:58,Ja,Nein
Eike Muster,,02.12.2025 10:00,02.12.2025 10:20,Ja,Nein
Telefon 3,,02.12.2025 10:04,02.12.2025 10:31,Ja,Nein
Sina Massow,,02.12.2025 09:50,02.12.2025 11:01,Ja,Nein
Wartet,,02.12.2025 10:00,02.12.2025 10:01,Ja,Ja
"""
# What it says of each, clipped to the hour.
MINUTES = {ALEX: 58, CHRIS: 50, OTHER_ROBIN: 56, EIKE: 20}


def is_prepared(month) -> Talk:
    """Let the talk be published and people sign up; their mails are theirs."""
    Series(
        organisers="Die Reihe e. V.\nAkademie der Kleinstädte",
        contact_email="talks@reihe.example",
        provider_name="Die Reihe e. V.",
        provider_address="Weg 1\n10585 Berlin",
    ).save()
    month.clock.move_to(ENTERED)
    talk = make_talk(
        title=TITLE,
        starts_at=DATE,
        town="Musterstadt",
        recognition_chamber="Architektenkammer Hessen",
        recognition_number="2025-417",
        recognition_hours="1 Stunde",
    )
    OutgoingMail.objects.all().delete()
    month.clock.move_to(ENTERED + timedelta(days=7))
    for email, name in SEATS.items():
        make_registration(talk, email=email, name=name, organisation="Stadt Musterstadt")
    talk.registrations.filter(email=TONI).update(recap_promised=False)
    deliver_due()
    assert month.recipients == [*SEATS]
    return talk
