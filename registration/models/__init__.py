"""Registrations, and what is written down with them."""

from registration.models.account import UnwantedNotice
from registration.models.after_the_talk.feedback import Feedback
from registration.models.after_the_talk.report_line import ReportLine
from registration.models.erasure import Erasure, Origin
from registration.models.heartbeat import Heartbeat
from registration.models.interest import Interest
from registration.models.limits import Tally
from registration.models.mails.bounce_mailbox import BounceMailbox
from registration.models.mails.domain_finding import DomainFinding
from registration.models.mails.organiser_message import Message
from registration.models.mails.outgoing_mail import OutgoingMail
from registration.models.offer import Offer
from registration.models.registration import Registration
from registration.models.sign_up import NotBookable
from registration.models.speakers.consent import Consent
from registration.models.speakers.proposed_change import ProposedChange
from registration.models.speakers.speaker_link import SpeakerLink

__all__ = [
    "BounceMailbox",
    "Consent",
    "DomainFinding",
    "Erasure",
    "Feedback",
    "Heartbeat",
    "Interest",
    "Message",
    "NotBookable",
    "Offer",
    "Origin",
    "OutgoingMail",
    "ProposedChange",
    "Registration",
    "ReportLine",
    "SpeakerLink",
    "Tally",
    "UnwantedNotice",
]
