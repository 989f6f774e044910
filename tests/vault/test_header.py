"""Headers of age files, judged by the standard: cases of our own, and what the library makes.

Each case is named like the vector of C2SP/CCTV that it is after; `test_age_vectors.py` has those.
"""

import base64

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safehouse_offload.header import NotAge, plain_length, read_header, sealed_length
from safehouse_offload.padding import is_padded, padded_length

VERSION = "age-encryption.org/v1\n"
B32 = base64.b64encode(bytes(range(32))).decode().rstrip("=")
B48 = base64.b64encode(bytes(48)).decode()
MAC = f"--- {B32}\n"
X = f"-> X25519 {B32}\n{B32}\n"

GOOD = {
    "x25519": VERSION + X + MAC,
    "x25519_multiple_recipients": VERSION + X + X + MAC,
    "x25519_grease": VERSION + f"-> grease a b\n{B32}\n" + X + MAC,
    "stanza_empty_body": VERSION + X + "-> empty\n\n" + MAC,
    "stanza_empty_last_line": VERSION + X + f"-> full\n{B48}\n\n" + MAC,
    "stanza_no_arguments": VERSION + X + "-> stanza\n\n" + MAC,
    "stanza_valid_characters": VERSION + X + "-> !\"#$%&'()*+,-./0:;<=>?@[\\]^_`{|}~\n\n" + MAC,
}
BAD = {
    "version_unsupported": "age-encryption.org/v1234\n" + X + MAC,
    "header_crlf": (VERSION + X + MAC).replace("\n", "\r\n"),
    "empty": "",
    "no_recipients": VERSION + MAC,
    "hmac_missing": VERSION + X + "---\n",
    "hmac_no_space": VERSION + X + f"---{B32}\n",
    "hmac_extra_space": VERSION + X + f"---  {B32}\n",
    "hmac_trailing_space": VERSION + X + f"--- {B32} \n",
    "hmac_truncated": VERSION + X + f"--- {B32[:-1]}\n",
    "hmac_garbage": VERSION + X + f"--- {B32[:-1]}*\n",
    "hmac_not_canonical": VERSION + X + f"--- {B32[:-1]}9\n",
    "stanza_missing_body": VERSION + X + "-> empty\n" + MAC,
    "stanza_missing_final_line": VERSION + X + f"-> full\n{B48}\n" + MAC,
    "stanza_multiple_short_lines": VERSION + X + "-> short\nAAAA\nAAAA\n" + MAC,
    "stanza_long_line": VERSION + X + f"-> long\n{B48}AAAA\n\n" + MAC,
    "stanza_base64_padding": VERSION + X + "-> padded\nAA==\n" + MAC,
    "stanza_not_canonical": VERSION + X + "-> loose\nAB\n" + MAC,
    "stanza_spurious_cr": VERSION + X + "-> cr\nAAAA\r\n" + MAC,
    "stanza_bad_start": VERSION + X + "- empty\n\n" + MAC,
    "stanza_empty_argument": VERSION + X + "-> a  b\n\n" + MAC,
    "stanza_no_kind": VERSION + X + "-> \n\n" + MAC,
    "stanza_invalid_character": VERSION + X + "-> st\x7fanza\n\n" + MAC,
    "x25519_extra_argument": VERSION + f"-> X25519 {B32} 1\n{B32}\n" + MAC,
    "x25519_no_share": VERSION + f"-> X25519\n{B32}\n" + MAC,
    "x25519_short_share": VERSION + f"-> X25519 {B32[:-3]}\n{B32}\n" + MAC,
    "x25519_long_file_key": VERSION + f"-> X25519 {B32}\n{B32}AA\n" + MAC,
    "x25519_not_canonical_share": VERSION + f"-> X25519 {B32[:-1]}9\n{B32}\n" + MAC,
    "scrypt_and_x25519": VERSION + X + "-> scrypt AA 10\n" + B32 + "\n" + MAC,
    "no_end": VERSION + X,
}


@pytest.mark.parametrize("name", GOOD)
def test_what_the_standard_allows_is_read(name: str) -> None:
    text = GOOD[name].encode()
    assert read_header(text + b"payload").length == len(text)


@pytest.mark.parametrize("name", BAD)
def test_what_the_standard_forbids_is_refused(name: str) -> None:
    with pytest.raises(NotAge):
        read_header(BAD[name].encode("latin-1") + b"payload")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    with pytest.raises(NotAge):
        read_header(b"age-encryption.org/v1\n" + text)


@given(st.sampled_from([0, 1, 65535, 65536, 65537, 131072, 200_001]), st.integers(1, 3))
def test_the_length_of_what_the_library_writes_is_known_exactly(plain: int, people: int) -> None:
    to = [pyrage.x25519.Identity.generate().to_public() for _ in range(people)]
    sealed = pyrage.encrypt(bytes(plain), to)
    header = read_header(sealed)
    assert sealed_length(header.length, plain) == len(sealed)
    assert plain_length(header.length, len(sealed)) == plain
    assert header.kinds.count("X25519") == people


@given(st.integers(0, 1 << 20))
def test_a_length_that_no_payload_has_is_refused(rest: int) -> None:
    try:
        plain = plain_length(100, 100 + 16 + rest)
    except NotAge:
        full, last = divmod(rest, 65552)
        assert last <= 16
        assert (full, last) != (0, 16)
    else:
        assert sealed_length(100, plain) == 116 + rest


@given(st.integers(0, 1 << 45))
def test_padding_adds_little_and_once(length: int) -> None:
    padded = padded_length(length)
    assert length <= padded <= length * 1.12 + 1
    assert is_padded(padded)
    if length > 1 << 30:
        assert padded <= length * 1.04
