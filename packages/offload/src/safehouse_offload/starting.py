"""The very first thing that a command does; nothing heavy is imported here."""

import signal

__all__ = ["stop_quietly"]


def stop_quietly() -> None:
    """Let Ctrl-C end the process without a traceback while the modules load."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
