"""Why a mail is written: what the functions of compose.py are given to render."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from events.models.series import Series
    from events.models.talk import Talk
    from registration.models.interest import Interest
    from registration.models.mails.outgoing_mail import OutgoingMail
    from registration.models.registration import Registration
    from registration.models.speakers.missing import Wanted
    from registration.models.speakers.speaker_link import SpeakerLink


@dataclass(frozen=True)
class Occasion:
    """About registrations: the outbox's row, the person's registrations, and the series.

    `linked` is the registration that the mail's link leads to. It is None in the last mail to a
    person whose data are gone: that mail has no link.
    """

    outgoing: "OutgoingMail"
    rows: "list[Registration]"
    linked: "Registration | None"
    series: "Series"

    @property
    def registration(self) -> "Registration":
        """The registration that the mail's link leads to, for every mail but a last one."""
        if self.linked is None:
            raise LookupError("A last mail has no link.")
        return self.linked

    @property
    def live(self) -> "list[Registration]":
        """The registrations worth mentioning: a seat or a place in the queue of a coming talk."""
        return [
            row
            for row in self.rows
            if row.is_booked and row.talk.is_taking_place and row.talk.is_upcoming
        ]

    @property
    def confirmed(self) -> "list[Registration]":
        return [row for row in self.live if row.is_confirmed]

    @property
    def announces_recap(self) -> bool:
        """Whether everybody it gives a seat to will get the mail with the material."""
        return bool(self.confirmed) and all(row.recap_promised for row in self.confirmed)

    @property
    def waiting(self) -> "list[Registration]":
        return [row for row in self.live if row.is_waiting]

    @property
    def pending(self) -> "list[Registration]":
        return [row for row in self.rows if row.may_confirm]

    @property
    def talk(self) -> "Talk":
        return (self.live or self.rows)[0].talk


@dataclass(frozen=True)
class InterestOccasion:
    """About the interest list; news are about `outgoing.talk`."""

    outgoing: "OutgoingMail"
    interest: "Interest"
    series: "Series"


@dataclass(frozen=True)
class SpeakerOccasion:
    """About a speaker's desk; the link is read with speaker and talk.

    `missing` is what the talk lacks from the speaker.
    """

    outgoing: "OutgoingMail"
    link: "SpeakerLink"
    series: "Series"
    missing: "Sequence[Wanted]" = ()

    @property
    def talk(self) -> "Talk":
        return self.link.talk


@dataclass(frozen=True)
class AccountOccasion:
    """About an organiser's account, or a notice to it; `url` is its link, where it has one."""

    outgoing: "OutgoingMail"
    account: "User"
    series: "Series"
    url: str = ""

    @property
    def talk(self) -> "Talk":
        """The talk of a notice."""
        if self.outgoing.talk is None:
            raise LookupError("This notice is about no talk.")
        return self.outgoing.talk
