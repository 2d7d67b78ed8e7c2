"""Runs at the start of every Python in a job: this directory leads the job's PYTHONPATH.

A job's output is a file, so Python buffers it by blocks: fast, but nothing shows for minutes. One
companion thread hands the buffers to the log every PYTHON_MCP_FLUSH_MS. The same thread ends the
job at its deadline when no server is left to do it. Standard library only, Python 3.8+, and silent:
whatever fails here, the script runs as if this file were not there.
"""
import sys


def _install():
    # Built-in modules only: nothing is read from disk, and no file of the script's can be meant.
    # Their functions are taken now, so that a script may replace `os.kill` or `time.time` at will.
    import atexit
    import posix
    from _frozen_importlib import BuiltinImporter, module_from_spec
    from _frozen_importlib_external import PathFinder
    from _io import BufferedWriter, FileIO, TextIOWrapper
    from _signal import SIG_BLOCK, SIGKILL, SIGTERM, pthread_sigmask, valid_signals
    from _functools import partial
    from _thread import _count, RLock, allocate_lock, get_native_id, stack_size, start_new_thread
    from _weakref import ref
    from os import environ, register_at_fork
    from time import monotonic, sleep, time

    def number(name, default):
        try:
            return float(environ[name])
        except (KeyError, ValueError):
            return default

    work = environ['PYTHON_MCP_WORK']
    if 'PYTHON_MCP_ARTIFACTS' in environ:
        sys.meta_path.insert(0, _Doorbell)
    flush_every = number('PYTHON_MCP_FLUSH_MS', 30) / 1000

    # The job's own process is the child of the supervisor, which leads the process group. A shell
    # in a new session deeper down looks the same, so the first one signs; exec keeps the pid.
    pid = posix.getpid()
    group = posix.getpgrp()
    job = environ.get('PYTHON_MCP_JOB_ID', '')
    signer, _, signature = environ.get('PYTHON_MCP_MAIN', '').rpartition(':')
    main = posix.getppid() == group and (signer != job or signature == str(pid))
    if main:
        environ['PYTHON_MCP_MAIN'] = '%s:%d' % (job, pid)
    # By the monotonic clock. A living server acts at the deadline itself: two seconds later it is up
    # to us.
    deadline = number('PYTHON_MCP_DEADLINE', float('inf')) + 2 if main else float('inf')

    def is_file(fd):
        try:
            return posix.fstat(fd).st_mode & 0o170000 == 0o100000
        except OSError:
            return False

    logs = tuple(fd for fd in (1, 2) if is_file(fd))
    # Reached even when a script detaches sys.stdout; weak, so that its last owner still closes it.
    buffers = [
        ref(stream.buffer)
        for stream in (sys.stdout, sys.stderr)
        if type(stream) is TextIOWrapper and type(stream.buffer) is BufferedWriter
    ]

    def flush_both(stream, buffer):
        """Flushes text and bytes without changing the order of what the script writes.

        TextIOWrapper.flush takes the pending text, then waits for the buffer's lock if another
        thread holds it in a system call. Text written during that wait could get in first. So the
        buffer is flushed before, in one call into C: no other thread runs between the two. And while
        there are other threads, which can hold the lock at any time, text is not kept pending.
        """
        chunk = 1 if _count() > 1 else 8192
        if stream._CHUNK_SIZE + chunk == 8193:  # one of ours, and the other one is due
            stream._CHUNK_SIZE = chunk
        list(map(partial.__call__, (partial(buffer.flush), partial(TextIOWrapper.flush, stream))))

    def show(stream):
        """Flushes `stream` if it is CPython's own code down to fd 1 or 2, and that is still a file.

        Never code of the script's: it does not expect to run in another thread. Without pending
        bytes flush() makes no system call. lseek fails on a pipe put there by dup2: writing to it
        could block, and fork with us.
        """
        try:
            text = isinstance(stream, TextIOWrapper)
            buffer = stream.buffer if text else stream
            if type(buffer) is BufferedWriter and type(buffer.raw) is FileIO:
                fd = buffer.raw.fileno()
                if fd in logs and posix.lseek(fd, 0, 1) >= 0:
                    flush_both(stream, buffer) if text else buffer.flush()
        except Exception:
            pass  # closed, detached, disk full: the script meets the same error itself

    def show_all():
        show(getattr(sys, 'stdout', None))
        show(getattr(sys, 'stderr', None))
        show(sys.__stdout__)
        show(sys.__stderr__)
        for buffer in buffers:
            show(buffer())

    # Lengths of both logs whenever the stream that grows changes: (milliseconds, stdout, stderr) as
    # 8 bytes each in work/order. The server shows lines of both streams in this order.
    seen_sizes = [0, 0]
    run_of = [0]  # 1: stdout alone has grown since the last note, 2: stderr alone, 3: both
    notes = [0, 0.0]  # how many, and when the last
    order = work + '/order'
    outputs = tuple(work.rpartition('/')[0] + name for name in ('/stdout.log', '/stderr.log'))

    def look_at_sizes():
        """False when there is nothing to look at: output goes elsewhere, or the disk is full."""
        try:
            compare(posix.stat(outputs[0]).st_size, posix.stat(outputs[1]).st_size)
            return True
        except OSError:
            return False

    def compare(out, err):
        grown = (out > seen_sizes[0]) + 2 * (err > seen_sizes[1])
        if not grown:
            return
        # Each 5000 notes the shortest time between two doubles: the file stays small for ever.
        if (grown != run_of[0] or grown == 3) and time() - notes[1] >= 0.02 * 2 ** (notes[0] // 5000):
            note_sizes()
            run_of[0] = grown
        elif grown != run_of[0]:
            run_of[0] = 3
        seen_sizes[:] = out, err

    def note_sizes():
        if run_of[0]:
            notes[:] = notes[0] + 1, time()
            row = (int(notes[1] * 1000), seen_sizes[0], seen_sizes[1])
            fd = posix.open(order, posix.O_CREAT | posix.O_APPEND | posix.O_WRONLY | posix.O_CLOEXEC, 0o600)
            posix.write(fd, b''.join(value.to_bytes(8, 'little') for value in row))
            posix.close(fd)

    def asks_first():
        """Who creates this file asks the script to end, once; a server that was faster has asked."""
        try:
            posix.close(posix.open(work + '/deadline', posix.O_CREAT | posix.O_EXCL | posix.O_WRONLY, 0o600))
        except FileExistsError:
            return False
        except OSError:
            pass  # no room for it: the limit holds all the same
        return True

    def run(wake, gone, tid):
        kill_at = None
        try:
            tid.append(get_native_id())
            # A signal that the script has blocked to wait for it must not find this thread open.
            pthread_sigmask(SIG_BLOCK, valid_signals())
            watching = deadline < float('inf') and posix.getpid() == pid
            noting = main and posix.getpid() == pid
            pause = flush_every if flushing else 1
            while not wake.acquire(True, pause):  # released by stop()
                if flushing:
                    show_all()
                    noting = noting and look_at_sizes()
                if not watching:
                    continue
                now = monotonic()
                if kill_at is None and now >= deadline:
                    kill_at = now + number('PYTHON_MCP_GRACE', 5)
                    if asks_first():
                        posix.killpg(group, SIGTERM)
                        if posix.getpgrp() != group:
                            posix.kill(pid, SIGTERM)
                elif kill_at is not None and now >= kill_at:
                    posix.kill(pid, SIGKILL)
        except Exception:
            pass
        finally:
            gone.release()

    flushing = flush_every > 0 and bool(logs and buffers)  # no buffers: python -u
    needed = flushing or deadline < float('inf')
    thread = []  # wake, gone, [tid] of the running thread; empty: none
    turn = RLock()  # one fork at a time, and none while we end
    ended = []

    def start():
        if not needed or ended:
            return
        wake, gone, tid = allocate_lock(), allocate_lock(), []
        wake.acquire()
        gone.acquire()
        old = stack_size(262144)
        try:
            start_new_thread(run, (wake, gone, tid))
            thread[:] = wake, gone, tid
        except Exception:
            pass  # no thread to be had: output comes in blocks
        finally:
            stack_size(old)

    def stop():
        """Ends the thread, and waits until the kernel has forgotten it.

        At exit: a thread frozen by finalization with a stream's lock would abort the interpreter.
        Before fork: no lock is held in the child, and Python 3.12+ counts kernel threads to warn.
        """
        if not thread:
            return
        wake, gone, tid = thread
        thread[:] = ()
        wake.release()
        gone.acquire()
        for _ in range(2000):
            try:
                posix.stat('/proc/self/task/%d' % tid[0])
            except (OSError, IndexError):
                break
            sleep(0.00005)

    def before_fork():
        turn.acquire()
        stop()

    def after_fork():
        start()
        turn.release()

    class NextStep:
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
            with turn:
                if not thread:
                    start()

    def after_fork_in_parent():
        # These releases count the threads, for their warning, only after the hooks have run
        # (python/cpython#137109). So the new thread waits for the caller's next step.
        version = sys.version_info[:3]
        early = (3, 13) <= version < (3, 13, 10) or (3, 14) <= version < (3, 14, 1)
        profile = sys.getprofile()
        if not (early and needed and (profile is None or type(profile) is NextStep)):
            return after_fork()
        turn.release()
        sys.setprofile(NextStep(sys._getframe(1)))

    # Kept from before the script's own directories join sys.path: a resource.py there is not ours.
    extensions = [entry for entry in sys.path if entry.endswith('/lib-dynload')]

    def write_usage():
        spec = BuiltinImporter.find_spec('resource') or PathFinder.find_spec('resource', extensions)
        resource = module_from_spec(spec)
        spec.loader.exec_module(resource)
        rows = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        cpu = sum(row.ru_utime + row.ru_stime for row in rows)
        unit = 1 if sys.platform == 'darwin' else 1024
        peak = max(row.ru_maxrss for row in rows) * unit
        aside = work + '/usage.json.part'
        fd = posix.open(aside, posix.O_CREAT | posix.O_TRUNC | posix.O_WRONLY, 0o600)
        posix.write(fd, b'{"cpu_seconds": %.6f, "peak_rss_bytes": %d}\n' % (cpu, peak))
        posix.close(fd)
        posix.rename(aside, work + '/usage.json')

    def finish():
        with turn:
            ended.append(True)
            stop()
        try:
            if main and posix.getpid() == pid:
                write_usage()
                if flushing:
                    show_all()
                    look_at_sizes()
                    note_sizes()
        except Exception:
            pass

    start()
    atexit.register(finish)  # hooks run last in, first out: this one after all of the script's
    register_at_fork(before=before_fork, after_in_parent=after_fork_in_parent, after_in_child=after_fork)


class _Doorbell:
    """A finder that finds nothing of its own: it tells python_mcp._capture when one of these
    modules has been imported, so that their show() keeps a file. Costs a call per import."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in ('PIL.ImageShow', 'plotly.io._renderers'):
            return None
        from _frozen_importlib_external import PathFinder

        spec = PathFinder.find_spec(name, path, target)
        try:
            execute = spec.loader.exec_module
        except AttributeError:
            return spec

        def exec_module(module):
            execute(module)
            try:
                from python_mcp._capture import AFTER_IMPORT

                AFTER_IMPORT[name](module)
            except Exception:
                pass

        spec.loader.exec_module = exec_module
        return spec


def _hand_over():
    """Lets the script find what it would find without us.

    Our directory goes to the end of sys.path: `import python_mcp` works, and every module of the
    script's wins. Then the sitecustomize that this one hides is loaded in our place. When there is
    none we fail just as the import of a missing module does, which `site` expects: nothing of ours
    stays in sys.modules.
    """
    from _frozen_importlib import _load
    from _frozen_importlib_external import PathFinder

    here = __file__.rpartition('/')[0]
    place = sys.path.index(here)
    hidden = PathFinder.find_spec(__name__, sys.path[place + 1 :])
    sys.path.append(sys.path.pop(place))
    if hidden is None:
        raise ModuleNotFoundError('No module named %r' % __name__, name=__name__)
    _load(hidden)


try:
    _install()
except Exception:
    pass
_hand_over()
