"""Tells a story slowly enough for two listeners."""

import time

for sentence in ('Once upon a time', 'there were two clients', 'who shared one job', 'and its output.'):
    print(sentence)
    time.sleep(0.4)
