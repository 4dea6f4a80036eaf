"""What somebody might store to be carried out later, and rows that carry it in every text.

Each payload begins with a mark of its own, so that a page can be asked whether what follows the
mark is still what was typed. Whatever becomes an element has the attribute `data-x`.
"""

import re
from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from events.models import Material, Municipality, PracticeProfile, Series, Speaker, Talk, Topic
from registration.models import (
    Interest,
    Message,
    OutgoingMail,
    ProposedChange,
    Registration,
    SpeakerLink,
)
from tests.events.upload_files import jpeg, upload
from tests.makers import make_report_line

TYPED = r"""
<script data-x>alert(1)</script>
<img data-x src=//evil.example/i onerror=alert(2)>
<svg data-x/onload=alert(3)>
{{7*7}}${7*7}#{7*7}{%debug%}
[x](javascript:alert(5))**b**_i_
</script><script data-x>alert(6)</script>
</textarea></title></style><b data-x>
]]>--><b data-x>
" data-x onmouseover="alert(9)
' data-x onfocus='alert(10)' autofocus '
<style data-x>*{display:none}</style>
<iframe data-x src=//evil.example></iframe>
<meta data-x http-equiv=refresh content=0;//evil.example>
<base data-x href=//evil.example>
<a data-x href=data:text/html,<script>alert(15)</script>>
javascript:alert(16)
+ADw-script+AD4-alert(17)+ADw-/script+AD4-
&lt;b&gt;&amp;&#60;b/data-x&#62;
%3Cscript%3E%00\0\x3cb\u003cb
=1+1;@SUM(1)|cmd
<object data-x data=//evil.example></object>
<form data-x action=//evil.example><button>
<link data-x rel=stylesheet href=//evil.example/c>
<math data-x><a xlink:href=javascript:alert(24)>
<!--<b data-x>
<noscript><p title="</noscript><b data-x>">
{0}{x.__class__}%(name)s%s
Donaudampfschifffahrtsgesellschaftskapitänsmützen
""".strip().splitlines()
PAYLOADS = [f"Ä{number:02}{text}" for number, text in enumerate(TYPED)]
ALL = "\n\n".join([*PAYLOADS, "Ä98\r\nBcc: a@b.de", "W" * 300])
MARK = re.compile(r"Ä\d\d")


def _groups(longest: int) -> list[str]:
    groups = [""]
    for payload in PAYLOADS:
        if len(groups[-1]) + len(payload) >= longest:
            groups.append("")
        groups[-1] = f"{groups[-1]} {payload}".strip()
    return groups


# All payloads in texts of 120 letters, the shortest field that many rows have.
GROUPS = _groups(120)


def fitting(length: int) -> str:
    """Return the payload that fills a field of this length best."""
    return max((text for text in PAYLOADS if len(text) <= length), key=len, default="<b>")


def mangled(text: str) -> list[str]:
    """Return what follows a mark in `text` and is not what was typed; cut text may end early."""
    known = {payload[:3]: _plain(payload) for payload in PAYLOADS}
    text = _plain(text)
    found = []
    for mark in MARK.finditer(text):
        wanted = known.get(mark[0], mark[0])
        rest = text[mark.start() : mark.start() + len(wanted)]
        if rest != wanted and not wanted.startswith(rest.partition("…")[0]):
            found.append(rest)
    return found


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def marks(text: str) -> set[str]:
    return {*MARK.findall(text)} - {"Ä98"}


EVERY_MARK = {payload[:3] for payload in PAYLOADS}


def store_everywhere():
    """Store the payloads in every text field of every model; return the organiser."""
    _series()
    topics = [Topic.objects.create(name=payload) for payload in PAYLOADS]
    for number, group in enumerate(GROUPS):
        town = Municipality.objects.create(
            name=group,
            land="Hessen",
            latitude=50.5 + number / 10,
            longitude=9.5,
        )
        for starts_in in (timedelta(minutes=14 - number), timedelta(days=-20 - number)):
            talk = _talk(group, town, timezone.now() + starts_in)
            talk.topics.set(topics)
            _people(talk, group)
            _proposals(talk, group)
    interest = Interest.objects.ask("kim@stadt.example")
    interest.confirm()
    OutgoingMail.objects.update(last_error=" ".join(GROUPS[:2]), state="failed")
    return _organiser()


def _series():
    series = Series()
    for field in Series._meta.fields:
        if field.choices or field.get_internal_type() not in ("CharField", "TextField"):
            continue
        is_long = field.get_internal_type() == "TextField"
        setattr(series, field.name, ALL if is_long else fitting(field.max_length))
    series.accessibility_duty = "federal"
    series.contact_email = "kontakt@reihe.example"
    series.save()


def _talk(group, town, starts_at):
    talk = Talk.objects.create(
        title=group,
        subtitle=group,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        announcement=ALL,
        recap=ALL,
        written_answers=ALL,
        municipality=town,
        status="published",
        programme=fitting(80),
        is_recorded=True,
        recording_use=group,
        dial_in=group,
        meeting_url="https://meet.example/a?b=<script>&c='\"",
        **(_picture(group) if group is GROUPS[0] else {}),
    )
    portrait = {"portrait": upload(jpeg()), "portrait_credit": group}
    Speaker.objects.create(
        talk=talk, name=group, role=group, **(portrait if group is GROUPS[0] else {})
    )
    PracticeProfile.objects.create(
        talk=talk, situation=ALL[:2000], lessons=ALL[-2000:], contact=group
    )
    Material.objects.create(talk=talk, title=group, url="https://example.org/?a=<b>&c='\"")
    return talk


def _picture(group) -> dict:
    text = {f"image_{name}": group for name in ("alt", "caption", "credit")}
    return text | {"image": upload(jpeg())}


def _people(talk, group):
    if talk.starts_at > timezone.now():
        person = {"name": group, "email": "kim@stadt.example", "organisation": group}
        Registration.objects.sign_up([talk], questions={talk.pk: ALL}, **person)
    else:
        Registration.objects.create(
            talk=talk,
            name=group,
            email="lea@stadt.example",
            email_key="lea@stadt.example",
            organisation=group,
            question=ALL,
            state="confirmed",
        )
    Message.objects.create(talk=talk, subject=group, text=ALL)
    make_report_line(talk, group, email=group)


def _proposals(talk, group):
    link = SpeakerLink.objects.make(talk.speakers.get(), "lea@stadt.example")
    ProposedChange.objects.propose(link, "situation", ALL)
    ProposedChange.objects.propose(link, "costs", group).decide("declined", group)


def _organiser():
    user = User.objects.create_superuser("orga", email="orga@reihe.example")
    user.first_name, user.last_name = GROUPS[0], GROUPS[1]
    user.save()
    Group.objects.create(name=GROUPS[2])
    for model in (Talk, Registration, Message, Series, Topic, Municipality):
        LogEntry.objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(model),
            object_id=model.objects.first().pk,
            object_repr=GROUPS[0],
            action_flag=CHANGE,
            change_message=ALL,
        )
    return user
