"""safehouse protects the people in documentary and human-rights footage."""

from safehouse import offline as _offline

__version__ = "0.1.0"
__all__ = ["__version__"]

_offline.block_telemetry()
