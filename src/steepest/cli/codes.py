"""The exit codes besides 0."""

__all__ = ["INTERRUPTED", "WRONG"]

WRONG, INTERRUPTED = 2, 130
