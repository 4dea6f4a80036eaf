"""What the tests of the speaker's desk share: its addresses, and what a form sends."""

from django.urls import reverse

from registration.models.speakers.proposed_change import Field

PERSON = {"person-name": "Sina Massow", "person-role": "Bürgermeisterin der Stadt Gudensberg"}
TALK = {
    "talk-title": 'Wärme & "Licht" für Gudensberg',
    "talk-subtitle": "",
    "talk-announcement": "Erster Absatz.\r\n\r\nZweiter Absatz.",
}


def path_of(link, name="speaker", *more) -> str:
    return reverse(f"registration:{name}", args=[link.token, *more])


def save(client, link, part, data):
    return client.post(path_of(link, "speaker_part", part), data)


def proposed(link) -> dict[str, str]:
    """Return the open proposals by field."""
    return {Field(each.field).value: each.text for each in link.changes.model.objects.open()}


def shown(client, link, query="") -> str:
    answer = client.get(path_of(link) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def section(html, name) -> str:
    """Return what the page says in one section."""
    return html.partition(f'<section id="{name}"')[2].partition("</section>")[0]
