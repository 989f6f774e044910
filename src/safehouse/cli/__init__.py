"""The `safehouse` command: one module for each of its commands; no logic here."""
