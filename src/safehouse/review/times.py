"""Times on the page, as an editor reads them; exact until they are words."""

from fractions import Fraction

__all__ = ["clock", "length"]


def clock(frame: int, rate: str) -> str:
    """Return a frame's time from the clip's beginning, `00:04:03:11`; its number without a rate."""
    try:
        per_second = Fraction(rate)
    except (ValueError, ZeroDivisionError):
        return str(frame)
    if per_second <= 0:
        return str(frame)
    second = int(frame / per_second)
    rest = frame - -(-second * per_second.numerator // per_second.denominator)
    hours, minutes = second // 3600, second // 60 % 60
    return f"{hours:02d}:{minutes:02d}:{second % 60:02d}:{rest:02d}"


def length(seconds: float) -> str:
    """Return how long something is, `4:03`."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"
