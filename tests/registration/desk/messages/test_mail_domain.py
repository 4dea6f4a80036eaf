"""The page "Kommen unsere Mails an?": findings in words, with the record to copy."""

import pytest

from registration.models.mails.bounce_mailbox import BounceMailbox
from registration.models.mails.domain_finding import DomainFinding
from tests.registration.desk.first_page.page import as_role, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGE = "/admin/registration/outgoingmail/domain/"
RECORD = 'town.example  TXT  "v=spf1 <mx> ~all"'


def content(client) -> str:
    html = client.get(PAGE).content.decode()
    return html[html.index("<h1") : html.index("</main>")]


def test_nothing_was_looked_at_yet(admin_client):
    assert "Noch nicht geprüft." in content(admin_client)


def test_all_findings_with_the_record_to_copy(admin_client):
    DomainFinding.objects.replace(
        [
            DomainFinding(subject="SPF", state="zu ändern", text="Fehlt.", record=RECORD),
            DomainFinding(subject="MX", state="in Ordnung", text="Ist da."),
        ]
    )

    html = content(admin_client)

    assert "Geprüft am 5. November 2025, 9:00 Uhr." in words(html)
    assert "SPF: zu ändern Fehlt. Dieser Eintrag fehlt bei dem, der Ihre Domain" in words(html)
    assert "MX: in Ordnung Ist da." in words(html)
    assert "town.example TXT &quot;v=spf1 &lt;mx&gt; ~all&quot;</pre>" in html


def test_refused_envelope_sender_is_explained(admin_client, settings):
    BounceMailbox.note_sender(is_taken=False)
    assert "Rückläufer" not in content(admin_client)
    settings.BOUNCE_ADDRESS = "bounces@town.example"

    assert "Der Mailserver nimmt bounces@town.example nicht als" in words(content(admin_client))


def test_who_may_not_see_mails_does_not_see_it(client):
    as_role(client, "Redaktion")

    assert client.get(PAGE).status_code == 403
