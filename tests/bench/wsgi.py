"""The site with the yardstick behind the same middleware; for gunicorn."""

from django.conf import settings

from webtalks.wsgi import application

__all__ = ["application"]

settings.ROOT_URLCONF = "tests.bench.urls"
