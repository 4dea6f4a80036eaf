"""A registration: one person in one talk. Every change of its state is a verb.

Verbs about many registrations at once stand in `sign_up.py`.

What visitors type comes from registration/pages/forms.py, what organisers type from
registration/desk/people/participants.py.
"""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from events.dates import NBSP, moment_text
from events.method_marks import alters_data
from events.models import Municipality, Talk
from events.text.addresses import MAX_EMAIL
from events.text.fields import AddressField, LineField, LinesField
from registration import certificate_keys
from registration.models import links
from registration.models.addresses import MAX_NAME, email_key, masked_email
from registration.models.after_the_talk.report_line import ReportLine
from registration.models.erasure import Erasure
from registration.models.mails.outgoing_mail import OutgoingMail
from registration.models.sign_up import RegistrationManager
from registration.models.way_in import WayIn, way_in

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import ManyRelatedManager


class Registration(models.Model):
    """One person in one talk."""

    class State(models.TextChoices):
        PENDING = "pending", "Noch nicht bestätigt"
        CONFIRMED = "confirmed", "Angemeldet"
        WAITING = "waiting", "Auf der Warteliste"
        CANCELLED = "cancelled", "Abgemeldet"

    class Reason(models.TextChoices):
        PERSON = "person", "von der Person selbst"
        ORGANISER = "organiser", "durch die Veranstalter"
        HANDED_OVER = "handed_over", "Platz weitergegeben"
        EXPIRED = "expired", "nicht rechtzeitig bestätigt"
        FULL = "full", "bei der Bestätigung ausgebucht"
        MOVED = "moved", "Adresse geändert"

    class Presence(models.TextChoices):
        """The best that is known of who was there; nobody is more than one of them."""

        ATTENDED = "dabei", "dabei"
        SHORT = "kuerzer", "im Bericht, aber kürzer"
        COUNTED_BEFORE = "alte-zaehlung", "dabei (alte Zählung)"
        JOINED = "zugang", "Zugang benutzt"
        UNKNOWN = "nichts", "nichts bekannt"

    LIVE = (State.PENDING, State.CONFIRMED, State.WAITING)
    BOOKED = (State.CONFIRMED, State.WAITING)
    # Emptied when the row is made anonymous.
    PERSONAL = (
        "name",
        "email",
        "email_key",
        "key",
        "organisation",
        "question",
        "state_reason",
    )
    # What the person was told of the talk: no data of theirs, but another person knows nothing.
    TOLD = ("told_starts_at", "told_ends_at", "told_status", "told_title")
    TONES = {
        State.PENDING: "wait",
        State.CONFIRMED: "ok",
        State.WAITING: "wait",
        State.CANCELLED: "muted",
    }
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Carried by the signed links.
    key = links.LinkKeyField(unique=True, null=True)
    talk = models.ForeignKey(
        Talk, models.PROTECT, verbose_name="Talk", related_name="registrations"
    )
    name = LineField("Name", max_length=MAX_NAME, null=True)  # noqa: DJ001
    email = LineField("E-Mail-Adresse", max_length=MAX_EMAIL, null=True)  # noqa: DJ001
    email_key = LineField(max_length=MAX_EMAIL, null=True, editable=False)  # noqa: DJ001
    organisation = LineField(  # noqa: DJ001
        "Kommune oder Organisation", max_length=MAX_NAME, null=True, blank=True
    )
    # Set when the organisation names exactly one place; organisers correct it.
    municipality = models.ForeignKey(
        Municipality,
        models.SET_NULL,
        verbose_name="Ort",
        related_name="registrations",
        null=True,
        blank=True,
    )
    # An organiser has looked: whatever stands in `municipality` now, nobody is asked for it again.
    town_settled = models.BooleanField(default=False, db_default=False, editable=False)
    # Whose invitation they have: fixed with the first one, or a later CANCEL is another's.
    organizer = AddressField(blank=True, default="", db_default="", editable=False)
    question = LinesField("Frage", null=True, blank=True)  # noqa: DJ001
    reminders_off = models.BooleanField("Keine Erinnerungen", default=False)
    # When the way in was used: that is not attendance.
    joined_at = models.DateTimeField("Zugang benutzt", null=True, blank=True)
    # Whole minutes within the talk's time that a report of the video system tells; stays joined.
    minutes_present = models.PositiveSmallIntegerField("Minuten dabei", null=True, blank=True)
    # By an organiser, for whom no report can know: who had dialled in, say.
    marked_present = models.BooleanField("Als dabei vermerkt", default=False, db_default=False)
    # Noted before minutes were known, from the way in or by an organiser: nobody can tell which.
    counted_before = models.BooleanField(
        "Dabei (alte Zählung)", default=False, db_default=False, editable=False
    )
    # The form that the person sent, or the mail that gave them the seat, has announced the mail
    # with the material. Nobody registered before that existed gets it.
    recap_promised = models.BooleanField(default=False, db_default=False, editable=False)
    # They do not want that mail.
    recap_off = models.BooleanField("Keine Unterlagen", default=False, db_default=False)
    state = models.CharField("Stand", max_length=10, choices=State)
    state_changed_at = models.DateTimeField("Stand seit", default=timezone.now)
    state_reason = models.CharField(  # noqa: DJ001
        "Grund", max_length=12, choices=Reason, null=True, blank=True
    )
    created_at = models.DateTimeField("Angemeldet am", default=timezone.now)
    anonymised_at = models.DateTimeField("Anonymisiert am", null=True)
    # The talk as the last mail that stated it said; None: nobody knows what was said.
    told_starts_at = models.DateTimeField(null=True, editable=False)
    told_ends_at = models.DateTimeField(null=True, editable=False)
    told_status = models.CharField(  # noqa: DJ001
        max_length=10, choices=Talk.Status, null=True, editable=False
    )
    told_title = LineField(max_length=200, null=True, editable=False)

    objects = RegistrationManager()

    # The place in the queue, where `with_queue_position` has fetched it.
    queue_position: int | None = None

    if TYPE_CHECKING:
        mails: ManyRelatedManager[OutgoingMail, models.Model]

    class Meta:
        verbose_name = "Anmeldung"
        verbose_name_plural = "Anmeldungen"
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("export_registration", "Darf Anmeldungen exportieren"),
            ("erase_registration", "Darf alle Angaben einer Person löschen"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["talk", "email_key"],
                condition=Q(anonymised_at=None, state__in=["pending", "confirmed", "waiting"]),
                name="registration_live_once",
            )
        ]
        indexes = [
            models.Index(fields=["talk", "state", "created_at", "id"], name="registration_queue"),
            models.Index(fields=["email_key"], name="registration_person"),
            models.Index(fields=["-created_at", "-id"], name="registration_newest"),
            models.Index(
                fields=["talk"], condition=Q(anonymised_at=None), name="registration_personal"
            ),
            models.Index(
                fields=["organisation", "state"],
                condition=Q(anonymised_at=None, municipality=None, town_settled=False),
                name="registration_lacks_town",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'anonym'}: {self.talk}"

    @alters_data
    @transaction.atomic
    def confirm(self) -> bool:
        """Give a pending row its seat or its place in the queue; False if it is too late."""
        return bool(Registration.objects.confirm([self]))

    @alters_data
    @transaction.atomic
    def cancel(self, reason: Reason = Reason.PERSON) -> bool:
        """Free the seat or leave the queue, tell the person, and let the next one move up.

        Returns False, and does nothing, for who is not registered any more or whose talk began.
        """
        talk, is_same = self._lock()
        if not (is_same and self.is_cancellable):
            return False
        was_booked = self.is_booked
        sequence = self._leave(talk, reason)
        if was_booked:
            OutgoingMail.objects.enqueue(OutgoingMail.Kind.CANCELLED, [self], sequence=sequence)
        Registration.objects.promote_waiting(talk)
        return True

    @alters_data
    @transaction.atomic
    def hand_over(self, *, name: str, email: str, organisation: str = "") -> bool:
        """Give the seat, or the place in the queue, to somebody else; both are told.

        The former person's data go at once, and so does the link; for their other talks they get
        a fresh one. Whoever is registered already keeps their own row, and this one is
        cancelled. Returns False if there is nothing to hand over any more.
        """
        talk, is_same = self._lock()
        if not (is_same and self.may_be_handed_over):
            return False
        former, former_key = self.name, self.email_key
        known = Registration.objects.in_talk(talk).of(email_key(email))
        if known.booked().exists():
            self._say_goodbye(OutgoingMail.Kind.GIVEN_AWAY, self._leave(talk))
            self._erase_person(Erasure.Reason.HANDED_OVER)
            Registration.objects.promote_waiting(talk)
        else:
            for row in known.pending():  # anybody may have typed that address
                row._enter(self.State.CANCELLED, self.Reason.HANDED_OVER)
            sequence = self._outrank(talk) if self.is_confirmed else None
            self._say_goodbye(OutgoingMail.Kind.GIVEN_AWAY, sequence)
            self._become(name=name, email=email, organisation=organisation)
            Talk.objects.store_counts(talk)
            OutgoingMail.objects.enqueue(OutgoingMail.Kind.HANDED_OVER, [self], note=former)
        Registration.objects.send_fresh_link(former_key)
        return True

    @alters_data
    def join(self) -> None:
        """Note that the person went in; the first time counts.

        Needs no lock on the talk: it counts nothing, and all come in the same minute.
        """
        now = timezone.now()
        rows = Registration.objects.confirmed().filter(pk=self.pk, joined_at=None)
        if rows.update(joined_at=now):
            self.joined_at = now

    @alters_data
    def ask(self, question: str) -> bool:
        """Write the question to the speakers, or withdraw it with ""; False if it is too late.

        Needs no lock on the talk: it counts nothing. The key tells whether the row is still this
        person's.
        """
        if not self.may_ask:
            return False
        rows = Registration.objects.live().filter(pk=self.pk, key=self.key)
        self.question = question
        return bool(rows.update(question=question))

    @alters_data
    def switch_reminders(self, *, off: bool) -> None:
        """Switch the reminders of this talk off (RFC 8058: by one click), or on again.

        Whoever came back has a newer row, which this concerns too.
        """
        rows = Registration.objects.in_talk(self.talk_id).of(self.email_key)
        rows.update(reminders_off=off)
        self.reminders_off = off

    @alters_data
    def switch_recap(self, *, off: bool) -> None:
        """Switch the mails with the material off (RFC 8058: by one click), or on again.

        Each talk has only one, so this concerns all talks that the person is registered for: who
        has had enough of them does not want the next one either.
        """
        Registration.objects.of(self.email_key).update(recap_off=off)
        self.recap_off = off

    @alters_data
    @transaction.atomic
    def promote(self) -> bool:
        """Move this person up from the queue, past all others and even if no seat is free.

        Whoever presses this means this one person: an additional seat. Returns False for who
        does not wait, or whose talk has begun or does not take place.
        """
        talk, is_same = self._lock()
        if not (is_same and self.is_waiting and talk.is_taking_place and not talk.has_begun):
            return False
        before = talk.registration_state
        self._enter(self.State.CONFIRMED)
        talk.seats_taken += 1
        talk.waiting_count -= 1
        Talk.objects.store_counts(talk, before)
        OutgoingMail.objects.enqueue(OutgoingMail.Kind.PROMOTED, [self])
        return True

    @alters_data
    @transaction.atomic
    def correct_address(self, email: str) -> bool:
        """Write this canonical address into all rows of the person, and send again what failed.

        The former links die: whoever got mail at the wrong address cannot use them. Returns False,
        and does nothing, if the row names nobody any more, the address is the same, or somebody is
        registered with it in one of the talks already.
        """
        key, former = email_key(email), self.email_key
        mine = Registration.objects.named().of(former)
        Talk.objects.lock(mine.values("talk"))
        self.refresh_from_db()
        rows = list(mine.select_related("talk").order_by("pk"))
        if former is None or self.email_key != former or self.email == email:
            return False
        if (
            key != former
            and Registration.objects.live()
            .of(key)
            .filter(talk__in=[row.talk_id for row in rows])
            .exists()
        ):
            return False
        for row in rows:
            row.email, row.email_key, row.key = email, key, links.new_key()
            row.save(update_fields=["email", "email_key", "key"])
        if not OutgoingMail.objects.about(rows).undelivered().readdress():
            OutgoingMail.objects.enqueue(OutgoingMail.Kind.LINKS, rows)
        self.refresh_from_db()
        return True

    @alters_data
    @transaction.atomic
    def decline(self) -> None:
        """Erase what a colleague has entered; for other talks the person gets a fresh link."""
        key = self.email_key
        self.anonymise(tell=True)
        if self.anonymised_at:
            Registration.objects.send_fresh_link(key)

    @alters_data
    @transaction.atomic
    def expire(self) -> bool:
        """Erase who did not confirm in time; False if the person was quicker."""
        _, is_same = self._lock()
        if not (is_same and self.is_expired):
            return False
        self._enter(self.State.CANCELLED, self.Reason.EXPIRED)
        self._erase_person(Erasure.Reason.EXPIRED)
        return True

    @alters_data
    @transaction.atomic
    def anonymise(
        self, *, tell: bool = False, reason: Erasure.Reason = Erasure.Reason.PERSON
    ) -> None:
        """Erase the person; talk, town, state and the day stay for the statistics.

        Whoever still has a seat in a coming talk, or waits for one, is cancelled first. With
        `tell` a last mail takes the talk out of the calendar of who had a seat.
        """
        talk, is_same = self._lock()
        if not is_same or self.anonymised_at:
            return
        if self.is_cancellable:
            sequence = self._leave(talk)
            if tell and sequence is not None:
                self._say_goodbye(OutgoingMail.Kind.ERASED, sequence)
            self._erase_person(reason)
            Registration.objects.promote_waiting(talk)
        else:
            self._erase_person(reason)

    @alters_data
    @transaction.atomic
    def erase(self, reason: str) -> None:
        """Erase who came back with an old backup: no mail, and nobody moves up."""
        talk, is_same = self._lock()
        if not is_same or self.anonymised_at:
            return
        OutgoingMail.objects.erase_giver(self.email_key, [self.name])
        if self.is_cancellable:
            self._leave(talk)
        self._erase_person(reason)

    def _lock(self) -> tuple[Talk, bool]:
        """Lock the person's talks, then read this row anew.

        Returns the row's talk, and whether the row is still this person's: of two clicks at once
        the second finds a row that was handed over or erased meanwhile.
        """
        key = self.key
        mine = Registration.objects.booked().of(self.email_key).values_list("talk_id", flat=True)
        talks = Talk.objects.lock({self.talk_id, *mine})
        self.refresh_from_db()
        self.talk = next(talk for talk in talks if talk.pk == self.talk_id)
        return self.talk, self.key == key

    def _leave(self, talk: Talk, reason: Reason = Reason.PERSON) -> int | None:
        """Give back what the row holds in the locked `talk`; return the CANCEL's number."""
        before = talk.registration_state
        sequence = self._outrank(talk) if self.is_confirmed else None
        if self.is_confirmed:
            talk.seats_taken -= 1
        elif self.is_waiting:
            talk.waiting_count -= 1
        self._enter(self.State.CANCELLED, reason)
        Talk.objects.store_counts(talk, before)
        return sequence

    def _outrank(self, talk: Talk) -> int:
        """Return a calendar number for a CANCEL to this person.

        It outranks every REQUEST so far, and a later REQUEST to the same person outranks it,
        whichever arrives first (RFC 5546 §3.2.5).
        """
        talk.calendar_sequence += 2
        return talk.calendar_sequence - 1

    def _enter(self, state: State, reason: Reason | None = None) -> None:
        self.state, self.state_reason, self.state_changed_at = state, reason, timezone.now()
        self.save(update_fields=["state", "state_reason", "state_changed_at"])

    def _say_goodbye(self, kind: OutgoingMail.Kind, sequence: int | None) -> None:
        """Queue the last mail to a person whose data go now; it names nobody."""
        OutgoingMail.objects.enqueue(kind, [self], sequence=sequence, is_last=True)

    def _become(self, *, name: str, email: str, organisation: str) -> None:
        """Make this row another person's, with a link and a uuid of their own.

        The old uuid stands in the erasure log, for the former person alone.
        """
        self._drop_mails()
        ReportLine.objects.forget(self)
        Erasure.objects.note(self, Erasure.Reason.HANDED_OVER)
        self.name, self.email, self.email_key = name, email, email_key(email)
        self.organisation, self.question = organisation, ""
        self.municipality = Municipality.objects.named_in(organisation)
        self.town_settled = False
        self.key, self.reminders_off, self.joined_at = links.new_key(), False, None
        self.minutes_present, self.marked_present, self.counted_before = None, False, False
        self.recap_promised, self.recap_off = True, False  # the mail to them says so
        self.uuid, self.state_changed_at = uuid.uuid4(), timezone.now()
        for field in self.TOLD:
            setattr(self, field, None)
        self.save()

    def _move_to(self, email: str) -> None:
        """Make this row another address's of the same person, with a link and a uuid of its own.

        The old uuid stands in the erasure log, for the former address alone.
        """
        Erasure.objects.note(self, Erasure.Reason.MOVED)
        self.email, self.email_key = email, email_key(email)
        self.key, self.uuid = links.new_key(), uuid.uuid4()
        self.save(update_fields=["email", "email_key", "key", "uuid"])

    def _erase_person(self, reason: str) -> None:
        self._drop_mails()
        ReportLine.objects.forget(self)
        Erasure.objects.note(self, reason)
        for field in self.PERSONAL:
            setattr(self, field, None)
        self.created_at = midnight(self.created_at)
        self.state_changed_at = midnight(self.state_changed_at)
        self.joined_at = self.joined_at and midnight(self.joined_at)
        self.recap_promised, self.recap_off = False, False
        self._round_minutes()
        self.anonymised_at = midnight(timezone.now())
        self.save()

    def _round_minutes(self) -> None:
        """Keep of the minutes only whether they were enough: figures need no more."""
        if self.minutes_present is not None:
            has_stayed_enough = has_stayed(self.minutes_present, self.talk)
            self.minutes_present = self.talk.minutes if has_stayed_enough else 0

    def _drop_mails(self) -> None:
        OutgoingMail.objects.about([self]).filter(registration_key=self.key).erase()

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def is_booked(self) -> bool:
        return self.state in self.BOOKED

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_expired(self) -> bool:
        """Whether it goes: PENDING_HOURS after the form, or when the talk begins.

        A beginning that was changed lately makes nobody go: it may be a slip.
        """
        has_begun = self.talk.has_begun and not self.talk.was_moved_lately
        return self.is_pending and (has_begun or self._confirm_until <= timezone.now())

    @property
    def may_confirm(self) -> bool:
        """Whether the click that confirms still gives something."""
        return self.is_pending and self.expires_at > timezone.now()

    @property
    def was_too_late(self) -> bool:
        """Whether the click that confirms came too late."""
        too_late = (self.Reason.EXPIRED, self.Reason.FULL)
        return self.state == self.State.CANCELLED and self.state_reason in too_late

    @property
    def expires_at(self) -> datetime:
        """The last moment at which a pending row can be confirmed."""
        return min(self._confirm_until, self.talk.starts_at)

    @property
    def _confirm_until(self) -> datetime:
        return self.created_at + timedelta(hours=settings.PENDING_HOURS)

    @property
    def is_cancellable(self) -> bool:
        """Whether the person can still leave: before the beginning, or while it is open when."""
        is_ahead = self.talk.starts_at > timezone.now()
        is_open = is_ahead or self.talk.status == Talk.Status.POSTPONED
        return self.is_live and self.anonymised_at is None and is_open

    @property
    def may_ask(self) -> bool:
        """Whether the question to the speakers can still be changed: until the talk begins."""
        is_on = self.talk.is_taking_place or self.talk.status == Talk.Status.POSTPONED
        return self.is_cancellable and is_on

    @property
    def may_be_renamed(self) -> bool:
        """Whether the person can still change the own name here: until the talk begins.

        From then on organisers alone can, or a certificate could be had for somebody else.
        """
        return not (self.talk.is_taking_place and self.talk.has_begun)

    @property
    def may_leave(self) -> bool:
        """Whether leaving still means something to the person: a talk that is off has no seats."""
        return self.is_booked and self.may_ask

    @property
    def may_be_handed_over(self) -> bool:
        return self.may_leave

    @property
    def may_move(self) -> bool:
        """Whether another address of the person can still take the place over."""
        is_open = self.talk.is_upcoming or self.talk.status == Talk.Status.POSTPONED
        return self.is_booked and is_open

    @property
    def leads_in(self) -> bool:
        """Whether the person has a seat in a talk that is still to come, or runs."""
        return self.is_confirmed and self.talk.is_taking_place and self.talk.is_upcoming

    @property
    def queue_text(self) -> str:
        """Say where in the queue the person stands, if it was fetched and somebody may move up.

        Exact up to ten; behind that the number would promise more than it tells.
        """
        number = self.queue_position
        if number is None or not (self.is_waiting and self.talk.is_taking_place):
            return ""
        if not self.talk.queue_runs:
            return ""
        if number <= 10:
            return f"Sie stehen auf Platz\u00a0{number} der Warteliste"
        return f"Sie sind unter den ersten\u00a0{-(-number // 10) * 10} auf der Warteliste"

    @property
    def state_text(self) -> str:
        """Say the state to organisers, with the place in the queue if it was fetched."""
        if self.is_waiting and self.queue_position:
            return f"Warteliste, Platz\u00a0{self.queue_position}"
        return self.get_state_display()

    @property
    def may_come_back(self) -> bool:
        return self.state == self.State.CANCELLED and self.talk.is_bookable

    @property
    def told_when_text(self) -> str:
        """Return when the person believes that the talk begins; "" if that is so, or unknown."""
        is_news = self.told_starts_at and self.told_starts_at != self.talk.starts_at
        return moment_text(self.told_starts_at) if self.told_starts_at and is_news else ""

    @property
    def knows_the_talk(self) -> bool:
        """Whether the last mail said what is true now."""
        talk = self.talk
        told = (self.told_starts_at, self.told_ends_at, self.told_status, self.told_title)
        return told == (talk.starts_at, talk.ends_at, talk.status, talk.title)

    @property
    def is_misinformed(self) -> bool:
        """Whether the person has a seat, and was told something else than is true now."""
        return self.is_booked and self.told_starts_at is not None and not self.knows_the_talk

    @property
    def tone(self) -> str:
        return self.TONES[self.State(self.state)]

    @property
    def masked_email(self) -> str:
        return masked_email(self.email)

    @property
    def way_in(self) -> WayIn:
        return way_in(self)

    @property
    def way_in_url(self) -> str:
        return links.url("registration:join", self.key, links.PURPOSE_JOIN)

    @property
    def dial_in(self) -> str:
        """The number and PIN to dial, for who has a seat in a coming talk; "" for all others."""
        talk = self.talk
        is_on = talk.is_taking_place and talk.is_upcoming and talk.offers_telephone is not False
        return talk.dial_in if self.is_confirmed and is_on else ""

    @property
    def attended(self) -> bool:
        """Whether it is known that the person was there: long enough, or by an organiser's mark.

        Nothing follows from False: a report does not know everybody.
        """
        return self.marked_present or has_stayed(self.minutes_present, self.talk)

    @property
    def gets_recap(self) -> bool:
        """Whether the mail with the material of the talk is for this person."""
        is_wanted = self.is_confirmed and self.recap_promised and not self.recap_off
        return is_wanted and (self.has_certificate or self.talk.has_documents)

    @property
    def has_certificate(self) -> bool:
        """Whether there is a certificate for the person; why not: `why_no_certificate`."""
        talk = self.talk
        is_over = talk.is_taking_place and talk.is_past and not talk.has_old_report
        is_known = self.is_confirmed and self.name is not None and self.attended
        return is_over and is_known and certificate_keys.are_there_for(self.talk_id)

    @property
    def known_presence(self) -> Presence:
        """The best that is known; for many rows: `with_presence`."""
        if self.attended:
            return self.Presence.ATTENDED
        if self.minutes_present is not None:
            return self.Presence.SHORT
        if self.counted_before:
            return self.Presence.COUNTED_BEFORE
        return self.Presence.JOINED if self.joined_at else self.Presence.UNKNOWN

    @property
    def presence(self) -> str:
        """Say what is known of the person's presence, from where, and how long; "" if nothing."""
        known, kinds = self.known_presence, self.Presence
        if known == kinds.UNKNOWN:
            return ""
        if known not in (kinds.ATTENDED, kinds.SHORT):
            return known.label
        is_told = self.minutes_present is not None and not self.anonymised_at
        by_report = f"{self.minutes_present}{NBSP}Minuten nach Bericht" if is_told else ""
        if known == kinds.SHORT:
            return by_report
        if has_stayed(self.minutes_present, self.talk):
            return f"dabei, {by_report}" if is_told else "dabei"
        confirmed = "dabei, vom Veranstalter bestätigt"
        return f"{confirmed}; {by_report}" if is_told else confirmed

    @property
    def way_in_used_at(self) -> datetime | None:
        """When; None for who was counted the old way, as it may be an organiser's mark."""
        return None if self.counted_before else self.joined_at

    @property
    def last_mail(self) -> OutgoingMail | None:
        """The newest mail to the person that was not overtaken; reads what `with_mails` has."""
        told = [
            mail
            for mail in self.mails.all()
            if mail.state != mail.State.OBSOLETE and not mail.is_to_new_address
        ]
        return max(told, key=lambda mail: mail.pk, default=None)

    @property
    def is_undeliverable(self) -> bool:
        """Whether the address was refused the last time."""
        return self.last_mail is not None and self.last_mail.state == OutgoingMail.State.FAILED


def has_stayed(minutes: int | None, talk: Talk) -> bool:
    """Whether so many minutes of `talk` are enough; for many rows: `attended` of the QuerySet."""
    if minutes is None:
        return False
    return minutes * 100 >= talk.minutes * settings.PRESENCE_PERCENT


def midnight(moment: datetime) -> datetime:
    """Return the beginning of that day in Europe/Berlin."""
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
