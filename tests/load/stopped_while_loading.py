"""The site in a process that is told to stop before it takes the first request; for gunicorn."""

import os
import signal

from webtalks.wsgi import application

__all__ = ["application"]

os.kill(os.getpid(), signal.SIGTERM)
