"""What machines read about a talk: schema.org for search engines, our own words for the API."""

import json

from events.models import registration_state

SCHEMA = "https://schema.org"
# A `<` would let a text end the script element, U+2028 was once a line end in scripts.
ESCAPED = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def script_json(data) -> str:
    """Return `data` as JSON that can stand inside a script element as it is."""
    return json.dumps(data, ensure_ascii=False).translate(ESCAPED)


def event(talk, *, site_url: str, organisers: list[str], image: str) -> dict:
    """Return the talk as a schema.org Event; `image` is an address on this site."""
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
        "performer": [person(speaker) for speaker in talk.speakers.all()],
        "offers": offer(talk, site_url),
    }
    if status(talk) == "EventRescheduled":
        data["previousStartDate"] = talk.local_previous_starts_at.isoformat()
    return {key: value for key, value in data.items() if value not in (None, [])}


def status(talk) -> str:
    """Return the schema.org EventStatusType of the talk."""
    if talk.status == "cancelled":
        return "EventCancelled"
    if talk.status == "postponed":
        return "EventPostponed"
    return "EventRescheduled" if talk.previous_starts_at else "EventScheduled"


def person(speaker) -> dict:
    data = {"@type": "Person", "name": speaker.name, "jobTitle": speaker.role}
    return {key: value for key, value in data.items() if value}


def offer(talk, site_url: str) -> dict | None:
    """Return the free seat, while the talk is to come; None afterwards."""
    if talk.is_past or not talk.is_taking_place:
        return None
    data = {"@type": "Offer", "price": "0", "priceCurrency": "EUR"}
    if talk.registration_state == registration_state.FULL:
        data["availability"] = f"{SCHEMA}/SoldOut"
    elif talk.is_bookable:
        data["availability"] = f"{SCHEMA}/InStock"
        data["url"] = f"{site_url}{talk.registration_url}"
    return data


def api_talk(talk, *, site_url: str) -> dict:
    """Return the talk as docs/api.md promises it; fields are added, never changed or removed."""
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
        "registration": {
            "state": talk.registration_state.code,
            "url": f"{site_url}{talk.registration_url}" if talk.is_bookable else None,
        },
        "calendar_url": f"{site_url}{talk.get_absolute_url()}termin.ics",
        "updated_at": talk.updated_at.isoformat(),
    }
