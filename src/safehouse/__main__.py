"""`python -m safehouse` is the `safehouse` command.

Worker processes read this module again: nothing is imported until the command runs.
"""


def main() -> None:
    """Run the command line and leave with its exit code."""
    from safehouse.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
