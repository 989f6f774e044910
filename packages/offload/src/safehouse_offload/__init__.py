"""Copies cards to two disks, sealed with a public key, and proves that the copies are good."""

__version__ = "0.1.0"
__all__ = ["__version__"]
