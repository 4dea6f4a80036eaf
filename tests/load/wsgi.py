"""The site with the faults that the test has named; for gunicorn."""

from importlib import import_module

from webtalks.wsgi import application

__all__ = ["application"]

# Only now: the module needs Django to be set up.
import_module("tests.load.faults").install()
