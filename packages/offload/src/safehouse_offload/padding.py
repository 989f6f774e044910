"""Padmé: lengths rounded so that few bits of them show, at little cost."""

__all__ = ["is_padded", "padded_length"]


def padded_length(length: int) -> int:
    """Return the Padmé length of length: at most 12 % more, less for long ones.

    Source: Nikitin and others, Reducing Metadata Leakage from Encrypted Files and Communication
    with PURBs, 2019, section 4.
    """
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << max(0, low_bits)) - 1
    return (length + mask) & ~mask


def is_padded(length: int) -> bool:
    """Return whether a length is one that padding gives."""
    return length == padded_length(length)
