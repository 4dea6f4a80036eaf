"""Whether the public sees a talk yet, in the words of its organisers."""

from events.dates import moment_text
from events.models import Talk


def publication_text(talk: Talk) -> str:
    """Return the status; until the public sees the talk, with the moment when it will.

    `Veröffentlicht ab 3. Dezember 2025, 10:00 Uhr`
    """
    status = talk.get_status_display()
    if talk.status == Talk.Status.DRAFT or talk.is_published or talk.publish_at is None:
        return status
    return f"{status} ab {moment_text(talk.publish_at)}"
