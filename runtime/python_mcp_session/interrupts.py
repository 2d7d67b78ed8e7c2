"""Stops exactly one cell: a signal alone says nothing, the stop file says which cell is meant.

So an interrupt that comes late hits nothing, and never the cell after.
"""
import sys
from os import getpid, kill, listdir
from signal import SIGINT, getsignal, signal

from python_mcp_session import files
from python_mcp_session.errors import OURS


class SessionEnd(BaseException):
    """Raised in whatever runs, when the whole session is to end."""


def within(call, *arguments):
    """The only place in which a cell can be interrupted: whoever calls this awaits the exception.

    Anywhere else one would end the session, however soon the cell is disarmed.
    """
    return call(*arguments)


class Interrupts:
    def __init__(self):
        self.cell = None  # the one that may be interrupted now
        self.heeded = 0  # wishes that were acted upon
        self.task = None  # of a cell that awaits
        self._ours = self._on_signal
        self._earlier = frozenset()
        self._pid = getpid()
        signal(SIGINT, self._ours)

    def arm(self, cell):
        """False when the cell is not to run at all."""
        if getsignal(SIGINT) is not self._ours:
            signal(SIGINT, self._ours)  # an earlier cell had its own
        self.heeded = 0
        self._earlier = frozenset(_children(self._pid))
        self.cell = cell
        return files.wishes(cell) == 0

    def disarm(self):
        """From here on nothing is raised."""
        self.task = None
        self.cell = None

    def is_replaced(self):
        return getsignal(SIGINT) is not self._ours

    def _on_signal(self, number, frame):
        if files.is_to_end():
            raise SessionEnd
        cell = self.cell
        if cell is None:
            return
        wishes = files.wishes(cell)
        if wishes <= self.heeded or not _is_within(frame):
            return
        self.heeded = wishes
        if getpid() == self._pid:
            self._stop_children()
        task = self.task
        if task is None or _is_running(task):
            raise KeyboardInterrupt
        # Raised here it would end the loop, and the task would stay.
        task.get_loop().call_soon_threadsafe(task.cancel)

    def _stop_children(self):
        """Those that this cell has started; pools and servers of earlier cells live on."""
        for child in set(_children(self._pid)) - self._earlier:
            for pid in _family(child):
                try:
                    kill(pid, SIGINT)
                except OSError:
                    pass


def _is_within(frame):
    """Also where none of our frames is: greenlets of a cell have stacks of their own."""
    is_ours = False
    while frame is not None:
        if frame.f_code is within.__code__:
            return True
        is_ours = is_ours or frame.f_code.co_filename.startswith(OURS)
        frame = frame.f_back
    return not is_ours


def _is_running(task):
    asyncio = sys.modules['asyncio']
    return asyncio.current_task(task.get_loop()) is task


def _family(pid):
    for child in _children(pid):
        yield from _family(child)
    yield pid


def _children(pid):
    """Where the kernel tells; elsewhere none, and the signal reaches the worker alone."""
    found = []
    try:
        for task in listdir('/proc/%d/task' % pid):
            with open('/proc/%d/task/%s/children' % (pid, task)) as file:
                found += map(int, file.read().split())
    except (OSError, ValueError):
        pass
    return found
