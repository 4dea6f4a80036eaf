"""Who gets a seat: the verbs about many registrations, each one transaction under talk locks.

Several talks are locked in primary-key order, so two forms never wait for each other.

What happens to one registration afterwards, and when an unconfirmed one ends: registration.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from events.method_marks import alters_data
from events.models import Municipality, Talk
from registration.models import limits
from registration.models.addresses import email_key
from registration.models.erasure import Erasure
from registration.models.interest import Interest
from registration.models.mails.outgoing_mail import OutgoingMail
from registration.models.offer import Offer
from registration.models.queries import RegistrationQuerySet
from registration.models.speakers.speaker_link import SpeakerLink

if TYPE_CHECKING:
    from registration.models.registration import Registration

Kind = OutgoingMail.Kind


class NotBookable(Exception):
    """The form cannot be booked: `talks` do not take registrations now."""

    def __init__(self, talks: Sequence[Talk]) -> None:
        super().__init__(", ".join(talk.slug for talk in talks))
        self.talks = talks


_Manager = models.Manager.from_queryset(RegistrationQuerySet)


class RegistrationManager(_Manager["Registration"]):
    """The verbs about many registrations, beside the rules of `RegistrationQuerySet`."""

    @alters_data
    @transaction.atomic
    def sign_up(
        self,
        talks: Iterable[Talk],
        *,
        name: str,
        email: str,
        organisation: str = "",
        questions: Mapping[int, str] | None = None,
        must_confirm: bool = False,
        extra_seat: bool = False,
        tells_of_recap: bool = True,
    ) -> list["Registration"]:
        """Book all `talks` for one person, or none; return the live row of each.

        `email` is canonical (addresses.py); `questions` are known by their talks' primary keys.
        Whoever is registered already keeps the row, and its question. If one of the talks asks
        for it, or `must_confirm`, nothing is given before the click in the mail. After too many
        forms mails wait, and what was said before is not said again (limits.py). With
        `extra_seat` an organiser vouches for the person: a seat at once, even if none is free or
        the form is closed, as long as the talk is not over. With `tells_of_recap` the person has
        read in the form that there will be a mail with the material; the mail that gives a new
        row its seat says so to all. Raises NotBookable before it looks at
        the address, so the answer never tells whether an address is known.
        """
        wanted = [talk.pk for talk in talks]
        municipality = Municipality.objects.named_in(organisation)  # before others must wait
        locked = Talk.objects.lock(wanted)
        if refused := [talk for talk in locked if not takes(talk, extra_seat)]:
            raise NotBookable(refused)
        if not locked or len(locked) < len(set(wanted)):
            raise NotBookable([])
        known = self._live_in({talk.pk: talk for talk in locked}, email_key(email))
        for talk_id in [pk for pk, row in known.items() if row.is_expired]:
            late = known.pop(talk_id)
            late._enter(self.model.State.CANCELLED, self.model.Reason.EXPIRED)
        person = {
            "name": name,
            "email": email,
            "email_key": email_key(email),
            "organisation": organisation,
            "municipality": municipality,
            "created_at": timezone.now(),
            "recap_promised": True,
        }
        if tells_of_recap:
            self._promise_recap(known.values())
        asked = questions or {}
        forms = {pk: person | {"question": asked.get(pk, "")} for pk in wanted}
        if not extra_seat and (must_confirm or any(talk.double_opt_in for talk in locked)):
            return self._ask(locked, known, forms)
        admitted = [
            self._admit(talk, known.get(talk.pk), forms[talk.pk], extra_seat) for talk in locked
        ]
        rows = [row for row, _ in admitted]
        if any(is_new for _, is_new in admitted):
            OutgoingMail.objects.tell_booked(rows, is_first=len(known) < len(rows))
        else:
            OutgoingMail.objects.tell_already(rows)
        return rows

    def _promise_recap(self, known: Iterable["Registration"]) -> None:
        """Note that a form announced the mail with the material to who was registered before."""
        rows = [row for row in known if not row.recap_promised]
        if rows:
            self.filter(pk__in=[row.pk for row in rows]).update(recap_promised=True)
        for row in rows:
            row.recap_promised = True

    def _live_in(self, talks: dict[int, Talk], key: str) -> dict[int, "Registration"]:
        """Return by talk the live rows of one person in the locked `talks`, given by their pk."""
        rows = self.live().of(key).filter(talk__in=talks).order_by()
        known = {row.talk_id: row for row in rows}
        for talk_id, row in known.items():
            row.talk = talks[talk_id]
        return known

    def _ask(
        self,
        talks: list[Talk],
        known: dict[int, "Registration"],
        forms: dict[int, dict[str, Any]],
    ) -> list["Registration"]:
        """Keep the form until the click: no seat, one mail that asks for it.

        `forms` holds by talk what the person has typed.
        """
        rows = [
            known.get(talk.pk)
            or self.create(talk=talk, state=self.model.State.PENDING, **forms[talk.pk])
            for talk in talks
        ]
        pending = [row for row in rows if row.is_pending]
        if pending:
            OutgoingMail.objects.ask_to_confirm(pending, is_new=len(known) < len(talks))
        else:
            OutgoingMail.objects.tell_already(rows)
        return rows

    def _admit(
        self, talk: Talk, row: "Registration | None", person: dict[str, Any], extra_seat: bool
    ) -> tuple["Registration", bool]:
        """Return the person's row in the locked `talk`, and whether this form has changed it.

        A known `row` stays as it is, unless it was never confirmed, or waits in vain: once the
        queue has ended, a free seat goes to the next form, whoever sends it.
        """
        before = talk.registration_state
        state = self.model.State.CONFIRMED if extra_seat else self._state_in(talk)
        if row is None:
            row = self.create(talk=talk, state=state, **person)
        elif row.is_confirmed or row.state == state:
            return row, False
        else:
            if row.is_waiting:
                talk.waiting_count -= 1
            row._enter(state)
        _count(talk, row)
        Talk.objects.store_counts(talk, before)
        return row, True

    def _state_in(self, talk: Talk) -> "Registration.State":
        state = self.model.State
        return state.CONFIRMED if talk.has_free_seat else state.WAITING

    @alters_data
    @transaction.atomic
    def confirm(self, rows: Iterable["Registration"]) -> list["Registration"]:
        """Give the pending among `rows` of one person a seat or a place in the queue.

        The queue's order is that of the forms. Whoever is too late gets nothing: the talk has
        begun, does not take place, or is full and its queue closed. Returns who is booked now;
        harmless when called twice.
        """
        talks = {talk.pk: talk for talk in Talk.objects.lock([row.talk_id for row in rows])}
        fresh = self.pending().filter(pk__in=[row.pk for row in rows]).order_by("talk_id")
        booked = []
        for row in fresh:
            row.talk = talks[row.talk_id]
            if self._confirm_one(row.talk, row):
                booked.append(row)
        if booked:
            OutgoingMail.objects.enqueue(Kind.SIGNED_UP, booked)
        return booked

    def _confirm_one(self, talk: Talk, row: "Registration") -> bool:
        before = talk.registration_state
        state, reason = self.model.State, self.model.Reason
        is_off = talk.status in (talk.Status.DRAFT, talk.Status.CANCELLED)
        if row.is_expired:
            row._enter(state.CANCELLED, reason.EXPIRED)
        elif is_off or not (talk.is_published and row.may_confirm):
            return False  # hidden, called off or over, perhaps by a slip: the row waits
        elif talk.has_free_seat or (talk.waiting_list and talk.queue_runs):
            row._enter(self._state_in(talk))
            _count(talk, row)
            Talk.objects.store_counts(talk, before)
        else:
            row._enter(state.CANCELLED, reason.FULL)
        return row.is_booked

    @alters_data
    @transaction.atomic
    def promote_waiting(self, talk: Talk) -> list["Registration"]:
        """Give free seats of `talk` to the first in the queue; return who moved up."""
        locked = Talk.objects.lock([talk.pk])
        if not locked or locked[0].has_begun or not locked[0].is_taking_place:
            return []
        talk = locked[0]
        self._free_seats_of_nobody(talk)
        if not (talk.queue_runs and talk.waiting_count):
            return []
        before = talk.registration_state
        free = talk.waiting_count if talk.seats_free is None else max(0, talk.seats_free)
        promoted = list(self.in_talk(talk).waiting().named().select_related("talk")[:free])
        for row in promoted:
            row._enter(self.model.State.CONFIRMED)
            OutgoingMail.objects.enqueue(Kind.PROMOTED, [row])
        talk.seats_taken += len(promoted)
        talk.waiting_count -= len(promoted)
        Talk.objects.store_counts(talk, before)
        return promoted

    def _free_seats_of_nobody(self, talk: Talk) -> None:
        """Free the seats of people who were erased while the talk seemed to be over.

        The locked `talk` lies ahead again. Whoever was erased in the meantime still counts.
        """
        erased = self.in_talk(talk).live().exclude(anonymised_at=None)
        held = erased.aggregate(
            seats=Count("pk", Q(state=self.model.State.CONFIRMED)),
            places=Count("pk", Q(state=self.model.State.WAITING)),
        )
        # When and why was erased with the person.
        if not erased.update(state=self.model.State.CANCELLED):
            return
        before = talk.registration_state
        talk.seats_taken -= held["seats"]
        talk.waiting_count -= held["places"]
        Talk.objects.store_counts(talk, before)

    @alters_data
    @transaction.atomic
    def tell_waiting(self, talk: Talk) -> list[OutgoingMail]:
        """Tell those who still wait that no seat became free, once per beginning of the talk."""
        (talk,) = Talk.objects.lock([talk.pk])
        if not talk.is_taking_place or talk.queue_runs or talk.has_begun:
            return []
        return OutgoingMail.objects.enqueue_each(
            Kind.NO_SEAT,
            self.in_talk(talk).waiting().named().select_related("talk"),
            version=f"start-{talk.starts_at.timestamp():.0f}",
            talk_starts_at=talk.starts_at,
            expires_at=talk.starts_at,
        )

    @alters_data
    def close_queues(self) -> int:
        """Tell the waiting of every talk whose queue has ended; return how many mails it took."""
        return sum(len(self.tell_waiting(talk)) for talk in Talk.objects.published().queue_ended())

    @alters_data
    @transaction.atomic
    def tell_of_change(self, talk: Talk, note: str = "") -> list[OutgoingMail]:
        """Tell everyone with a seat or in the queue who does not know what has become of the talk.

        What organisers want to say with it is the `note` of these mails, and of no later ones.
        Returns the new mails: none for whoever knows, or gets a mail that says so anyway. Nobody
        is invited to a talk that is over: its date is a slip, or it has taken place.
        """
        (talk,) = Talk.objects.lock([talk.pk])
        if talk.is_taking_place and talk.is_past:
            return []
        rows = self.in_talk(talk).untold().select_related("talk").order_by("created_at", "pk")
        # A mail that was refused does not hinder another one.
        told_before = OutgoingMail.objects.filter(
            kind=Kind.TALK_CHANGED, registrations__talk=talk
        ).count()
        return OutgoingMail.objects.enqueue_each(
            Kind.TALK_CHANGED,
            rows,
            version=f"told-{told_before}",
            note=note,
            note_change_no=talk.change_no if note else None,
        )

    @alters_data
    @transaction.atomic
    def release_recap(self, talk: Talk) -> list[OutgoingMail]:
        """Send the material of a talk that is over to everyone who was promised it.

        Each gets it once: released again it reaches who has not got it. Returns the new mails;
        none before the end, for a talk that did not take place, and once the names are gone.
        """
        (talk,) = Talk.objects.lock([talk.pk])
        if not talk.is_to_follow_up:
            return []
        rows = self.to_get_recap(talk).select_related("talk").order_by("created_at", "pk")
        mails = OutgoingMail.objects.enqueue_each(
            Kind.RECAP, rows, version="once", expires_at=talk.names_go_at
        )
        if mails and talk.recap_released_at is None:
            Talk.objects.store_recap_released(talk)
        return mails

    @alters_data
    @transaction.atomic
    def send_links(self, email: str) -> None:
        """Send the person's link again, and once more the question that is still open."""
        mine = self.named().of(email_key(email))
        Talk.objects.lock(mine.values("talk"))
        rows = list(mine.select_related("talk"))
        if pending := [row for row in rows if row.may_confirm]:
            OutgoingMail.objects.ask_to_confirm(pending)
        rows = [row for row in rows if not row.is_pending]
        if rows and limits.may_mail(email_key(email)):
            OutgoingMail.objects.enqueue(Kind.LINKS, rows)

    @alters_data
    @transaction.atomic
    def send_way_in(self, talk: Talk, email: str) -> None:
        """Send the way into `talk` to who has a seat; to others what is known of them.

        In the hour before the beginning it has a limit of its own, so that nobody who was
        curious earlier stands outside.
        """
        mine = self.named().of(email_key(email))
        Talk.objects.lock(mine.values("talk"))
        row = mine.in_talk(talk).confirmed().select_related("talk").first()
        if row is None:
            self.send_links(email)
            return
        if timezone.now() >= talk.starts_at - timedelta(hours=1):
            may_send = limits.may_send_way_in(row.email_key, talk.pk)
        else:
            may_send = limits.may_mail(row.email_key)
        if may_send:
            OutgoingMail.objects.enqueue(Kind.WAY_IN, [row], expires_at=talk.ends_at)

    @alters_data
    def send_fresh_link(self, key: str | None) -> None:
        """Send the person a link that lives, after one died; the caller holds the locks."""
        if rows := list(self.booked().named().of(key).ahead().select_related("talk")):
            OutgoingMail.objects.enqueue(Kind.LINKS, rows)

    @alters_data
    @transaction.atomic
    def change_person(
        self, rows: Sequence["Registration"], *, name: str, organisation: str
    ) -> None:
        """Write name and organisation into all rows of one person that are still theirs.

        Rows of talks that have begun stay (`may_be_renamed`). The town is read anew where the
        organisation is another one.
        """
        mine = self.named().of(rows[0].email_key).filter(pk__in=[row.pk for row in rows])
        mine = mine.exclude(
            talk__status=Talk.Status.PUBLISHED, talk__starts_at__lte=timezone.now()
        )
        mine.exclude(organisation=organisation).update(
            organisation=organisation,
            municipality=Municipality.objects.named_in(organisation),
            town_settled=False,
        )
        mine.update(name=name)

    @alters_data
    @transaction.atomic
    def correct_person(self, row: "Registration", changes: Mapping[str, Any]) -> None:
        """Write what is put right of a person into the person's rows.

        The name is the same everywhere; organisation and town (with `town_settled`) go to the rows
        that had the same organisation as this one: whoever came for another town then, still did.
        """
        mine = self.named().of(row.email_key)
        from_there = {key: value for key, value in changes.items() if key != "name"}
        if from_there:
            mine.filter(organisation=row.organisation).update(**from_there)
        if "name" in changes:
            mine.update(name=changes["name"])

    @alters_data
    @transaction.atomic
    def erase_person(self, key: str, reason: Erasure.Reason = Erasure.Reason.PERSON) -> None:
        """Erase everything about the person known by this canonical address."""
        rows = self.named().of(key)
        Talk.objects.lock(rows.values("talk"))
        OutgoingMail.objects.erase_giver(key, [row.name for row in rows])
        for row in rows.select_related("talk").order_by("talk_id", "pk"):
            row.anonymise(tell=True, reason=reason)
        for interest in Interest.objects.of(key):
            interest.erase(reason)
        for offer in Offer.objects.of(key):
            offer.erase(reason)
        for link in SpeakerLink.objects.of(key):
            link.erase(reason)
        OutgoingMail.objects.to_address(key).erase()


def takes(talk: Talk, extra_seat: bool) -> bool:
    """Whether the talk takes registrations: by the form, or by an organiser who vouches."""
    return talk.takes_extra_seats if extra_seat else talk.is_bookable


def _count(talk: Talk, row: "Registration") -> None:
    """Count the row that has just been booked."""
    if row.is_confirmed:
        talk.seats_taken += 1
    else:
        talk.waiting_count += 1
