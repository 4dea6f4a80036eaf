"""Reads the bounce mailbox again and again and kills itself each time: at random, or at a step.

It prints how often it was killed until all was read. Run with the environment of a site.
"""

import imaplib
import itertools
import os
import random
import signal
import sys
from functools import partial
from threading import Timer

import django

# Commands to the server, of which a mail takes one to three, and then seconds, that a reading
# lives at most.
MOST_COMMANDS, LONGEST = 7, 0.01


def read():
    """Read in this process, as if the lease of the killed one had ended."""
    from registration.mail.bounces import reading
    from registration.models import BounceMailbox

    BounceMailbox.objects.update(lease_until=None)
    reading.read_mailbox()


def is_killed(work) -> bool:
    """Do the work in a fork; return whether it was killed."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_random(number: int) -> int:
    """Kill so many readings, each a moment after one of its first commands to the server."""
    kills = 0
    while kills < number and is_killed(read_for_a_while):
        kills += 1
    return kills + is_killed(read)


def kill_at_each_step() -> int:
    """Kill readings before and after their first, second, third … command to the server."""
    steps = itertools.count()
    return next(step for step in steps if not is_killed(partial(read_up_to, step)))


def read_for_a_while():
    """Read, and die at any moment: while something is fetched, committed, removed, remembered."""
    commands, life = random.randint(1, MOST_COMMANDS), random.uniform(0, LONGEST)

    def start(number):
        if number == commands:
            Timer(life, die).start()

    read_and_tell(before=start)


def read_up_to(step):
    """Read, and die before (even) or after (odd) this command."""
    read_and_tell(
        before=lambda number: 2 * number == step + 2 and die(),
        after=lambda number: 2 * number == step + 1 and die(),
    )


def read_and_tell(before, after=lambda number: None):
    """Read, and call these around each command, with its number from 1 on."""
    uid, numbers = imaplib.IMAP4.uid, itertools.count(1)

    def counted(client, *arguments):
        number = next(numbers)
        before(number)
        answer = uid(client, *arguments)
        after(number)
        return answer

    imaplib.IMAP4.uid = counted
    read()


if __name__ == "__main__":
    django.setup()
    print(kill_at_random(int(sys.argv[2])) if sys.argv[1] == "random" else kill_at_each_step())
