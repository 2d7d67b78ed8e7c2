"""The parts of a session's program, see session.py."""
