"""What programs read about a talk: schema.org for search engines, our own words for the API."""

import json
from typing import Any

from events.models import Series, Speaker, Talk, bookability
from events.models.facts import TalkFacts

SCHEMA = "https://schema.org"
# With a `<` a text could end the script element; U+2028 and U+2029 were line ends in old scripts.
ESCAPED = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def script_json(data: dict[str, Any]) -> str:
    """Return `data` as JSON that can stand inside a script element without more escaping."""
    return json.dumps(data, ensure_ascii=False).translate(ESCAPED)


def event(talk: Talk, *, site_url: str, organisers: list[str], image: str) -> dict[str, Any]:
    """Return the talk as a schema.org Event; `image` is a path on this site."""
    url = f"{site_url}{talk.get_absolute_url()}"
    data = {
        "@context": SCHEMA,
        "@type": "Event",
        "name": talk.title,
        "description": talk.announcement or talk.subtitle or talk.title,
        "startDate": talk.local_starts_at.isoformat(),
        "endDate": talk.local_ends_at.isoformat(),
        "eventStatus": f"{SCHEMA}/{status(talk)}",
        "eventAttendanceMode": f"{SCHEMA}/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": url},
        "url": url,
        "inLanguage": "de",
        "isAccessibleForFree": True,
        "image": [f"{site_url}{image}"],
        "organizer": [{"@type": "Organization", "name": name} for name in organisers],
        "performer": [person(speaker, site_url) for speaker in talk.speakers.all()],
        "workFeatured": practice_profile(talk, url),
        "offers": offer(talk, site_url),
    }
    before = talk.local_previous_starts_at
    if before and status(talk) == "EventRescheduled":
        data["previousStartDate"] = before.isoformat()
    return {key: value for key, value in data.items() if value not in (None, [])}


def status(talk: Talk) -> str:
    """Return the schema.org EventStatusType of the talk."""
    if talk.status == Talk.Status.CANCELLED:
        return "EventCancelled"
    if talk.status == Talk.Status.POSTPONED:
        return "EventPostponed"
    return "EventRescheduled" if talk.previous_starts_at else "EventScheduled"


def person(speaker: Speaker, site_url: str) -> dict[str, str]:
    data = {"@type": "Person", "name": speaker.name, "jobTitle": speaker.role}
    if speaker.picture:
        data["image"] = f"{site_url}{speaker.picture.src}"
    return {key: value for key, value in data.items() if value}


def practice_profile(talk: Talk, url: str) -> dict[str, str] | None:
    """Return the talk's practice profile, which stands on its page; None if there is none."""
    if not talk.practice:
        return None
    return {
        "@type": "CreativeWork",
        "name": str(talk.practice),
        "url": f"{url}#praxis",
        "inLanguage": "de",
        "text": "\n\n".join(f"{part.heading}: {part.text}" for part in talk.practice.parts),
    }


def offer(talk: Talk, site_url: str) -> dict[str, str] | None:
    """Return the seat, which costs nothing; None if the talk is over or does not take place."""
    if talk.is_past or not talk.is_taking_place:
        return None
    data = {"@type": "Offer", "price": "0", "priceCurrency": "EUR"}
    if talk.registration_state == bookability.FULL:
        data["availability"] = f"{SCHEMA}/SoldOut"
    elif talk.is_bookable:
        data["availability"] = f"{SCHEMA}/InStock"
        data["url"] = f"{site_url}{talk.registration_url}"
    return data


def api_talk(talk: Talk, series: Series, site_url: str) -> dict[str, Any]:
    """Return the talk as docs/api.md promises it; fields may be added, not changed or removed."""
    town = talk.municipality
    return {
        "id": str(talk.uid),
        "url": f"{site_url}{talk.get_absolute_url()}",
        "title": talk.title,
        "subtitle": talk.subtitle,
        "starts_at": talk.local_starts_at.isoformat(),
        "ends_at": talk.local_ends_at.isoformat(),
        "status": talk.status,
        "announcement": talk.announcement,
        "recap": talk.recap if talk.is_past else "",
        "municipality": {"name": town.name, "land": town.land} if town else None,
        "speakers": [
            {"name": speaker.name, "role": speaker.role} for speaker in talk.speakers.all()
        ],
        "topics": [topic.slug for topic in talk.topics.all()],
        "practice_profile": talk.practice.texts if talk.practice else None,
        "facts": api_facts(talk.facts_in(series)),
        "registration": {
            "state": talk.registration_state.code,
            "url": f"{site_url}{talk.registration_url}" if talk.is_bookable else None,
        },
        "calendar_url": f"{site_url}{talk.get_absolute_url()}termin.ics",
        "updated_at": talk.updated_at.isoformat(),
    }


def api_facts(facts: TalkFacts) -> dict[str, str | bool | None]:
    """Return the facts of a talk; "" and null where nobody has said anything."""
    return {
        "programme": facts.programme,
        "in_browser": facts.runs_in_browser,
        "test_url": facts.test_url,
        "recorded": facts.is_recorded,
        "recording_use": facts.recording_use,
        "captions": facts.has_captions,
        "sign_language": facts.has_sign_language,
        "telephone": facts.has_telephone,
    }
