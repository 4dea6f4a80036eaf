"""Registrations, and what is written down with them."""

from registration.models.account import UnwantedNotice
from registration.models.erasure import Erasure, Origin
from registration.models.heartbeat import Heartbeat
from registration.models.interest import Interest
from registration.models.limits import Tally
from registration.models.mails.organiser_message import Message
from registration.models.mails.outgoing_mail import OutgoingMail
from registration.models.registration import Registration
from registration.models.sign_up import NotBookable

__all__ = [
    "Erasure",
    "Heartbeat",
    "Interest",
    "Message",
    "NotBookable",
    "Origin",
    "OutgoingMail",
    "Registration",
    "Tally",
    "UnwantedNotice",
]
