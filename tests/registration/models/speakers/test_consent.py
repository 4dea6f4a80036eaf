"""What speakers agree to: given once, kept as proof, withdrawn, gone when it proves nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from events.models import Material, Talk
from registration.models import Consent, SpeakerLink
from tests.events.upload_files import PDF, upload
from tests.makers import make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

give = Consent.objects.give
RECORDING = {"title": "Aufzeichnung", "url": "https://video.example/a", "recording": "captioned"}
LINK = {"title": "Mehr", "url": "https://stadt.example/mehr"}


def slides():
    return {"title": "Folien", "file": upload(PDF, "Folien.pdf", "application/pdf")}


def over(clock, link, seconds=0):
    clock.move_to(link.talk.ends_at + timedelta(days=30, seconds=seconds))


@pytest.mark.parametrize("kind", Consent.Kind)
def test_consent_keeps_name_wording_and_moment(kind):
    link = make_speaker_link()

    consent = give(link, kind)

    wording = Consent.WORDINGS[kind]
    assert (consent.talk, consent.link, consent.speaker_name) == (link.talk, link, "Sina Massow")
    assert (consent.wording, consent.version) == (wording.text, wording.version)
    assert (consent.given_at, consent.withdrawn_at) == (timezone.now(), None)
    assert str(consent) == f"{kind.label}: Sina Massow"


def test_consent_is_given_once_of_each_kind(clock):
    link, other = make_speaker_link(), make_speaker_link(email="lea@stadt.example")
    first = give(link, "slides")
    clock.shift(60)

    assert give(link, "slides") == first
    give(link, "recording")
    give(other, "slides")
    assert Consent.objects.count() == 3
    with pytest.raises(IntegrityError):
        Consent.objects.create(link=link, talk=link.talk, kind="slides")


def test_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="portrait"):
        give(make_speaker_link(), "portrait")


def test_withdrawn_consent_stays_and_a_new_one_is_another_row(clock):
    link = make_speaker_link()
    first = give(link, "slides")
    clock.shift(60)
    moment = timezone.now()
    assert first.withdraw() is True
    clock.shift(60)
    # The second of two clicks at once has read the row before.
    assert Consent.objects.get().withdraw() is False
    stale = Consent(pk=first.pk, talk=link.talk, kind="slides")
    assert stale.withdraw() is False

    second = give(link, "slides")

    assert Consent.objects.get(pk=first.pk).withdrawn_at == moment
    assert list(Consent.objects.valid()) == [second]


def test_withdrawing_removes_what_was_chosen_of_the_talk_alone():
    link, other = make_speaker_link(), make_talk()
    recording, text = (link.talk.materials.create(**each) for each in (RECORDING, LINK))
    foreign = other.materials.create(**RECORDING)
    consent = give(link, "recording")
    assert list(consent.materials) == [recording]

    consent.withdraw([recording, foreign])

    assert list(Material.objects.order_by("pk")) == [text, foreign]


def test_erased_link_takes_no_consent_and_leaves_the_given_ones():
    link = make_speaker_link()
    consent = give(link, "slides")
    SpeakerLink.objects.get().erase("person")

    consent.refresh_from_db()
    assert (consent.link, consent.speaker_name) == (None, "Sina Massow")
    with pytest.raises(SpeakerLink.DoesNotExist):
        give(link, "recording")


def test_removed_speaker_leaves_the_consent_and_the_talk_takes_it():
    consent = give(make_speaker_link(), "slides")
    Talk.objects.get().speakers.all().delete()
    assert Consent.objects.get() == consent

    Talk.objects.get().delete()

    assert Consent.objects.count() == 0


@pytest.mark.parametrize("is_withdrawn", [False, True])
@pytest.mark.parametrize("audience", ["public", "participants"])
@pytest.mark.parametrize(
    ("kind", "material", "is_kept"),
    [
        ("recording", lambda: RECORDING, True),
        ("recording", slides, False),
        ("recording", lambda: LINK, False),
        ("slides", lambda: RECORDING, False),
        ("slides", slides, True),
        ("slides", lambda: LINK, False),
    ],
)
def test_consent_is_kept_as_long_as_there_is_material(
    clock, kind, material, is_kept, audience, is_withdrawn
):
    link = make_speaker_link()
    consent = give(link, kind)
    link.talk.materials.create(**material(), audience=audience)
    make_talk(title="Anderer").materials.create(**RECORDING)
    if is_withdrawn:
        consent.withdraw()
    assert consent.materials.exists() == is_kept
    over(clock, link, -1)
    assert not Consent.objects.expired().exists()
    assert consent.expire() is False

    clock.shift(1)

    assert Consent.objects.expired().exists() == (not is_kept)
    assert consent.expire() == (not is_kept)
    assert Consent.objects.exists() == is_kept


def test_recording_may_still_come_for_a_talk_that_was_moved(clock):
    link = make_speaker_link()
    give(link, "recording")
    talk = Talk.objects.get()
    talk.starts_at -= timedelta(days=365)
    talk.ends_at -= timedelta(days=365)
    talk.save()

    assert not Consent.objects.expired().exists()
    clock.shift(timedelta(days=30))
    assert Consent.objects.expired().exists()


def test_consent_goes_when_the_material_was_removed_later(clock):
    link = make_speaker_link()
    consent = give(link, "recording")
    recording = link.talk.materials.create(**RECORDING)
    over(clock, link, 10**7)
    consent.withdraw([recording])

    assert consent.expire() is True
