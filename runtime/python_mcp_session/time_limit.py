"""The time limit of one cell, kept by the session itself: no server is needed."""
from _thread import allocate_lock, get_ident, start_new_thread
from signal import SIGINT, pthread_kill

from python_mcp_session import files

# A cell may catch the interrupt, or a signal may come while nothing heeds it.
AGAIN_AFTER = 1


class TimeLimit:
    def __init__(self, cell, seconds):
        self.is_over = False
        self._done = allocate_lock()
        self._done.acquire()
        if seconds:
            start_new_thread(self._watch, (cell, seconds, get_ident()))

    def cancel(self):
        self._done.release()

    def _watch(self, cell, seconds, main):
        while not self._done.acquire(True, seconds):
            self.is_over = True
            files.wish(cell)
            pthread_kill(main, SIGINT)
            seconds = AGAIN_AFTER
