"""Programs of the site without a new Python for each: forks of processes that stand ready.

To load Django and the other libraries takes longer than most commands do. Here it happens once
per test process; the settings and all code of ours are read anew in each fork. For a site that is
given several commands, a fork is kept in which Django is set up as well.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What can be loaded before there are settings, and brings nearly all the rest with it.
LIBRARIES = (
    *("PIL.ImageOps", "argon2", "dj_database_url", "icalendar", "idna", "psycopg", "segno"),
    *("smtplib", "sqlparse", "whitenoise.middleware", "xlsxwriter"),
    *("django.contrib.admin", "django.core.management.commands.migrate", "django.db.models"),
    *("django.db.backends.sqlite3.base", "django.forms", "django.template.loader"),
    *("django.utils.feedgenerator", "django.views.debug", "django.views.generic"),
)
# For so many sites a process is kept: tests use one or two at a time.
KEPT_SITES = 4


class Forks:
    """The process with the libraries: started when it is needed first, ended with this one."""

    def __init__(self):
        self.lock, self.process = threading.Lock(), None

    def run(self, arguments, environment, *, keep=False, timeout=120):
        """Do what `subprocess.run([sys.executable, *arguments], env=environment, …)` does.

        The program runs in the directory of the project; after `timeout` seconds it is killed.
        `keep` is for sites whose settings are good, and of which more commands will follow.
        """
        with self.lock:
            if self.process is None:
                self.start()
            print(json.dumps([arguments, environment, keep, timeout]), file=self.process.stdin)
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
        return subprocess.CompletedProcess(arguments, *answer)

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        # It ends with its input.
        atexit.register(self.process.communicate)


run = Forks().run


# In the processes that stand ready


class Site:
    """A fork in which Django is set up for one environment; it forks for each command."""

    def __init__(self, environment):
        asked, requests = os.pipe()
        answers, told = os.pipe()
        self.process = os.fork()
        self.requests, self.answers = os.fdopen(requests, "w"), os.fdopen(answers)
        if self.process == 0:
            os.environ.clear()
            os.environ.update({"DJANGO_SETTINGS_MODULE": "webtalks.settings"} | environment)
            set_up()
            serve(os.fdopen(asked), os.fdopen(told, "w"), fork)  # until it is killed
        os.close(asked)
        os.close(told)

    def run(self, *request) -> list:
        print(json.dumps(request), file=self.requests, flush=True)
        return json.loads(self.answers.readline())

    def end(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        self.requests.close()
        self.answers.close()


SITES = {}


def answer(arguments, environment, keep, timeout) -> list:
    """Run the program; return its exit code and what it wrote to both outputs."""
    if not keep:
        return fork(arguments, environment, timeout)
    key = json.dumps(environment, sort_keys=True)
    if key not in SITES:
        if len(SITES) == KEPT_SITES:
            SITES.pop(next(iter(SITES))).end()
        SITES[key] = Site(environment)
    return SITES[key].run(arguments, environment, timeout)


def serve(requests, answers, respond):
    """Answer each line with what `respond` makes of it."""
    for line in requests:
        print(json.dumps(respond(*json.loads(line))), file=answers, flush=True)


def set_up():
    """Load what all commands of a site need."""
    import django
    from django.conf import settings

    django.setup()
    __import__(settings.ROOT_URLCONF)
    share_memory()


def share_memory():
    """Keep the collector away from what is there: where it looks, a fork gets a copy."""
    gc.freeze()


def fork(arguments, environment, timeout) -> list:
    """Run the program in a fork; return its exit code and what it wrote to both outputs."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        child = os.fork()
        if child == 0:
            nothing = os.open(os.devnull, os.O_RDONLY)
            for number, file in enumerate([nothing, output.fileno(), errors.fileno()]):
                os.dup2(file, number)
            signal.alarm(timeout)
            become(arguments, environment)
            sys.exit()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        output.seek(0)
        errors.seek(0)
        return [code, output.read(), errors.read()]


def become(arguments, environment):
    """Run in this process what Python would run with these arguments."""
    os.environ.clear()
    os.environ.update(environment)
    if arguments[0] == "-W":
        warnings.simplefilter(arguments[1])
        arguments = arguments[2:]
    if arguments[0] == "-c":
        sys.argv = ["-c", *arguments[2:]]
        exec(arguments[1], {"__name__": "__main__"})  # noqa: S102
    elif arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


def main():
    for name in LIBRARIES:
        __import__(name)
    share_memory()
    serve(sys.stdin, sys.stdout, answer)
    for site in SITES.values():
        site.end()


if __name__ == "__main__":
    main()
