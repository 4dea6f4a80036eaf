"""What speakers left here goes by itself; consents stay as long as their material."""

from datetime import timedelta
from pathlib import Path

import pytest

from events.models import Talk
from registration.mail.deliver import deliver_due
from registration.models import Consent, Erasure, OutgoingMail, ProposedChange, SpeakerLink
from registration.privacy.retention import carry_out
from tests.events.upload_files import PDF, upload
from tests.makers import make_speaker_link

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def link(settings, tmp_path):
    """Give the link of somebody who proposed slides and agreed to everything."""
    settings.MEDIA_ROOT = tmp_path
    link = make_speaker_link(email="lampe@stadt.example")
    ProposedChange.objects.propose(link, "title", "Lampe & Licht")
    slides = upload(PDF, "Lampe.pdf", "application/pdf")
    ProposedChange.objects.propose(link, "slides", file=slides)
    for kind in Consent.Kind:
        Consent.objects.give(link, kind)
    OutgoingMail.objects.enqueue_to_speaker("speaker_answer", link, "1", note="Danke, Lampe!")
    return link


def test_everything_goes_thirty_days_after_the_talk(link, clock, settings):
    talk = Talk.objects.get()
    talk.materials.create(title="Film", url="https://video.example/a", recording="captioned")
    clock.move_to(talk.ends_at + timedelta(days=30, seconds=-1))
    carry_out()
    assert SpeakerLink.objects.count() == 1

    clock.shift(1)
    carry_out()
    carry_out()

    assert (SpeakerLink.objects.count(), ProposedChange.objects.count()) == (0, 0)
    assert list(Erasure.objects.values_list("uuid", "kind", "reason")) == [
        (link.uuid, "speaker_link", "retention")
    ]
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    assert "lampe" not in repr([*OutgoingMail.objects.values()]).lower()
    # The recording is here, the slides are not.
    (consent,) = Consent.objects.all()
    assert (consent.kind, consent.link, consent.speaker_name) == ("recording", None, "Sina Massow")


def test_consent_follows_its_material(link, clock):
    talk = Talk.objects.get()
    film = talk.materials.create(
        title="Film", url="https://video.example/a", recording="captioned"
    )
    clock.move_to(talk.ends_at + timedelta(days=1000))
    carry_out()
    assert Consent.objects.count() == 1

    film.delete()
    carry_out()

    assert Consent.objects.count() == 0


def test_link_goes_with_a_mail_that_was_refused(link, clock, smtp_server):
    mail = OutgoingMail.objects.get()
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state="failed", last_error="550 <lampe@stadt.example>"
    )
    clock.move_to(Talk.objects.get().ends_at + timedelta(days=30))

    carry_out()

    mail.refresh_from_db()
    assert (mail.state, mail.recipient, mail.last_error, mail.note) == ("failed", "", "", "")
    assert deliver_due() == []
