"""gunicorn's own log, in the form of ours."""

import os

from gunicorn import glogging

from webtalks.logs import formatters


class Logger(glogging.Logger):
    """Writes errors (stderr) and, if wanted, requests (stdout) through our formatter."""

    def setup(self, cfg):
        super().setup(cfg)
        formatter = formatters.FORMATTERS[os.environ.get("LOG_FORMAT") or "text"]()
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(formatter)

    def access(self, resp, req, environ, request_time):
        """Log one request without address, query string and browser."""
        with formatters.request(environ):
            super().access(resp, req, environ, request_time)
