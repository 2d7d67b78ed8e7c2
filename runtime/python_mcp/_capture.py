"""Makes `show()` of image libraries keep a file instead of looking for a display, and keeps what
their `save` functions wrote.

The runtime calls these when the named module has been imported, never before.
"""
import atexit
import functools
import os

from python_mcp import _keep_next, artifact, display
from python_mcp._control import add_line, write

BACKEND = 'module://python_mcp.matplotlib_backend'
# Those that would open a window, and the one that shows nothing at all.
WINDOWS = ('agg', 'tk', 'qt', 'gtk', 'wx', 'macosx')
LARGEST_COPY = 4 * 1024 * 1024
MOST_COPIES = 100

_copied = set()
_is_saving = [False]


def _pillow(module):
    class KeepImage(module.Viewer):
        def show_image(self, image, **options):
            display(image)
            return 1

    module.register(KeepImage, 0)


def _plotly(module):
    from plotly.io._base_renderers import ExternalRenderer

    class KeepChart(ExternalRenderer):
        def render(self, fig_dict):
            from plotly import io

            page = io.to_html(fig_dict, include_plotlyjs=True, validate=False)
            _keep_next('chart', '.html', page.encode('utf-8'))
            try:
                _keep_next('chart', '.png', io.to_image(fig_dict, 'png', validate=False))
            except Exception:
                pass  # needs kaleido and a browser; the page is the full picture anyway

    module.renderers['python_mcp'] = KeepChart()
    if not os.environ.get('PLOTLY_RENDERER'):
        module.renderers.default = 'python_mcp'


def _keep_saved(path):
    """Notes a picture where it lies, and copies it to the artifacts while it is small.

    A name is taken once: a picture that is saved again, or another one of that name, replaces it.
    """
    path = os.path.abspath(os.fsdecode(path))
    folder = os.environ.get('PYTHON_MCP_ARTIFACTS', '')
    if not os.path.isfile(path) or os.path.realpath(path).startswith(os.path.realpath(folder) + os.sep):
        return
    size = os.path.getsize(path)
    add_line('pictures.jsonl', {'path': path, 'bytes': size})
    name = os.path.basename(path)
    if size <= LARGEST_COPY and (name in _copied or len(_copied) < MOST_COPIES):
        _copied.add(name)
        artifact(path)


def _keeping(save, path_of):
    """`save`, and after it what it wrote is kept. One library saves through another: once is enough."""

    @functools.wraps(save)
    def saving(*args, **options):
        if _is_saving[0]:
            return save(*args, **options)
        _is_saving[0] = True
        try:
            result = save(*args, **options)
        finally:
            _is_saving[0] = False
        try:
            path = path_of(*args, **options)
            if isinstance(path, (str, bytes, os.PathLike)):
                _keep_saved(path)
        except Exception:
            pass  # the picture is where the script wanted it
        return result

    return saving


def _matplotlib(module):
    use = module.use

    @functools.wraps(use)
    def use_ours(backend, **options):
        return use(_ours(backend), **options)

    module.use = use_ours


def _ours(backend):
    is_window = isinstance(backend, str) and backend.lower().startswith(WINDOWS)
    return BACKEND if is_window and os.environ.get('MPLBACKEND') == BACKEND else backend


def _pyplot(module):
    switch = module.switch_backend

    @functools.wraps(switch)
    def switch_to_ours(backend, *args, **options):
        return switch(_ours(backend), *args, **options)

    module.switch_backend = switch_to_ours
    atexit.register(_name_open_figures, module)  # runs before matplotlib closes them


def _name_open_figures(pyplot):
    try:
        figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
        left = [figure for figure in figures if not getattr(figure, '_python_mcp_kept', False)]
        if left:
            write('figures.json', {'open_figures': len(left)})
    except Exception:
        pass


def _figure(module):
    save = _keeping(module.Figure.savefig, lambda figure, fname, *args, **options: fname)

    @functools.wraps(module.Figure.savefig)
    def savefig(figure, *args, **options):
        figure._python_mcp_kept = True
        return save(figure, *args, **options)

    module.Figure.savefig = savefig


def _image(module):
    module.Image.save = _keeping(module.Image.save, lambda image, fp, *args, **options: fp)


def _opencv(module):
    module.imwrite = _keeping(module.imwrite, lambda filename, *args, **options: filename)


def _chart(module):
    figure = module.BaseFigure
    figure.write_image = _keeping(figure.write_image, lambda chart, file, *args, **options: file)


AFTER_IMPORT = {
    'PIL.Image': _image,
    'PIL.ImageShow': _pillow,
    'cv2': _opencv,
    'matplotlib': _matplotlib,
    'matplotlib.figure': _figure,
    'matplotlib.pyplot': _pyplot,
    'plotly.basedatatypes': _chart,
    'plotly.io._renderers': _plotly,
}
