"""gunicorn's configuration; behind a proxy set FORWARDED_ALLOW_IPS to the proxy's address."""

import logging
import os

from gunicorn.arbiter import Arbiter
from gunicorn.sock import TCPSocket
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import ThreadWorker


class LeavesNobodyWaiting(ThreadWorker):
    """Answers everybody who is connected when it is told to stop.

    gunicorn's own worker keeps the port open until its last answer is out, but accepts nobody
    meanwhile. Who connects then is cut off at the end, and a proxy must not send a form a second
    time. This worker accepts everybody who waits and closes the port at once. So the system
    refuses the proxy, which then asks the next server.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        # One that is told to stop while it loads is enabled first.
        if not enabled and not self.alive:
            for listener in self.sockets:
                self.accept_all(listener)
                listener.close()
            self.sockets.clear()

    def accept_all(self, listener: TCPSocket) -> None:
        before = None
        while self.nr_conns != before:
            before = self.nr_conns
            self.accept(listener)


bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = LeavesNobodyWaiting
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Seconds.
timeout = 60
graceful_timeout = 20
keepalive = 5
# The heartbeat files belong in memory: on a slow disk a fsync looks like a hanging worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# Otherwise gunicorn opens a socket in $HOME.
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "warning")
logger_class = "webtalks.logs.gunicorn_logger.GunicornLogger"
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
access_log_format = "%(m)s %(U)s %(s)s, %(B)s bytes, %(M)s ms"


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Silence a warning in each new process; gunicorn calls this by its name.

    It warns at every HEAD whose view renders a body, although gunicorn sends no body anyway.
    """
    logging.getLogger("gunicorn.http.wsgi").setLevel(logging.ERROR)
