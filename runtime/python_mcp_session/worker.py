"""Runs cells in the order of their numbers, and leaves a record of each.

The only consumer of requests: never started twice, so a cell runs at most once.
"""
import builtins
import os
import sys
import time
from types import ModuleType

from python_mcp_session import builtin_functions, code, display, errors, files, output, pictures
from python_mcp_session.interrupts import Interrupts, SessionEnd, within
from python_mcp_session.loop import Loop
from python_mcp_session.time_limit import TimeLimit
from python_mcp_session.variables import Variables

# Bells can be lost, at this cost.
LOOK_EVERY = 1
BUSY_LOOK_EVERY = 60


class Worker:
    def __init__(self, idle_seconds):
        self._pid = os.getpid()
        self._idle_seconds = idle_seconds
        self._bell = files.prepare()
        self._logs = output.Logs()
        self._end = [0, 0]  # of the last cell's output: where that of the next one begins
        self._cell = 0
        self._state = {}
        self._main = ModuleType('__main__')
        self._main.__builtins__ = builtins
        self._variables = Variables(self._main.__dict__)
        self._compiler = code.Compiler()
        self._loop = Loop(self._bell)
        self._interrupts = Interrupts()
        sys.modules['__main__'] = self._main  # what cells define is found by pickle
        builtin_functions.replace(self._wait_for_input, self._has_input)
        _offer_for_out_of_memory()

    def serve(self):
        try:
            self._rest()
            while self._step():
                pass
        except SessionEnd:
            self._tell('ended', reason='cancelled')
        sys.last_value = None  # the session itself has not failed
        try:
            self._loop.close()
        except (Exception, SessionEnd):
            pass

    def _step(self):
        """False ends the session."""
        number = self._cell + 1
        request = files.read_request(number)
        if request is not None:
            self._cell = number
            self._run(number, request)
            self._rest()
            return True
        if time.time() >= self._ends_at and self._ends(number):
            return False
        self._loop.wait(max(0, min(LOOK_EVERY, self._ends_at - time.time())))
        files.silence(self._bell)
        return True

    def _rest(self):
        self._ends_at = time.time() + self._idle_seconds if self._idle_seconds else float('inf')
        self._tell('idle', ends_at=int(self._ends_at * 1000) if self._idle_seconds else None)

    def _ends(self, number):
        if self._loop.has_tasks() or _has_threads():
            self._ends_at = time.time() + BUSY_LOOK_EVERY
            return False
        if not files.take_last(number, 'idle'):
            return False
        self._tell('ended', reason='idle')
        return True

    def _tell(self, state, **more):
        self._state = dict(more, state=state, cell=self._cell, output=self._end)
        files.put('session', self._state)

    def _run(self, number, request):
        started = time.time()
        self._tell('running', since=int(started * 1000))
        record = {'cell': number, 'started': int(started * 1000), 'from': self._end}
        limit = TimeLimit(number, request.get('timeout_seconds'))
        try:
            record.update(self._outcome(number, request))
        finally:
            limit.cancel()
            self._interrupts.disarm()
            self._leave_if_forked(record)
        if limit.is_over and record['status'] == 'interrupted':
            record['status'] = 'timed_out'
        self._finish(number, record, started)

    def _finish(self, number, record, started):
        record['to'] = self._end = self._logs.sizes()
        changed = self._variables.update()
        if changed:
            record['changed'] = changed[:100]
            files.put('variables', self._variables.described())
        names = self._variables.names_if_changed()
        if names is not None:
            files.put('names', names)
        kept = pictures.kept_since(int(started * 1e9) - 10000000)
        if kept:
            record['artifacts'] = kept
        record['memory_bytes'] = _resident()
        record['ended'] = int(time.time() * 1000)
        files.put_record(number, record)

    def _outcome(self, number, request):
        """What came of the cell."""
        try:
            if not self._interrupts.arm(number):
                return {'status': 'cancelled'}
            return within(self._value, number, request['code'])
        except SessionEnd:
            raise
        except SystemExit as end:
            return {'status': 'exited', 'exit_code': _exit_code(end)}
        except BaseException as error:
            return self._failure(number, error)
        finally:
            self._interrupts.disarm()

    def _value(self, number, source):
        outcome = self._evaluated(number, source)
        pictures.show_figures()
        return outcome

    def _evaluated(self, number, source):
        namespace = self._main.__dict__
        compiled = self._compiler.compile(source, number)
        if compiled.co_flags & code.AWAITS:
            self._loop.run(eval(compiled, namespace), self._interrupts)
        else:
            exec(compiled, namespace)
        value = namespace.pop(code.VALUE, None)
        if value is None:
            return {'status': 'ok'}
        builtins._ = value
        if sys.displayhook is not sys.__displayhook__:
            sys.displayhook(value)
            return {'status': 'ok'}
        return {'status': 'ok', 'value': display.described(value)}

    def _failure(self, number, error):
        self._main.__dict__.pop(code.VALUE, None)
        is_ours = self._interrupts.heeded and type(error).__name__ in ('KeyboardInterrupt', 'CancelledError')
        described = errors.unknown(error)
        try:
            within(errors.show, error)
            described = within(errors.described, error, number)
        except SessionEnd:
            raise
        except BaseException:
            pass  # its own methods fail, or it was interrupted once more
        return {'status': 'interrupted' if is_ours else 'error', 'error': described}

    def _leave_if_forked(self, record):
        """A child that ran off the end of a cell is no second worker."""
        if os.getpid() == self._pid:
            return
        output.flush()
        status = record.get('status')
        os._exit(record.get('exit_code', 0 if status == 'ok' else 1))

    def _wait_for_input(self, prompt):
        if os.getpid() == self._pid:
            self._before_input = self._state
            self._tell('waiting_for_input', prompt=prompt[-1000:], since=int(time.time() * 1000))

    def _has_input(self):
        if os.getpid() == self._pid:
            self._tell('running', since=self._before_input.get('since'))


def _exit_code(end):
    if end.code is None:
        return 0
    if type(end.code) is int:
        return end.code & 255
    sys.stderr.write('%s\n' % (end.code,))
    return 1


def _has_threads():
    threading = sys.modules.get('threading')
    if threading is None:
        return False
    main = threading.main_thread()
    return any(thread is not main and not thread.daemon for thread in threading.enumerate())


def _resident():
    try:
        with open('/proc/self/statm') as file:
            return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    except (OSError, ValueError):
        return None


def _offer_for_out_of_memory():
    """The kernel shall take the session, not the server."""
    try:
        with open('/proc/self/oom_score_adj', 'r+') as file:
            score = int(file.read())
            file.seek(0)
            file.write(str(min(1000, score + 300)))
    except (OSError, ValueError):
        pass
