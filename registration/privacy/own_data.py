"""All that is stored about one person, for that person (Art. 15 and 20 DSGVO)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import JsonResponse
from django.utils import timezone

from registration.models import Interest, Offer, OutgoingMail, Registration
from registration.privacy import history


@dataclass(frozen=True)
class Person:
    """Whoever is known by one canonical address: their rows in all tables."""

    # The canonical address.
    key: str
    registrations: list[Registration]
    interests: list[Interest]
    offers: list[Offer]
    mails: list[OutgoingMail]

    @classmethod
    def of(cls, key: str) -> "Person":
        return cls(
            key,
            list(
                Registration.objects.of(key)
                .select_related("talk", "municipality")
                .order_by("talk__starts_at", "pk")
            ),
            list(Interest.objects.of(key).prefetch_related("topics")),
            list(Offer.objects.of(key)),
            list(
                OutgoingMail.objects.of_person(key)
                .select_related("organiser_message", "talk")
                .prefetch_related("registrations__talk")
            ),
        )

    @property
    def rows(self) -> list[Registration | Interest | Offer]:
        """The rows of which the admin's history may tell."""
        return [*self.registrations, *self.interests, *self.offers]

    @property
    def is_known(self) -> bool:
        return bool(self.rows or self.mails)

    @property
    def leaving(self) -> list[Registration]:
        """The places in talks that the person loses when everything is erased."""
        return [row for row in self.registrations if row.is_booked and row.is_cancellable]


def own_data(person: Person) -> dict[str, Any]:
    """Return everything in German words; moments in ISO 8601 with the offset of Europe/Berlin."""
    return {"Stand": _iso(timezone.now())} | {
        heading: [{label: _iso(value) for label, value in row.items()} for row in rows]
        for heading, rows in everything(person).items()
    }


def everything(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return everything in German words, for the file and the letter; moments are moments."""
    return {
        "Anmeldungen": [_registration(row) for row in person.registrations],
        "Neue Termine per E-Mail": [_interest(interest) for interest in person.interests],
        "Angebote zu berichten": [_offer(offer) for offer in person.offers],
        "E-Mails": [_mail(mail, person) for mail in person.mails],
        "Bearbeitungen durch die Veranstalter": [
            {"Zeitpunkt": entry.action_time, "Was": entry.get_change_message()}
            for entry in history.about(person.rows)
        ],
    }


def file(person: Person, name: str) -> JsonResponse:
    """Answer with everything as a file called `name`; the caller keeps it out of caches."""
    return JsonResponse(
        own_data(person),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _registration(row: Registration) -> dict[str, Any]:
    return {
        "Talk": row.talk.title,
        "Beginn": row.talk.starts_at,
        "Name": row.name,
        "E-Mail-Adresse": row.email,
        "Kommune oder Organisation": row.organisation,
        "Zugeordneter Ort": str(row.municipality) if row.municipality else "",
        "Ort von den Veranstaltern geprüft": row.town_settled,
        "Frage": row.question,
        "Stand": row.get_state_display(),
        "Stand seit": row.state_changed_at,
        "Grund": row.get_state_reason_display() or "",
        "Angemeldet am": row.created_at,
        "Zugang benutzt": row.way_in_used_at,
        "Minuten dabei": row.minutes_present,
        "Als dabei vermerkt": row.marked_present,
        # What stands in the same column, where nobody can tell who wrote it.
        "Dabei (alte Zählung)": row.joined_at if row.counted_before else None,
        "Erinnerungen abgestellt": row.reminders_off,
        "E-Mail mit Unterlagen angekündigt": row.recap_promised,
        "E-Mail mit Unterlagen abbestellt": row.recap_off,
        "Zuletzt mitgeteilter Titel": row.told_title or "",
        "Zuletzt mitgeteilter Beginn": row.told_starts_at,
        "Zuletzt mitgeteiltes Ende": row.told_ends_at,
        "Zuletzt mitgeteilter Stand": row.get_told_status_display() or "",
        "Kennung": str(row.uuid),
    }


def _interest(interest: Interest) -> dict[str, Any]:
    return {
        "E-Mail-Adresse": interest.email,
        "Themen": [topic.name for topic in interest.topics.all()] or ["alle"],
        "Stand": interest.get_state_display(),
        "Einwilligung": interest.consent_text,
        "Fassung": interest.consent_version,
        "Angefragt am": interest.created_at,
        "Bestätigt am": interest.confirmed_at,
        "Abbestellt am": interest.ended_at,
        "Grund": interest.why_ended,
        "Kennung": str(interest.uuid),
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "Kommune": offer.town,
        "Name": offer.name,
        "E-Mail-Adresse": offer.email,
        "Worum es geht": offer.subject,
        "Eingegangen am": offer.created_at,
        "Beantwortet": offer.is_answered,
        "Kennung": str(offer.uuid),
    }


def _mail(mail: OutgoingMail, person: Person) -> dict[str, Any]:
    # A row that was handed over since is another's.
    talks = [row.talk for row in mail.registrations.all() if row.email_key == person.key]
    return {
        "Art": mail.get_kind_display(),
        "Talks": [talk.title for talk in talks or filter(None, [mail.talk])],
        "Stand": mail.get_state_display(),
        "An": mail.recipient,
        "Zusatz": mail.note,
        "Geschrieben am": mail.created_at,
        "Verschickt am": mail.sent_at,
        "Zurückgekommen am": mail.bounced_at,
        "Letzter Fehler": mail.last_error,
        "Message-ID": mail.message_id,
    }


def _iso(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return timezone.localtime(value).isoformat(timespec="seconds")
