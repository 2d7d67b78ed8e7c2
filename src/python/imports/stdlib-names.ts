/** Top-level modules of the standard library, for what can be told without starting Python. */

/** In every Python from 3.8 on: an import of one of these needs nothing installed. */
const ALWAYS =
  '__future__ _thread abc argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 ' +
  'cProfile calendar cmath cmd code codecs codeop collections colorsys compileall concurrent ' +
  'configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime dbm ' +
  'decimal difflib dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp ' +
  'fileinput fnmatch fractions ftplib functools gc getopt getpass gettext glob grp gzip hashlib ' +
  'heapq hmac html http imaplib importlib inspect io ipaddress itertools json keyword linecache ' +
  'locale logging lzma mailbox marshal math mimetypes mmap modulefinder multiprocessing netrc ' +
  'ntpath numbers opcode operator optparse os pathlib pdb pickle pickletools pkgutil platform ' +
  'plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc queue ' +
  'quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors ' +
  'shelve shlex shutil signal site smtplib socket socketserver sqlite3 ssl stat statistics string ' +
  'stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios ' +
  'textwrap threading time timeit tkinter token tokenize trace traceback tracemalloc tty turtle ' +
  'types typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser wsgiref ' +
  'xml xmlrpc zipapp zipfile zipimport zlib';

/** Besides those, in 3.8 and 3.9, whose `sys` does not list its modules yet. */
const OLD =
  'aifc antigravity asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils formatter ' +
  'genericpath idlelib imghdr imp lib2to3 mailcap msilib msvcrt nis nntplib nt nturl2path ' +
  'ossaudiodev parser pipes pydoc_data pyexpat smtpd sndhdr spwd sre_compile sre_constants ' +
  'sre_parse sunau symbol telnetlib this turtledemo uu winreg winsound xdrlib';

export const ALWAYS_IN_STDLIB: ReadonlySet<string> = new Set(ALWAYS.split(' '));

/** Passed to interpreters without `sys.stdlib_module_names`. */
export const OLD_STDLIB = `${ALWAYS} ${OLD}`;
