"""The command; its name is that of the file that starts it.

Worker processes read this module again: nothing of ours is imported until the command runs.
"""


def main() -> None:
    """Run the command line and leave with its exit code."""
    from safehouse_offload.starting import stop_quietly

    stop_quietly()
    from safehouse_offload.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
