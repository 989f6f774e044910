"""The command of the package: its screens, and nothing else."""
