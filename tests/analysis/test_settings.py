from safehouse.analysis.settings import Settings, at_pace
from safehouse.model.clip import FrameTimes, VideoStream


def at_rate(rate: str) -> Settings:
    video = VideoStream(0, "h264", "yuv420p", 64, 48, FrameTimes("1/25", (), 0), rate=rate)
    return at_pace(Settings(), video)


def test_usual_and_unbelievable_rates_keep_the_defaults() -> None:
    for rate in ("25/1", "30000/1001", "24000/1001", "1000/1", "1/1"):
        assert at_rate(rate) == Settings()


def test_spans_are_as_long_in_time_at_other_rates() -> None:
    slow, fast = at_rate("10/1"), at_rate("60/1")
    assert (slow.every, slow.lead, slow.bridge) == (1, 5, 17)
    assert (fast.every, fast.lead, fast.bridge) == (0, 30, 100)
