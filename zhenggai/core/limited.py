"""Limits that a process sets on itself before it touches a file that somebody has sent."""

import resource


def limit(seconds: int, memory: int) -> None:
    """Processor seconds and bytes of memory for this process and those that it starts; what the platform does not know
    is left out."""
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS
            continue
