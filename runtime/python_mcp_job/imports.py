"""Hears of imports that matter to us, when the script makes them: nothing is imported for it.

Costs a call per import.
"""
import sys
from _frozen_importlib_external import ExtensionFileLoader

AFTER = {}  # name of a module → called with it once it has been imported


class Doorbell:
    """A finder that finds nothing of its own: it lets the others find, and tells."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        tell = AFTER.get(name)
        if tell is None:
            return None
        spec = _found(name, path, target)
        try:
            execute = spec.loader.exec_module
        except AttributeError:
            return spec

        def exec_module(module):
            execute(module)
            try:
                tell(module)
            except Exception:
                pass

        spec.loader.exec_module = exec_module
        return spec


def _found(name, path, target):
    for finder in sys.meta_path:
        if finder is not Doorbell and hasattr(finder, 'find_spec'):
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
    return None


class _BeforeExtension:
    """In the place of ExtensionFileLoader.create_module. A descriptor, so that nothing of ours is
    on the stack when an extension fails to load."""

    def __init__(self, method, tell):
        self.method, self.tell = method, tell

    def __get__(self, loader, owner):
        if loader is not None and '/lib-dynload/' not in loader.path:
            ExtensionFileLoader.create_module = self.method
            try:
                self.tell()
            except Exception:
                pass
        return self.method.__get__(loader, owner)


def before_first_extension(tell):
    """`tell()` before the first extension module is loaded that is not Python's own."""
    ExtensionFileLoader.create_module = _BeforeExtension(ExtensionFileLoader.create_module, tell)
