"""All that is stored about one person, for that person (Art. 15 and 20 DSGVO)."""

from django.utils import timezone


def own_data(registrations, interests) -> dict:
    """Return everything in German words; moments in ISO 8601 with the offset of Europe/Berlin."""
    return {
        "Stand": _moment(timezone.now()),
        "Anmeldungen": [_registration(row) for row in registrations],
        "Terminhinweise": [_interest(interest) for interest in interests],
    }


def _registration(row) -> dict:
    return {
        "Talk": row.talk.title,
        "Beginn": _moment(row.talk.starts_at),
        "Name": row.name,
        "E-Mail-Adresse": row.email,
        "Kommune oder Organisation": row.organisation,
        "Zugeordneter Ort": str(row.municipality) if row.municipality else "",
        "Frage": row.question,
        "Stand": row.get_state_display(),
        "Stand seit": _moment(row.state_changed_at),
        "Grund": row.get_state_reason_display() or "",
        "Angemeldet am": _moment(row.created_at),
        "Dabei seit": _moment(row.joined_at),
        "Erinnerungen abgestellt": row.reminders_off,
        "Kennung": str(row.uuid),
    }


def _interest(interest) -> dict:
    return {
        "E-Mail-Adresse": interest.email,
        "Themen": [topic.name for topic in interest.topics.all()] or ["alle"],
        "Stand": interest.get_state_display(),
        "Einwilligung": interest.consent_text,
        "Fassung": interest.consent_version,
        "Angefragt am": _moment(interest.created_at),
        "Bestätigt am": _moment(interest.confirmed_at),
        "Abbestellt am": _moment(interest.ended_at),
    }


def _moment(moment) -> str | None:
    return moment and timezone.localtime(moment).isoformat(timespec="seconds")
