"""What a script may say to python-mcp. Outside a job everything works too, and does no harm.

    from python_mcp import artifact, display, progress, result

    progress(5, 10, 'halfway')        # shown as the job's progress
    artifact('model.bin')             # keep a file with the job
    display(figure)                   # keep a picture, a table, a chart
    result({'loss': 0.1})             # what the run found, returned with its end
"""
import os
import sys

__all__ = ['artifact', 'display', 'progress', 'result']

_LARGEST_RESULT = 8192

# How the bytes of common formats begin, and the suffix that lets others open them.
_BEGINNINGS = (
    (b'\x89PNG', '.png'),
    (b'\xff\xd8\xff', '.jpg'),
    (b'GIF8', '.gif'),
    (b'%PDF', '.pdf'),
    (b'<svg', '.svg'),
    (b'<!DOCTYPE html', '.html'),
    (b'<html', '.html'),
)


def progress(current, total=None, message=''):
    """Reports how far the script is: a line `::progress 5/10 text` on standard output.

    The line is one write, so those of several threads do not mix.
    """
    if sys.stdout is None:
        return
    amount = str(current) if total is None else '%s/%s' % (current, total)
    line = ' '.join(['::progress', amount] + str(message).split()) + '\n'
    encoding = getattr(sys.stdout, 'encoding', None) or 'utf-8'
    sys.stdout.write(line.encode(encoding, 'replace').decode(encoding))


def result(value):
    """States the result of the run: any JSON value of at most 8 KB. The last one counts.

    Raises TypeError or ValueError for what is no JSON, and ValueError for what is larger.
    Outside a job it does nothing.
    """
    import json

    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    content = text.encode('utf-8', 'backslashreplace') + b'\n'
    if len(content) > _LARGEST_RESULT:
        raise ValueError(
            'result() takes at most %d bytes of JSON, not %d. Keep large results as an artifact.'
            % (_LARGEST_RESULT, len(content))
        )
    path = os.environ.get('PYTHON_MCP_RESULT')
    if path:
        aside = '%s.%d.part' % (path, os.getpid())
        with open(aside, 'wb') as file:
            file.write(content)
        os.replace(aside, path)


def artifact(content, name=None):
    """Keeps a file (a path) or bytes with the job, and returns the path of the kept copy.

    `name` is reduced to a plain file name; an artifact of the same name is replaced. Readers see
    the whole file or none. Outside a job the folder is `artifacts` in the working directory.
    Raises OSError when the file cannot be read or the copy cannot be written.
    """
    if isinstance(content, (bytes, bytearray, memoryview)):
        return _keep(_safe(name or 'artifact' + _suffix(bytes(content[:20]))), content)
    source = os.fspath(content)
    target = os.path.join(_folder(), _safe(name or os.path.basename(os.path.abspath(source))))
    if os.path.exists(target) and os.path.samefile(source, target):
        return target
    import shutil

    aside = _aside(target, str(os.getpid()))
    try:
        shutil.copyfile(source, aside)
        os.replace(aside, target)
    finally:
        _forget(aside)
    return target


def display(thing, name=None):
    """Keeps a picture of `thing` with the job and returns its path.

    Takes figures, images, bytes, and objects with savefig, _repr_png_, _repr_svg_, write_html,
    _repr_html_ or save. Raises TypeError for anything else.
    """
    content, kind, suffix = _picture(thing)
    return _keep(_safe(name), content) if name else _keep_next(kind, suffix, content)


def _picture(thing):
    """(bytes, word for the file name, suffix)."""
    if isinstance(thing, (bytes, bytearray, memoryview)):
        return bytes(thing), 'display', _suffix(bytes(thing[:20]))
    if hasattr(thing, 'savefig'):
        return _saved(thing.savefig, format='png'), 'figure', '.png'
    for method, kind, suffix in (
        ('_repr_png_', 'image', '.png'),
        ('_repr_svg_', 'image', '.svg'),
        ('to_html', 'display', '.html'),
        ('_repr_html_', 'display', '.html'),
    ):
        content = _represented(thing, method)
        if content is not None:
            return content, kind, suffix
    if hasattr(thing, 'save'):
        try:
            return _saved(thing.save, format='png'), 'image', '.png'
        except OSError:  # Pillow: PNG has no such colours, CMYK for one
            return _saved(thing.convert('RGB').save, format='png'), 'image', '.png'
    raise TypeError(
        'display() cannot make a picture of %s. Pass a figure, an image, bytes, or an object with '
        'savefig, save, to_html or a _repr_png_, _repr_svg_ or _repr_html_ method.'
        % type(thing).__name__
    )


def _saved(save, **options):
    import io

    target = io.BytesIO()
    save(target, **options)
    return target.getvalue()


def _represented(thing, method):
    """What a display method gives, or None: having the method does not mean that it can."""
    try:
        content = getattr(thing, method)()
    except Exception:
        return None
    if isinstance(content, tuple):  # with metadata
        content = content[0]
    return content.encode('utf-8') if isinstance(content, str) else content


def _suffix(beginning):
    for sign, suffix in _BEGINNINGS:
        if beginning.lower().startswith(sign.lower()):
            return suffix
    return '.bin'


def _safe(name):
    """A plain file name: no folders, not hidden, no controls, at most 120 characters."""
    name = ''.join(c if c.isalnum() or c in ' .,-_+()=@' else '_' for c in os.fspath(name))
    root, suffix = os.path.splitext(name.strip().lstrip('.'))
    return (root[: 120 - len(suffix[:20])] + suffix[:20]) or 'artifact'


def _folder():
    folder = os.environ.get('PYTHON_MCP_ARTIFACTS') or os.path.abspath('artifacts')
    os.makedirs(folder, exist_ok=True)
    return folder


def _aside(target, tag):
    """Where a file grows until it is whole. Hidden: whoever lists artifacts skips such names."""
    folder, name = os.path.split(target)
    return os.path.join(folder, '.%s.%s.part' % (name, tag))


def _forget(path):
    try:
        os.unlink(path)
    except OSError:
        pass


def _keep(name, content):
    target = os.path.join(_folder(), name)
    aside = _aside(target, str(os.getpid()))
    try:
        with open(aside, 'wb') as file:
            file.write(content)
        os.replace(aside, target)
    finally:
        _forget(aside)
    return target


def _keep_next(kind, suffix, content):
    """Keeps `content` under the next free number, also when several processes do so at once."""
    number = 0
    while True:
        number += 1
        target = os.path.join(_folder(), '%s-%d%s' % (kind, number, suffix))
        aside = _aside(target, 'next')
        try:
            file = open(aside, 'xb')
        except FileExistsError:
            continue
        try:
            with file:
                file.write(content)
            # Looked at only now: whoever had this number before us has renamed by then.
            if not os.path.exists(target):
                os.replace(aside, target)
                return target
        finally:
            _forget(aside)
