"""Opens one sealed file: nothing that comes out has a final name before its end was authentic.

The library hands out each 64 KiB as it goes, before it knows that the end is there.
"""

import hashlib
from collections.abc import Callable
from errno import EIO

import pyrage
from safehouse_offload.disk import BLOCK, Disk
from safehouse_offload.header import HEADER_BYTES, NotAge, plain_length, read_header
from safehouse_offload.trailer import NotTrailer, Trailer, read_trailer

__all__ = ["TAIL_BYTES", "BadSeal", "OtherKey", "unseal"]

TAIL_BYTES = 1 << 17
"""What is kept of the end: more than the longest trailer."""


RECORDED = "recorded"
"""What the library is told: one failure that it does not try again for ever, as it would EINTR."""


class BadSeal(Exception):
    """A sealed file is damaged, or is not what its trailer says; what came out must not be used."""


class OtherKey(Exception):
    """A sealed file is for another key."""


class _Sealed:
    """What the library reads from."""

    def __init__(self, disk: Disk, handle: int, meter: Callable[[int], None]) -> None:
        self.error: BaseException | None = None
        self._disk, self._handle, self._meter = disk, handle, meter
        self._rest = memoryview(b"")

    def read(self, count: int) -> bytes:
        if not self._rest:
            try:
                block = self._disk.read(self._handle, BLOCK)
            except BaseException as error:
                self.error = error
                raise OSError(EIO, RECORDED) from error
            self._meter(len(block))
            self._rest = memoryview(block)
        part, self._rest = self._rest[:count], self._rest[count:]
        return bytes(part)


class _Plain:
    """What the library writes to: a digest of the content, the end, and whoever takes the rest."""

    def __init__(self, content: int | None, take: Callable[[bytes], None]) -> None:
        self.error: BaseException | None = None
        self.count = 0
        self.tail = b""
        self.digest = hashlib.sha256()
        self._content, self._take = content, take

    def write(self, block: bytes) -> int:
        if self._content is not None:
            self.digest.update(block[: max(0, self._content - self.count)])
        self.count += len(block)
        self.tail = (self.tail + block)[-TAIL_BYTES:]
        try:
            self._take(block)
        except BaseException as error:
            self.error = error
            raise OSError(EIO, RECORDED) from error
        return len(block)

    def flush(self) -> None:
        """Have nothing to do: nothing is held back."""


def unseal(
    disk: Disk,
    path: str,
    key: str,
    take: Callable[[bytes], None],
    *,
    content: int | None = None,
    meter: Callable[[int], None] = lambda _: None,
) -> Trailer:
    """Give the plaintext of a sealed file to take, and return its trailer when all of it is true.

    Args:
        disk: the door.
        path: the sealed file.
        key: an age private key.
        take: given content, zeros and trailer; must give it no final name before this returns.
        content: length of the content where it is known: then its digest is compared as well.
        meter: told what was read.

    Raises:
        BadSeal: the file is damaged; what take was given must be thrown away.
        OtherKey: the file is for another key.
        OSError: it can't be read, or take can't write.
    """
    length = _require_structure(disk, path)
    handle = disk.open(path)
    sealed, plain = _Sealed(disk, handle, meter), _Plain(content, take)
    try:
        pyrage.decrypt_io(sealed, plain, [pyrage.x25519.Identity.from_str(key)])
    except (pyrage.DecryptError, OSError) as error:
        _raise_recorded(sealed, plain)
        if "No matching keys" in str(error):
            raise OtherKey from None
        raise BadSeal("damaged, or not sealed as it says") from None
    finally:
        disk.close(handle)
    _raise_recorded(sealed, plain)
    if plain.count != length:
        raise BadSeal("shorter inside than it says")
    return _require_trailer(plain, content)


def _raise_recorded(sealed: _Sealed, plain: _Plain) -> None:
    for error in (sealed.error, plain.error):
        if error is not None:
            raise error


def _require_structure(disk: Disk, path: str) -> int:
    """Return the length of the plaintext, after reading the header strictly."""
    handle = disk.open(path)
    try:
        first = disk.read(handle, HEADER_BYTES)
        return plain_length(read_header(first).length, disk.facts(path).st_size)
    except NotAge as error:
        raise BadSeal(str(error)) from error
    finally:
        disk.close(handle)


def _require_trailer(plain: _Plain, content: int | None) -> Trailer:
    try:
        trailer, taken = read_trailer(plain.tail)
    except NotTrailer as error:
        raise BadSeal(str(error)) from error
    if not 0 <= trailer.bytes <= plain.count - taken:
        raise BadSeal("a trailer that does not fit its content")
    if content is not None and (
        trailer.bytes != content or trailer.sha256 != plain.digest.hexdigest()
    ):
        raise BadSeal("not the content that was sealed")
    return trailer
