"""The worker with the faults that the test has named: `python -m tests.load.worker`."""

import os

import django
from django.core.management import call_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webtalks.settings")
    django.setup()

    from tests.load import faults

    faults.install()
    call_command("worker")
