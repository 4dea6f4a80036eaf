"""WSGI entry point: `gunicorn -c python:webtalks.gunicorn webtalks.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webtalks.settings")

application = get_wsgi_application()
