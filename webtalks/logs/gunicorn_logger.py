"""gunicorn's own log, in the form of ours."""

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from gunicorn import glogging
from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.wsgi import Response

from webtalks.logs import formatters

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


class GunicornLogger(glogging.Logger):
    """Writes errors (stderr) and, if wanted, requests (stdout) through our formatter."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        formatter = formatters.FORMATTERS[os.environ.get("LOG_FORMAT") or "text"]()
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(formatter)

    def access(
        self,
        resp: Response,
        req: Request,
        environ: "WSGIEnvironment",
        request_time: timedelta,
    ) -> None:
        """Log one request without address, query string and browser."""
        with formatters.number_request(environ):
            super().access(resp, req, environ, request_time)
