"""The thread beside the script that shows its output in time and keeps its deadline.

It looks every few milliseconds while something is printed, then ever more seldom: the next write
wakes it. While it waits it has no Python frame, so that stack dumps have nothing of ours to show.
"""
import posix
import sys
from _signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask, valid_signals
from _thread import allocate_lock, get_native_id, RLock, stack_size, start_new_thread
from itertools import repeat
from time import monotonic, sleep

from python_mcp_job import deadline, order, stacks
from python_mcp_job.announce import announce, withdraw_all
from python_mcp_job.buffering import adapt
from python_mcp_job.settings import FLUSH_EVERY
from python_mcp_job.streams import forget_writer, guard_all, LOG_FDS, log_sizes, relax, show_all

SHOWS = FLUSH_EVERY > 0 and bool(LOG_FDS)
SOON = min(FLUSH_EVERY, 0.005)  # after a first write: is it a flood?
SLOWEST = 2
SLOWEST_WITH_CHILDREN = 0.25  # they print without a word to us
LONGEST_WAIT = 60

_turn = RLock()  # one fork at a time, and none while we end
_running = []  # wake, gone, [tid] of the running thread; empty: none
_leaving = []  # the same of a thread that is to end
_ended = []
_last = [0, 0]  # bytes of both logs together at the last look; how many looks since they grew
_rests = [False]
_woken = [False]
_has_children = [False]


def _waits():
    while True:
        pause = SOON if _woken[0] else FLUSH_EVERY * 2 ** min(_last[1], 10)
        pause = min(pause, SLOWEST_WITH_CHILDREN if _has_children[0] else SLOWEST)
        until = deadline.next_step() - monotonic()
        yield max(0, min(pause if SHOWS else LONGEST_WAIT, until))


def _step(is_woken):
    """After each wait; true ends the thread."""
    if _leaving:
        _, gone, tid = _leaving
        tid.append(get_native_id())
        gone.release()
        return True
    try:
        guard_all()
        _woken[0] = is_woken
        deadline.act()
        if not is_woken:
            stacks.answer()
            if SHOWS:
                _look()
    except Exception:
        _last[1] += 1
    relax()
    return False


def _look():
    show_all()
    sizes = log_sizes()
    grown, _last[0] = sum(sizes) - _last[0], sum(sizes)
    adapt(grown)
    if order.is_noting():
        order.look(*sizes)
    _last[1] = 0 if grown else _last[1] + 1
    if not grown:
        _rests[0] = True
        announce(wake)


def wake(log):
    """Before the first write after a rest, and before each turn from one stream to the other."""
    _last[1] = 0
    order.turn(log, wake)
    if _rests[0]:
        _rests[0] = False
        try:
            _running[0].release()
        except (IndexError, RuntimeError):
            pass  # no thread, or woken already


def hand_over():
    """Before something else takes over: a child, another program, or nothing at all."""
    show_all()
    _has_children[0] = True
    order.turn(None, wake)


def is_needed():
    return SHOWS or deadline.next_step() < deadline.NEVER


def start():
    if not is_needed() or _ended:
        return
    wake_lock, gone = allocate_lock(), allocate_lock()
    wake_lock.acquire()
    gone.acquire()
    _running[:] = wake_lock, gone, []
    _leaving[:] = ()
    old_size = stack_size(262144)
    # Inherited: a signal that the script has blocked to wait for it must not find this thread open.
    old_mask = pthread_sigmask(SIG_BLOCK, valid_signals())
    try:
        start_new_thread(any, (map(_step, map(wake_lock.acquire, repeat(True), _waits())),))
    except Exception:
        _running[:] = ()  # no thread to be had: output comes line by line, and at hand-overs
    finally:
        pthread_sigmask(SIG_SETMASK, old_mask)
        stack_size(old_size)


def stop():
    """Ends the thread, and waits until the kernel has forgotten it.

    At exit: a thread frozen by finalization with a stream's lock would abort the interpreter.
    Before fork: no lock is held in the child, and Python 3.12+ counts kernel threads to warn.
    """
    if not _running:
        return
    _leaving[:] = _running
    _running[:] = ()
    wake_lock, gone, tid = _leaving
    try:
        wake_lock.release()
    except RuntimeError:
        pass  # just woken
    gone.acquire()
    for _ in range(2000):
        try:
            posix.stat('/proc/self/task/%d' % tid[0])
        except OSError:
            break
        sleep(0.00005)


def before_fork():
    _turn.acquire()
    try:
        hand_over()
    except Exception:
        pass
    stop()


def after_fork():
    start()
    _turn.release()


def after_fork_in_child():
    forget_writer()
    after_fork()


class _NextStep:
    """A profile function that lives from our hook to the forking thread's next step.

    Each fork has its own: several threads can be on their way out of os.fork().
    """

    __slots__ = ('caller', 'instruction')

    def __init__(self, caller):
        self.caller, self.instruction = caller, caller.f_lasti

    def __call__(self, frame, event, argument):
        if self.caller.f_lasti == self.instruction:
            return
        sys.setprofile(None)
        with _turn:
            if not _running:
                start()


def after_fork_in_parent():
    # These releases count the threads, for their warning, only after the hooks have run
    # (python/cpython#137109). So the new thread waits for the caller's next step.
    version = sys.version_info[:3]
    early = (3, 13) <= version < (3, 13, 10) or (3, 14) <= version < (3, 14, 1)
    profile = sys.getprofile()
    if not (early and is_needed() and (profile is None or type(profile) is _NextStep)):
        return after_fork()
    _turn.release()
    sys.setprofile(_NextStep(sys._getframe(1)))


def finish():
    """At exit, after all of the script's own exit functions."""
    with _turn:
        _ended.append(True)
        stop()
    show_all()
    withdraw_all()
    if SHOWS and order.is_noting():
        order.close()
