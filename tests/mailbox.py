"""Mail as its recipients have it: their messages, the links in them, the calendar they keep."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import urlsplit

from icalendar import Calendar


@dataclass
class Mailbox:
    """The mail program of one person: it reads what `server` (see conftest.py) has got."""

    server: object
    address: str

    @property
    def messages(self) -> list:
        return [
            message_from_bytes(envelope.content, policy=policy.default)
            for envelope in self.server.messages
            if envelope.rcpt_tos == [self.address]
        ]

    @property
    def subjects(self) -> list[str]:
        """Return the first words of each subject: the state, before date and title."""
        return [re.split("[,:]", message["Subject"])[0] for message in self.messages]

    def link(self, path: str, *, message=-1) -> str:
        """Return the link that leads below `path`; in the newest message if not told another."""
        found = links(self.messages[message])
        return min(link for link in found if urlsplit(link).path.startswith(path))

    @property
    def calendar(self) -> dict:
        """Return what stands in the calendar now: start, end and title by UID."""
        kept = {}
        for message in self.messages:
            for content in calendar_parts(message):
                keep(kept, Calendar.from_ical(content))
        return {
            uid: (event.start, event.end, str(event["SUMMARY"]))
            for uid, (method, event) in kept.items()
            if method == "REQUEST"
        }


def links(message) -> set[str]:
    """Return every address of ours that a person, a program or a gateway finds in the message."""
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    places = [text, unescape(html), message["List-Unsubscribe"] or ""]
    places += [part.decode().replace("\r\n ", "") for part in calendar_parts(message)]
    return set(re.findall(r"https?://[^\s\"<>\\]+", "\n".join(places)))


def calendar_parts(message) -> list[bytes]:
    """Return the attached calendar files."""
    return [
        part.get_payload(decode=True)
        for part in message.iter_attachments()
        if part.get_content_type() == "application/ics"
    ]


def keep(kept, calendar):
    """File one scheduling message by METHOD, UID and SEQUENCE, as RFC 5546 §2.1.5 tells.

    A number lower than the one known comes late and changes nothing; an entry that was taken
    out keeps its number.
    """
    (event,) = calendar.walk("VEVENT")
    uid, method = str(event["UID"]), str(calendar["METHOD"])
    if uid not in kept or kept[uid][1]["SEQUENCE"] <= event["SEQUENCE"]:
        kept[uid] = (method, event)
