"""`python -m safehouse` is the `safehouse` command."""

from safehouse.cli.main import main

if __name__ == "__main__":
    main()
