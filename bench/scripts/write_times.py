"""Writes the time to standard output, again and again."""

import os
import sys
import time

for _ in range(int(sys.argv[1])):
    time.sleep(0.06)
    os.write(1, b"%d\n" % time.monotonic_ns())
