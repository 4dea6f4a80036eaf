"""A stranger with a forwarded link: sees nothing personal, changes nothing that is public."""

import re

from tests.e2e.speaking.speaker import Speaker
from tests.e2e.speaking.the_link import ADDRESSES, SINA
from tests.e2e.speaking.the_proposal import nothing_of
from tests.makers import make_registration

PEOPLE = {f"p{number}@stadt.example": f"Teilnehmende Person {number}" for number in range(6)}
QUESTION = 'Wer bezahlt die "Wärme" & das Licht?'
STOLEN = "Gekapert <b>von</b> Fremden"


def people_sign_up(month, talk):
    for email, name in PEOPLE.items():
        asks = QUESTION if email == "p0@stadt.example" else ""
        make_registration(talk, email=email, name=name, question=asks)
    assert set(PEOPLE) <= set(month.sent_by())


def sees_nothing_personal(month, speaker) -> Speaker:
    """Open the link that the speaker has passed on, and everything that it leads to."""
    stranger = Speaker(month)
    stranger.page.goto(speaker.page.url)
    stranger.sees_heading("Ihr Web-Talk")
    stranger.sees("Bisher haben sich 6 Personen angemeldet.")
    stranger.sees(QUESTION)
    stranger.sees(SINA)
    own = stranger.page.url.partition("#")[0].partition("?")[0]
    told = stranger.page.content()
    hrefs = re.findall(r'href="(/vortragen/[^"#?]+)', told)
    for path in {*hrefs, own.removeprefix(month.url) + "vorschau/"}:
        told += stranger.page.request.get(month.url + path).text()
    for secret in [*ADDRESSES.values(), *PEOPLE, *PEOPLE.values(), "Person 0"]:
        assert (secret, secret in told) == (secret, False)
    assert "@" not in speaker.page.title()
    return stranger


def changes_nothing_public(month, stranger, talk):
    """Propose another title: everybody still reads the one that organisers have written."""
    stranger.saves("Titel und Text speichern", {"talk-title": STOLEN})
    nothing_of(stranger, talk, "Gekapert")
    assert month.sent_by() == []


def is_turned_away(month, redaktion, talk):
    """Answer the speaker, who will wonder."""
    with month.scene("decline what a stranger has sent", redaktion):
        redaktion.follow("Ansehen und entscheiden")
        redaktion.sees(STOLEN)
        redaktion.tick("Nicht übernehmen")
        redaktion.fill("Ein Satz dazu", "Kommt das von Ihnen?")
        redaktion.press("Entscheidungen speichern")
        redaktion.sees("Entschieden: Titel: nicht übernommen.")
    assert month.sent_by() == [ADDRESSES[SINA]]
    nothing_of(month.guests[-1], talk, "Gekapert")
