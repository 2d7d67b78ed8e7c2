"""The exception of a cell: its traceback as Python would print it, without our frames."""
import os
import sys
import traceback
from types import TracebackType

OURS = __file__.rpartition('/')[0] + '/'
LONGEST_MESSAGE = 2000


def show(error):
    """On stderr; also to be found by pdb.pm()."""
    for one in _chain(error):
        one.__traceback__ = _without_ours(one.__traceback__)
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    text = ''.join(traceback.format_exception(type(error), error, error.__traceback__))
    data = text.encode('utf-8', 'backslashreplace')
    try:
        sys.stdout.flush()
        sys.stderr.write(data.decode())
        sys.stderr.flush()
    except Exception:
        os.write(2, data)


def unknown(error):
    """Without asking it."""
    return {'type': type(error).__name__, 'message': '', 'line': None}


def described(error, cell):
    try:
        message = str(error)[:LONGEST_MESSAGE]
    except Exception:
        message = ''
    return dict(unknown(error), message=message, line=_line_of(error, '<cell %d>' % cell))


def _line_of(error, name):
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == name else None
    place = error.__traceback__
    while place is not None:
        if place.tb_frame.f_code.co_filename == name:
            line = place.tb_lineno
        place = place.tb_next
    return line


def _chain(error):
    seen, found = set(), [error]
    for one in found:
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            found += [one.__cause__, one.__context__]
            yield one


def _without_ours(place):
    kept = []
    while place is not None:
        if not place.tb_frame.f_code.co_filename.startswith(OURS):
            kept.append(place)
        place = place.tb_next
    first = [place.tb_frame.f_code.co_filename[:6] == '<cell ' for place in kept]
    if True in first:
        kept = kept[first.index(True) :]  # before it: the loop that ran the cell
    rest = None
    for place in reversed(kept):
        rest = TracebackType(rest, place.tb_frame, place.tb_lasti, place.tb_lineno)
    return rest
