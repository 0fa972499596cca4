"""The exit codes besides 0."""

WRONG, INTERRUPTED = 2, 130
