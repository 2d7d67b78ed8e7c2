"""The time limit of a job, kept by the job itself when no server is left to do it.

A living server acts at the limit, and says so beforehand by creating the control file `deadline`:
whoever creates it sends the signals. Two seconds later it is up to us.
"""
import posix
from _signal import SIGINT, SIGKILL, SIGTERM
from time import monotonic

from python_mcp_job.settings import GROUP, IS_MAIN, PID, number, open_control

PATIENCE = 2
NEVER = float('inf')
# As a server does: asked to stop like by Ctrl-C, then told to, then ended.
TERM_AFTER = 0.7


def _steps():
    """(moment, act) in the order of time; the first one decides on the others."""
    limit = number('PYTHON_MCP_DEADLINE', NEVER) if IS_MAIN else NEVER
    return [] if limit == NEVER else [(limit + PATIENCE, _begin)]


_kill, _killpg = posix.kill, posix.killpg


def next_step():
    """When there is something to do, by the monotonic clock, as the limit is given."""
    return _left[0][0] if _left and posix.getpid() == PID else NEVER


def act():
    """Does what is due."""
    while next_step() <= monotonic():
        _left.pop(0)[1]()


def _begin():
    grace = number('PYTHON_MCP_GRACE', 5)
    now = monotonic()
    try:
        posix.close(open_control('deadline', posix.O_EXCL))
    except FileExistsError:
        # A server asks already. Should it die over it, its last step is ours.
        _left.append((now + grace + PATIENCE, _end))
        return
    except OSError:
        pass  # a full disk stops no time limit
    _send(SIGINT)
    _left.append((now + grace * TERM_AFTER, _tell))
    _left.append((now + grace, _end))


def _tell():
    _send(SIGTERM)


def _end():
    _kill(PID, SIGKILL)


def _send(number):
    """To the whole group, as a terminal would, and to the script wherever it is."""
    _killpg(GROUP, number)
    if posix.getpgrp() != GROUP:
        _kill(PID, number)


_left = _steps()
