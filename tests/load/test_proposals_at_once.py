"""A speaker saves a picture several times at once: one file stays, and it is the one proposed."""

from tests.server import Server

SEVERAL_AT_ONCE = """
import threading
from datetime import timedelta
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from events.models import Speaker, Talk
from events.uploads import images
from registration.models import ProposedChange, SpeakerLink
from tests.events.upload_files import jpeg

now = timezone.now()
talk = Talk.objects.create(title="Talk", starts_at=now, ends_at=now + timedelta(hours=1))
speaker = Speaker.objects.create(talk=talk, name="Erste")
link = SpeakerLink.objects.make(speaker, "erste@stadt.example")
failures = []

def save(size):
    try:
        upload = ContentFile(jpeg(size), name="bild.jpg")
        ProposedChange.objects.propose(link, "image", file=images.keep(upload, "vortragen-x"))
    except Exception as error:
        failures.append(repr(error))
    finally:
        connection.close()

threads = [threading.Thread(target=save, args=[(64 + n, 40)]) for n in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
change = ProposedChange.objects.get()
stored = [path.relative_to(settings.MEDIA_ROOT) for path in settings.MEDIA_ROOT.rglob("*x40.jpg")]
print(failures, change.version, [str(path) for path in stored] == [change.picture.name])
print([*(settings.DATA_DIR / "uploads").iterdir()])
"""


def test_one_file_stays_and_every_save_counts(tmp_path, database_url):
    site = Server(tmp_path, database_url)
    site.manage("migrate", "--verbosity=0")

    assert site.shell(SEVERAL_AT_ONCE).splitlines() == ["[] 6 True", "[]"]
