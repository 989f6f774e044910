"""Writes what is sealed to every copy, in whole blocks, while the next block is being sealed."""

import hashlib
import mmap
import sys
import threading
from collections.abc import Sequence
from queue import SimpleQueue

from safehouse_offload.disk import BLOCK, Disk, write_all
from safehouse_offload.header import HEADER_BYTES

__all__ = ["CopyFailed", "Outgoing", "of_copy"]

BUFFERS = 3
"""Blocks under way: one being filled, one being written, one waiting."""

SWITCH_S = 0.0005
"""How soon the writing thread gets its turn; the library holds the interpreter between blocks."""

FLUSH_BYTES = 8 << 20
"""How much is written before the device is told to begin; more makes the last sync longer."""


class CopyFailed(OSError):
    """A copy could not be written or read back.

    Attributes:
        copy: number of the vault, from 0.
    """

    def __init__(self, copy: int, error: OSError) -> None:
        super().__init__(error.errno, error.strerror or type(error).__name__)
        self.copy = copy

    def __reduce__(self) -> tuple[object, ...]:
        return (CopyFailed, (self.copy, OSError(self.errno, self.strerror)))


class of_copy:
    """Turn a failure of the system inside the block into CopyFailed of one copy."""

    def __init__(self, copy: int) -> None:
        self.copy = copy

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, CopyFailed):
            raise CopyFailed(self.copy, error) from error


class Outgoing:
    """What pyrage writes to: every copy, a digest, a count, and the first failure.

    What comes is gathered into whole blocks, in memory that the system can hand to the device as it
    is: the library's pieces of 64 KiB, written one by one, cost several times as much. A thread of
    its own writes a block while the next is being sealed, where the disk is a real one.
    """

    def __init__(self, disk: Disk, handles: Sequence[int]) -> None:
        self.error: BaseException | None = None
        self.first = b""
        self.count = 0
        self.digest = hashlib.sha256()
        self._disk = disk
        self._handles = handles
        self._held = 0
        self._flushed = 0
        self._free: SimpleQueue[memoryview] = SimpleQueue()
        self._full: SimpleQueue[memoryview | None] = SimpleQueue()
        self._block = memoryview(mmap.mmap(-1, BLOCK))
        self._thread: threading.Thread | None = None
        for handle in handles:
            disk.write_past_memory(handle)

    def write(self, block: bytes) -> int:
        """Take what the library gives; it must not be told of a failure that it would retry."""
        if len(self.first) < HEADER_BYTES:
            self.first += block[: HEADER_BYTES - len(self.first)]
        rest = memoryview(block)
        while rest:
            part = rest[: BLOCK - self._held]
            self._block[self._held : self._held + len(part)] = part
            self._held += len(part)
            rest = rest[len(part) :]
            if self._held == BLOCK:
                self._hand_on()
        return len(block)

    def flush(self) -> None:
        """Have nothing to do: `finish` writes what is held back."""

    def finish(self) -> None:
        """Write what is held back, the last part of a block.

        Raises:
            CopyFailed: a copy could not be written.
        """
        self.close()
        self._raise_recorded()
        for copy, handle in enumerate(self._handles):
            with of_copy(copy):
                self._disk.write_through_memory(handle)
        self._write(self._block[: self._held])
        self._held = 0

    def close(self) -> None:
        """Wait until nothing is being written any more; then the handles may be closed."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._full.put(None)
            thread.join()

    def _raise_recorded(self) -> None:
        if self.error is not None:
            raise self.error

    def _hand_on(self) -> None:
        """Have a full block written, now or by the thread."""
        self._raise_recorded()
        if not self._disk.writes_behind:
            self._write(self._block)
        else:
            if self._thread is None:
                self._begin_thread()
            self._full.put(self._block)
            self._block = self._free.get()
        self._held = 0

    def _begin_thread(self) -> None:
        sys.setswitchinterval(min(SWITCH_S, sys.getswitchinterval()))
        for _ in range(BUFFERS - 1):
            self._free.put(memoryview(mmap.mmap(-1, BLOCK)))
        self._thread = threading.Thread(target=self._write_behind, daemon=True)
        self._thread.start()

    def _write_behind(self) -> None:
        while (block := self._full.get()) is not None:
            try:
                if self.error is None:
                    self._write(block)
            except BaseException as error:  # noqa: BLE001 - raised where the next block is given
                self.error = error
            self._free.put(block)

    def _write(self, block: memoryview) -> None:
        try:
            for copy, handle in enumerate(self._handles):
                with of_copy(copy):
                    write_all(self._disk, handle, block)
        except BaseException as error:
            self.error = error
            raise
        self.digest.update(block)
        self.count += len(block)
        if self.count - self._flushed >= FLUSH_BYTES:
            self._flushed = self.count
            for handle in self._handles:
                self._disk.flush_early(handle)
