"""Trees of files with any names and contents, as hypothesis makes them."""

import os

from hypothesis import strategies as st

part = st.binary(min_size=1, max_size=12).filter(lambda b: not set(b) & {0, 47})
part = part.filter(lambda b: b not in {b".", b".."})
paths = st.lists(part, min_size=1, max_size=3).map(lambda parts: os.fsdecode(b"/".join(parts)))
blobs = st.one_of(
    st.binary(max_size=200),
    st.builds(bytes, st.sampled_from([65_000, 65_535, 65_536, 65_537, 131_100])),
)
trees = st.dictionaries(paths, blobs, min_size=1, max_size=5).filter(
    lambda tree: not any(a != b and b.startswith(a + "/") for a in tree for b in tree)
)
