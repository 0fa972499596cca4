"""The exit codes besides 0."""

USER_ERROR, INTERRUPTED = 2, 130
