"""The part of the runtime that lives in every Python of a job. sitecustomize.py sets it up.

Built-in modules only, and their functions are taken at the start: nothing is read from disk but
these files, and a script may replace `os.kill` or `time.time` at will.
"""
