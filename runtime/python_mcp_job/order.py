"""Notes on which stream grew when, so that readers see both in the order of a terminal.

A note is (milliseconds, length of stdout, length of stderr), 8 bytes each, in the control file
`order`: what lies before it came before all that lies behind it. One is made before the turn from
one stream to the other, and between looks at the lengths, which also see what children write.
"""
import posix
from time import time

from python_mcp_job.announce import announce
from python_mcp_job.settings import IS_MAIN, PID, open_control
from python_mcp_job.streams import log_sizes, show_all

# So many turns are noted one by one; then the time between two notes doubles every EACH of them,
# so that the file stays small for ever.
EXACT = 20000
EACH = 5000

_seen = [0, 0]
_run_of = [0]  # 1: stdout alone has grown since the last note, 2: stderr alone, 3: both
_notes = [0, 0.0]  # how many, and when the last
_is_noted = [IS_MAIN]


def is_noting():
    return _is_noted[0] and posix.getpid() == PID


def look(out, err):
    """Notes where the growth of one stream ended, when another one has grown now."""
    grown = (out > _seen[0]) + 2 * (err > _seen[1])
    if not grown:
        return
    if grown != _run_of[0] or grown == 3:
        _run_of[0] = grown if _note() else 3
    _seen[:] = out, err


def turn(log, tell):
    """Before `log` (None: a child) grows, notes what is there, and watches for the next turn."""
    if not is_noting():
        return
    show_all(but=log)
    look(*log_sizes())
    if _note():
        _run_of[0] = 0
        announce(tell, but=log)


def _note():
    """False when it is not time yet."""
    if not _run_of[0]:
        return True
    now = time()
    if _notes[0] >= EXACT and now - _notes[1] < 0.02 * 2 ** ((_notes[0] - EXACT) // EACH):
        return False
    _notes[:] = _notes[0] + 1, now
    row = (int(now * 1000), _seen[0], _seen[1])
    try:
        fd = open_control('order', posix.O_APPEND)
        posix.write(fd, b''.join(value.to_bytes(8, 'little') for value in row))
        posix.close(fd)
    except OSError:
        _is_noted[0] = False  # disk full, or the folder is gone
    return True


def close():
    look(*log_sizes())
    _note()
