"""Functions that mean something else in a session: `input` says that it waits, `exit` ends the cell."""
import builtins
import sys


class _Exit:
    """`exit` of `site` closes standard input before it raises."""

    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return '%s() ends this cell; the session goes on.' % self._name

    def __call__(self, code=None):
        raise SystemExit(code)


def replace(on_wait, on_answer):
    """`on_wait(prompt)` before a cell waits for input that is not there yet, `on_answer()` after."""
    original = builtins.input

    def input(prompt='', /):
        if sys.stdin is not sys.__stdin__:
            return original(prompt)
        sys.stderr.flush()
        sys.stdout.write(str(prompt))
        sys.stdout.flush()
        on_wait(str(prompt))
        try:
            line = sys.stdin.readline()
        finally:
            on_answer()
        if not line:
            raise EOFError('EOF when reading a line')
        return line[:-1] if line.endswith('\n') else line

    builtins.input = input
    builtins.exit, builtins.quit = _Exit('exit'), _Exit('quit')
