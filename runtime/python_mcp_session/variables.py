"""What a session holds: names with type, size and shape, and what a cell has changed of it.

Cheap, and harmless: no method and no property of the session's own classes is called.
"""
from sys import getsizeof
from types import BuiltinFunctionType, FunctionType, ModuleType

MOST = 300
MOST_NAMES = 5000
# Whose `shape` and `dtype` are plain attributes.
TABLES = ('numpy', 'pandas', 'polars', 'torch', 'jax', 'jaxlib', 'cupy', 'scipy', 'xarray')
SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset)


class Variables:
    def __init__(self, namespace):
        self._namespace = namespace
        self._known = {}  # name → (look, described)
        self._names = frozenset()

    def update(self):
        """Sentences on what is new, changed or gone since the last time."""
        before, now, changed = self._known, {}, []
        for name, value in list(self._namespace.items()):
            if type(name) is not str or name.startswith('_') or isinstance(value, ModuleType):
                continue
            if len(now) == MOST:
                break
            look = _look(value)
            known = before.get(name)
            if known is None or known[0] != look:
                known = look, _described(name, value)
                changed.append(_sentence(known[1]))
            now[name] = known
        changed += ['-' + name for name in before if name not in self._namespace]
        self._known = now
        return changed

    def names_if_changed(self):
        """What can be typed, modules too; None when it is the same as the last time."""
        names = frozenset(name for name in list(self._namespace) if type(name) is str and name[:1] != '_')
        if names == self._names:
            return None
        self._names = names
        return sorted(names)[:MOST_NAMES]

    def described(self):
        return [known[1] for known in self._known.values()]


def _look(value):
    return id(value), type(value), _shape(value)


def _shape(value):
    kind = type(value)
    if kind in SIZED:
        return len(value)
    if kind.__module__.partition('.')[0] in TABLES:
        try:
            return tuple(int(length) for length in value.shape)
        except Exception:
            return None
    return None


def _described(name, value):
    kind, shape = type(value), _shape(value)
    described = {'name': name, 'type': kind.__name__}
    if isinstance(value, (FunctionType, BuiltinFunctionType)):
        return described
    if isinstance(value, type):
        return {'name': name, 'type': 'class'}
    if shape is not None:
        described['shape'] = [shape] if type(shape) is int else list(shape)
    size = _size(value, kind)
    if size is not None:
        described['bytes'] = size
    return described


def _size(value, kind):
    owner = kind.__module__.partition('.')[0]
    try:
        if owner == 'pandas' and kind.__name__ in ('DataFrame', 'Series'):
            size = value.memory_usage(index=True)
            return int(size if kind.__name__ == 'Series' else size.sum())
        if owner in TABLES:
            return int(value.nbytes)
        return getsizeof(value) if owner == 'builtins' else None
    except Exception:
        return None


def _sentence(described):
    text = '%(name)s: %(type)s' % described
    if 'shape' in described:
        text += ' ' + '×'.join(map(str, described['shape']))
    return text
