"""The command; its name is that of the file that starts it.

Worker processes read this module again: nothing of ours is imported until the command runs.
"""

import signal


def main() -> None:
    """Run the command line and leave with its exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback while the modules load
    from safehouse_offload.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
