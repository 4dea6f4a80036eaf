"""Registrations, and what is written down with them."""

from registration.models.account import UnwantedNotice
from registration.models.erasure import Erasure, Origin
from registration.models.feedback import Feedback
from registration.models.heartbeat import Heartbeat
from registration.models.interest import Interest
from registration.models.limits import Tally
from registration.models.mails.organiser_message import Message
from registration.models.mails.outgoing_mail import OutgoingMail
from registration.models.offer import Offer
from registration.models.registration import Registration
from registration.models.report_line import ReportLine
from registration.models.sign_up import NotBookable

__all__ = [
    "Erasure",
    "Feedback",
    "Heartbeat",
    "Interest",
    "Message",
    "NotBookable",
    "Offer",
    "Origin",
    "OutgoingMail",
    "Registration",
    "ReportLine",
    "Tally",
    "UnwantedNotice",
]
