"""Whether the public sees a talk yet, in the words of its organisers."""

from events.dates import moment_text
from events.models import Talk

NEVER_APPEARS = "Erscheint nie von selbst: Der Stand ist „Entwurf“."


def publication_text(talk: Talk) -> str:
    """Return the status; until the public sees the talk, with the moment when it will.

    `Veröffentlicht ab 3. Dezember 2025, 10:00 Uhr`
    """
    status = talk.get_status_display()
    if talk.status == Talk.Status.DRAFT or talk.is_published or talk.publish_at is None:
        return status
    return f"{status} ab {moment_text(talk.publish_at)}"


def fewer_seats_text(talk: Talk) -> str:
    """Return what happens to people when a talk has fewer seats than are taken."""
    taken = talk.seats_taken
    return (
        f"Es sind schon {taken} Plätze vergeben, mehr als jetzt vorgesehen. Niemand verliert "
        "seinen Platz; neue Anmeldungen kommen auf die Warteliste oder werden abgelehnt."
    )


def standing_text(talk: Talk | None) -> str:
    """Return in sentences who sees the talk as it is stored; None is one not stored yet."""
    if talk is None:
        return "Noch nicht gesichert."
    if talk.status == Talk.Status.DRAFT:
        never = f" {NEVER_APPEARS}" if talk.publish_at else ""
        return f"Entwurf: nur hier zu sehen.{never}"
    if not talk.is_published:
        return f"{publication_text(talk)}: erscheint dann von selbst."
    if talk.is_taking_place:
        return (
            "Veröffentlicht, und vorbei." if talk.is_past else "Veröffentlicht: für alle zu sehen."
        )
    return f"{talk.get_status_display()}."
