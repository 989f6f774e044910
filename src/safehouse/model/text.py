"""Text from outside, made harmless before it is shown; the code is the field package's."""

from safehouse_offload.text import READABLE_FORMAT, escape, name_of, named

__all__ = ["READABLE_FORMAT", "escape", "name_of", "named"]
