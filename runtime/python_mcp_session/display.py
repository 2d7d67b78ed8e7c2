"""The value of a cell as bounded text: a list of ten million is not spelled out."""
import reprlib

MOST_TEXT = 8192
MOST_ITEMS = 1000  # spelled out as they are; more than that are shown by their first ones
MOST_DEPTH = 20

_short = reprlib.Repr()
_short.maxlevel = 6
_short.maxlist = _short.maxtuple = _short.maxdict = 100
_short.maxset = _short.maxfrozenset = _short.maxdeque = _short.maxarray = 100
_short.maxstring = _short.maxother = MOST_TEXT
_short.maxlong = MOST_TEXT


def described(value):
    return {'type': type(value).__name__, 'text': _text_of(value)}


def _text_of(value):
    is_small = _count(value, MOST_ITEMS, MOST_DEPTH) > 0
    return shortened(repr(value) if is_small else _short.repr(value), MOST_TEXT)


def shortened(text, most):
    if len(text) <= most:
        return text
    half = most // 2
    return '%s\n… %d characters left out …\n%s' % (text[:half], len(text) - 2 * half, text[-half:])


def _count(value, left, depth):
    """How many more items there may be; looks at no more than `left` of them."""
    kind = type(value)
    if kind in (str, bytes, bytearray):
        return left if len(value) <= MOST_TEXT else 0
    if kind not in (list, tuple, dict, set, frozenset):
        return left
    if len(value) >= left or not depth:
        return 0
    left -= len(value)
    for item in value:
        left = _count(item, left, depth - 1)
        if left and kind is dict:
            left = _count(value[item], left, depth - 1)
        if left <= 0:
            return 0
    return left
