"""A matplotlib backend for jobs: what would open a window becomes a PNG among the artifacts.

Chosen by MPLBACKEND=module://python_mcp.matplotlib_backend, unless the caller chose another one.
"""
from weakref import WeakKeyDictionary

from matplotlib import is_interactive
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from python_mcp import display

_names = WeakKeyDictionary()  # figure → file name, so that a figure shown again replaces itself


def _save(figure):
    import os

    path = display(figure, _names.get(figure))
    _names[figure] = os.path.basename(path)
    figure._python_mcp_kept = True


class FigureManager(FigureManagerBase):
    def show(self):
        _save(self.canvas.figure)


class FigureCanvas(FigureCanvasAgg):
    manager_class = FigureManager


def show(*args, block=None, **kwargs):
    """Saves every open figure. They are closed when a window would have kept the script waiting."""
    managers = Gcf.get_all_fig_managers()
    for manager in managers:
        _save(manager.canvas.figure)
    if block or (block is None and not is_interactive()):
        for manager in managers:
            Gcf.destroy(manager.num)
