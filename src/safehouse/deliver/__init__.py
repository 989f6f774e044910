"""Delivering: what stands in a version's way, and the page and papers that go out with it."""
