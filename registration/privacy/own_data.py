"""All that is stored about one person, for that person (Art. 15 and 20 DSGVO)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.http import JsonResponse
from django.utils import timezone

from events.models import Talk
from registration.models import (
    Consent,
    Interest,
    Offer,
    OutgoingMail,
    ProposedChange,
    Registration,
    SpeakerLink,
)
from registration.models.speakers.proposed_change import FILES
from registration.privacy import history


@dataclass(frozen=True)
class Person:
    """Whoever is known by one canonical address: their rows in all tables."""

    # The canonical address.
    key: str
    registrations: list[Registration]
    interests: list[Interest]
    offers: list[Offer]
    # With what was proposed and agreed to through each.
    speaker_links: list[SpeakerLink]
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
                SpeakerLink.objects.of(key)
                .with_talks()
                .prefetch_related("changes", "consents")
                .order_by("speaker__talk__starts_at", "pk")
            ),
            list(
                OutgoingMail.objects.of_person(key)
                .select_related("organiser_message", "talk")
                .prefetch_related(
                    Prefetch("registrations", Registration.objects.select_related("talk"))
                )
            ),
        )

    @property
    def rows(self) -> list[Registration | Interest | Offer | SpeakerLink]:
        """The rows of which the admin's history may tell."""
        return [*self.registrations, *self.interests, *self.offers, *self.speaker_links]

    @property
    def changes(self) -> list[ProposedChange]:
        return [change for link in self.speaker_links for change in link.changes.all()]

    @property
    def open_changes(self) -> list[ProposedChange]:
        """What no organiser has decided yet; it is lost when everything is erased."""
        return [change for change in self.changes if change.is_open]

    @property
    def consents(self) -> list[Consent]:
        return [consent for link in self.speaker_links for consent in link.consents.all()]

    @property
    def name(self) -> str:
        """The name that was given last; "" for an address of the interest list alone."""
        names = [row.name for row in self.registrations if row.name]
        names = names or [link.speaker.name for link in self.speaker_links]
        return names[-1] if names else ""

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
        "Vorträge": [_speaker_link(link) for link in person.speaker_links],
        "Vorschläge zum Vortrag": [_change(change) for change in person.changes],
        "Einwilligungen zum Vortrag": [
            _consent(consent, link)
            for link in person.speaker_links
            for consent in link.consents.all()
        ],
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


def _speaker_link(link: SpeakerLink) -> dict[str, Any]:
    return {
        "Talk": link.talk.title,
        "Beginn": link.talk.starts_at,
        "Name": link.speaker.name,
        "Funktion": link.speaker.role,
        "E-Mail-Adresse": link.email,
        "Angelegt am": link.created_at,
        "Zurückgezogen am": link.withdrawn_at,
        "Erinnerungen abgestellt": link.reminders_off,
        "Zuletzt mitgeteilter Beginn": link.told_starts_at,
        "Zuletzt mitgeteiltes Ende": link.told_ends_at,
        "Zuletzt mitgeteilter Stand": dict(Talk.Status.choices).get(link.told_status, ""),
        "Zuletzt mitgeteilter Technik-Check": link.told_check_at,
        "Zuletzt mitgeteilter Ort des Technik-Checks": link.told_check_url,
        "Kennung": str(link.uuid),
    }


def _change(change: ProposedChange) -> dict[str, Any]:
    return {
        "Talk": change.link.talk.title,
        "Was": change.get_field_display(),
        "Vorschlag": change.text,
        "Mit Datei": change.file is not None,
        "Stand bisher": "" if change.field in FILES else change.before,
        "Vorgeschlagen am": change.proposed_at,
        "Wie oft gespeichert": change.version,
        "Entschieden am": change.decided_at,
        "Ergebnis": change.get_outcome_display() or "",
        "Antwort": change.answer,
    }


def _consent(consent: Consent, link: SpeakerLink) -> dict[str, Any]:
    return {
        "Talk": link.talk.title,
        "Wozu": consent.get_kind_display(),
        "Name": consent.speaker_name,
        "Wortlaut": consent.wording,
        "Fassung": consent.version,
        "Erklärt am": consent.given_at,
        "Widerrufen am": consent.withdrawn_at,
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
