"""Makes `show()` of image libraries keep a file instead of looking for a display.

sitecustomize.py calls these when the named module has been imported, never before.
"""
import os

from python_mcp import _keep_next, display


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


AFTER_IMPORT = {'PIL.ImageShow': _pillow, 'plotly.io._renderers': _plotly}
