"""The link: organisers mail it from the talk, speakers open it, and it is withdrawn again."""

import re
from datetime import datetime

from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from events.models import Series, Speaker, Talk
from registration.models import OutgoingMail
from tests.conftest import BERLIN
from tests.e2e.month.colleague import PASSWORD, Colleague
from tests.e2e.month.looks import is_wide_enough_for_large_letters, looks_right
from tests.makers import make_groups, make_talk

ENTERED = datetime(2025, 11, 3, 10, 0, tzinfo=BERLIN)
DATE = datetime(2025, 12, 2, 10, 0, tzinfo=BERLIN)
TITLE = "Beispiel: „Wärme & Licht“ für die Altstadt"
SINA, ALEX = "Sina Beispiel", "Alex Müller-Größenau"
ADDRESSES = {SINA: "sina.beispiel@rathaus.example", ALEX: "alex@verein.example"}
WORDS = "Schön, dass Sie zu zweit kommen!"


def is_prepared(month) -> Talk:
    """Let a talk of two speakers be published, with nothing but what an organiser knows."""
    month.clock.move_to(ENTERED)
    Series(
        organisers="Die Reihe e. V.",
        contact_email="talks@reihe.example",
        provider_name="Die Reihe e. V.",
        provider_address="Weg 1\n10585 Berlin",
    ).save()
    talk = make_talk(title=TITLE, starts_at=DATE, town="Musterstadt", speaker=None)
    talk.speakers.add(
        Speaker(name=SINA, role="Bürgermeisterin"), Speaker(name=ALEX, position=1), bulk=False
    )
    OutgoingMail.objects.all().delete()
    return talk


def organiser(month) -> Colleague:
    """Return somebody with the role that looks after the talks."""
    make_groups()
    colleague = month.colleague("rike@reihe.example")
    account = User.objects.create_user(
        colleague.address, colleague.address, PASSWORD, is_staff=True, first_name="Rike"
    )
    account.groups.add(Group.objects.get(name="Redaktion"))
    return colleague


def is_mailed(month, redaktion, talk):
    """Mail a link to each speaker, from the form of the talk on."""
    page = redaktion.page
    with month.scene("mail the links", redaktion):
        redaktion.follow(talk.title)
        redaktion.follow("Referentinnen und Referenten")
        looks_right(redaktion, "vortragen-links-noch-keine")
        for name, address in ADDRESSES.items():
            redaktion.region(name).get_by_label("E-Mail-Adresse").fill(address)
            redaktion.region(name).get_by_label("Ein Satz dazu").fill(WORDS)
            redaktion.steps += 2
            redaktion.press("Link verschicken", inside=redaktion.region(name))
            redaktion.sees(f"Die Mail mit dem Link geht jetzt an {address}.")
    assert month.sent_by() == sorted(ADDRESSES.values())
    page.reload()
    expect(page.get_by_text(re.compile("^Verschickt am"))).to_have_count(2)
    looks_right(redaktion, "vortragen-links")
    redaktion.starts()
    assert not redaktion.is_asked_to("Link verschicken …")


def is_opened(month, speaker, name):
    """Read the mail and press its button: the page says what is missing, and changes nothing."""
    text = speaker.text_of()
    assert f"Guten Tag {name}," in text
    assert WORDS in text
    for wish in ["Bild mit Bildnachweis", "Folien", "Praxisprofil"]:
        assert wish in text
    assert speaker.calendar_of() == [TITLE]
    speaker.presses_in_mail()
    speaker.sees_heading("Ihr Web-Talk")
    speaker.sees(f"Guten Tag, {name}.")
    wanted = ["Bild", "Bildnachweis", "Alternativtext", "Folien", "Porträt", "Praxisprofil"]
    assert speaker.missing == wanted
    looks_right(speaker, "vortragen-anfang")
    is_wide_enough_for_large_letters(speaker, "vortragen-anfang")


def is_withdrawn(month, redaktion, talk, speaker, name):
    """Withdraw a link: whoever opens it, or has it open, is told that it leads nowhere."""
    speaker.presses_again()
    with month.scene("withdraw a link", redaktion):
        redaktion.follow(talk.title)
        redaktion.follow("Referentinnen und Referenten")
        redaktion.press("Link zurückziehen …", inside=redaktion.region(name))
        redaktion.sees("Der Link führt dann nirgendwohin mehr.")
        redaktion.press("Link zurückziehen")
        redaktion.sees(f"Der Link von {name} führt nirgendwohin mehr.")
    speaker.press("Name und Funktion speichern")
    speaker.sees_heading("Dieser Link gilt nicht")
    speaker.presses_again()
    speaker.sees_heading("Dieser Link gilt nicht")
    looks_right(speaker, "vortragen-zurueckgezogen")
    assert month.sent_by() == []
