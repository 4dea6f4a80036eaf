"""A mail as it goes over the wire; as a row of the outbox it is an OutgoingMail."""

from email import policy as policies
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from typing import TYPE_CHECKING, Any

from css_inline import CSSInliner
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from registration.mail.headers import HEADERS

if TYPE_CHECKING:
    from registration.models.registration import Registration
    from registration.models.speakers.speaker_link import SpeakerLink


# RFC 2045 §6.7: no line of quoted-printable text is longer. Python's own limit is 78.
LINE = 76
# What asks for the screen or for dark colours cannot be inlined and stays in the head.
_INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def inlined(html: str) -> str:
    """Write the style sheet into the elements: many mail programs read nothing else.

    Classes stay for the rules in the head.
    """
    return _INLINER.inline(html)


class Mail(EmailMultiAlternatives):
    """A mail with its headers written as strict programs read them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whose talks it states as they are now: once it is sent, these people know.
        self.tells: list[Registration] = []
        # Whose talks it mentions, without a calendar entry.
        self.mentions: list[Registration] = []
        # The speaker whom it tells the dates of their talk, or only mentions them to.
        self.tells_speaker: SpeakerLink | None = None
        self.mentions_to: SpeakerLink | None = None

    def come_back_to(self, address: str) -> None:
        """Let reports go to `address`, "" is the sender; people see the sender as ever."""
        self.extra_headers["From"] = settings.DEFAULT_FROM_EMAIL
        self.from_email = address or settings.DEFAULT_FROM_EMAIL

    def message(self, *, policy: Policy | None = None) -> EmailMessage:
        """Return the message; all of it is ASCII, because not every server offers 8BITMIME."""
        known = policy if isinstance(policy, EmailPolicy) else policies.default
        ours = known.clone(header_factory=HEADERS, cte_type="7bit", max_line_length=LINE)
        return super().message(policy=ours)
