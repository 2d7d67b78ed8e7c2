"""From the text of a cell to one code object, whose last expression is kept as the value."""
import __future__
import linecache
from _ast import PyCF_ALLOW_TOP_LEVEL_AWAIT, PyCF_ONLY_AST, Assign, Expr, Name, Store

# No name that a cell could use.
VALUE = '<value>'
AWAITS = 0x80  # CO_COROUTINE
_FUTURE = 0
for _feature in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _feature).compiler_flag
# Sources of so many cells are kept for tracebacks.
KEPT_SOURCES = 1000


class Compiler:
    def __init__(self):
        self._flags = 0  # of `from __future__ import …` in earlier cells

    def compile(self, source, cell):
        name = '<cell %d>' % cell
        linecache.cache[name] = len(source), None, source.splitlines(True), name
        linecache.cache.pop('<cell %d>' % (cell - KEPT_SOURCES), None)
        flags = PyCF_ALLOW_TOP_LEVEL_AWAIT | self._flags
        tree = compile(source, name, 'exec', PyCF_ONLY_AST | flags, True)
        if not source.rstrip().endswith(';'):
            _keep_value(tree)
        code = compile(tree, name, 'exec', flags, True)
        self._flags |= code.co_flags & _FUTURE
        return code


def _keep_value(tree):
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, Expr):
        return
    place = {
        name: getattr(last, name) for name in ('lineno', 'col_offset', 'end_lineno', 'end_col_offset')
    }
    tree.body[-1] = Assign(targets=[Name(id=VALUE, ctx=Store(), **place)], value=last.value, **place)
