"""A disk in memory that loses, tears and reorders what was not synced, and fails where it is told.

After SQLite's crash tests: a write lasts when its file is synced, a name when its folder is; at a
power cut each thing that does not last yet is there, half there or not, as chance has it.
"""

import os
import random
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import EEXIST, EINTR, EIO, ENOENT, ENOSPC, ENOTDIR
from types import SimpleNamespace
from typing import Any

from safehouse_offload.disk import Disk

SECTOR = 512


class Killed(BaseException):
    """kill -9: the process is no more."""


@dataclass
class Node:
    """A file: what programs see, what lasts, and what was written since."""

    content: bytearray = field(default_factory=bytearray)
    lasting: bytes = b""
    writes: list[tuple[int, bytes]] = field(default_factory=list)
    mtime_ns: int = 0


@dataclass(frozen=True)
class Fault:
    """What goes wrong: at the call of this number, or from it on."""

    at: int
    kind: str
    lasts: bool = False

    def hits(self, call: int) -> bool:
        return call >= self.at if self.lasts else call == self.at


ERRNO = {"ENOSPC": ENOSPC, "EIO": EIO, "EINTR": EINTR}
KINDS = (*ERRNO, "KILL")


class BrokenDisk(Disk):
    """Files in memory, under the faults of one run."""

    writes_behind = False

    def __init__(self, seed: int = 0) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a test's own
        self.nodes: dict[str, Node] = {}
        self.folders: set[str] = {""}
        self.links: dict[str, str] = {}
        self.lasting_nodes: dict[str, Node] = {}
        self.lasting_folders: set[str] = {""}
        self.changes: list[tuple[str, str, str, Node | None]] = []
        self.handles: dict[int, list[Any]] = {}
        self.next_handle = 3
        self.calls = 0
        self.fault: Fault | None = None
        self.dead = False
        self.lie_at = 0
        self.lied_in = ""
        self.writes = 0
        self.takes_part = True

    # what tests do

    def put(self, path: str, content: bytes, mtime_ns: int = 1) -> None:
        """Let a file be there, for good."""
        parent = path.rpartition("/")[0]
        while parent:
            self.folders.add(parent)
            self.lasting_folders.add(parent)
            parent = parent.rpartition("/")[0]
        node = Node(bytearray(content), bytes(content), [], mtime_ns)
        self.nodes[path] = self.lasting_nodes[path] = node

    def begin_run(self, fault: Fault | None = None) -> None:
        """Begin a process: handles are new, faults are counted from here."""
        self.handles, self.calls, self.writes = {}, 0, 0
        self.fault, self.dead = fault, False

    def cut_power(self) -> None:
        """Lose what does not last yet, or half of it, as chance has it."""
        self._keep_some_names()
        self.nodes = dict(self.lasting_nodes)
        self.folders = set(self.lasting_folders)
        for node in self.nodes.values():
            content = bytearray(node.lasting)
            for offset, block in node.writes:
                self._keep_some(content, offset, block)
            node.content, node.lasting, node.writes = content, bytes(content), []

    def _keep_some(self, content: bytearray, offset: int, block: bytes) -> None:
        luck = self.chance.random()
        if luck < 0.4:
            return
        if luck < 0.6:
            block = block[: self.chance.randrange(len(block) + 1) // SECTOR * SECTOR]
        elif luck < 0.7:
            block = bytes(len(block))
        _write_at(content, offset, block)

    def _keep_some_names(self) -> None:
        for what, old, new, node in self.changes:
            if self.chance.random() < 0.5:
                self._make_last(what, old, new, node)
        self.changes = []

    def _make_last(self, what: str, old: str, new: str, node: Node | None) -> None:
        if what == "folder":
            self.lasting_folders.add(new)
        elif what == "gone":
            self.lasting_nodes.pop(old, None)
        elif node is not None and new.rpartition("/")[0] in self.lasting_folders:
            self.lasting_nodes.pop(old, None)
            self.lasting_nodes[new] = node

    # what the program calls

    def _call(self, after: Callable[[], None] | None = None) -> None:
        """Count a call, and fail it where the fault says; after is what half happened."""
        if self.dead:
            raise Killed
        self.calls += 1
        if self.fault is None or not self.fault.hits(self.calls):
            return
        if after is not None and self.chance.random() < 0.5:
            after()
        if self.fault.kind == "KILL":
            self.dead = True
            raise Killed
        number = ERRNO[self.fault.kind]
        raise OSError(number, os.strerror(number))

    def names(self, folder: str) -> list[str]:
        self._call()
        if folder not in self.folders:
            raise OSError(ENOTDIR if folder in self.nodes else ENOENT, "no folder")
        every = [*self.nodes, *self.folders, *self.links]
        return sorted(p.rpartition("/")[2] for p in every if p and p.rpartition("/")[0] == folder)

    def facts(self, path: str) -> os.stat_result:
        self._call()
        if path in self.links:
            return _facts(stat.S_IFLNK)
        if path in self.folders:
            return _facts(stat.S_IFDIR)
        node = self._node(path)
        return _facts(stat.S_IFREG, len(node.content), node.mtime_ns)

    def target(self, path: str) -> str:
        self._call()
        return self.links[path]

    def _node(self, path: str) -> Node:
        if path not in self.nodes:
            raise FileNotFoundError(ENOENT, "no file")
        return self.nodes[path]

    def make_folder(self, path: str) -> None:
        self._call()
        if path not in self.folders:
            self.folders.add(path)
            self.changes.append(("folder", "", path, None))
        self.fsync_folder(path.rpartition("/")[0])

    def create(self, path: str) -> int:
        self._call()
        if path in self.nodes:
            raise FileExistsError(EEXIST, "is there")
        if path.rpartition("/")[0] not in self.folders:
            raise FileNotFoundError(ENOENT, "no folder")
        self.nodes[path] = Node()
        self.changes.append(("name", "", path, self.nodes[path]))
        return self._handle(self.nodes[path], 0)

    def _handle(self, node: Node, offset: int) -> int:
        self.next_handle += 1
        self.handles[self.next_handle] = [node, offset]
        return self.next_handle

    def append(self, path: str) -> int:
        self._call()
        return self._handle(self._node(path), len(self._node(path).content))

    def overwrite(self, path: str) -> int:
        self._call()
        return self._handle(self._node(path), 0)

    def open(self, path: str) -> int:
        self._call()
        return self._handle(self._node(path), 0)

    def read(self, handle: int, count: int) -> bytes:
        self._call()
        node, offset = self.handles[handle]
        part = bytes(node.content[offset : offset + count])
        self.handles[handle][1] += len(part)
        return part

    def write(self, handle: int, block: bytes | memoryview) -> int:
        whole = bytes(block)
        some = whole[: self.chance.randrange(1, len(whole) + 1)]
        self._call(lambda: self._do_write(handle, some))
        self.writes += 1
        part = some if self.takes_part and self.chance.random() < 0.3 else whole
        if self.writes == self.lie_at:
            part = bytes([part[0] ^ 1]) + part[1:]
            node = self.handles[handle][0]
            self.lied_in = next(path for path, one in self.nodes.items() if one is node)
        self._do_write(handle, part)
        return len(part)

    def _do_write(self, handle: int, block: bytes) -> None:
        node, offset = self.handles[handle]
        _write_at(node.content, offset, block)
        node.writes.append((offset, block))
        self.handles[handle][1] += len(block)

    def write_past_memory(self, handle: int) -> bool:
        return False

    def write_through_memory(self, handle: int) -> None:
        """Have nothing to do."""

    def flush_early(self, handle: int) -> None:
        """Have nothing to do: it promises nothing."""

    def fsync(self, handle: int) -> None:
        self._call()
        node = self.handles[handle][0]
        node.lasting, node.writes = bytes(node.content), []

    def close(self, handle: int) -> None:
        self._call()
        self.handles.pop(handle, None)

    def rename(self, old: str, new: str) -> None:
        self._node(old)
        self._call(lambda: self._do_rename(old, new))
        self._do_rename(old, new)

    def _do_rename(self, old: str, new: str) -> None:
        self.nodes[new] = self.nodes.pop(old)
        self.changes.append(("name", old, new, self.nodes[new]))

    def remove(self, path: str) -> None:
        self._node(path)
        self._call(lambda: self._do_remove(path))
        self._do_remove(path)

    def _do_remove(self, path: str) -> None:
        del self.nodes[path]
        self.changes.append(("gone", path, path, None))

    def fsync_folder(self, folder: str) -> None:
        self._call()
        rest = []
        for change in self.changes:
            if change[2].rpartition("/")[0] == folder:
                self._make_last(*change)
            else:
                rest.append(change)
        self.changes = rest

    def room(self, folder: str) -> int:
        self._call()
        return 1 << 30

    def device(self, folder: str) -> str:
        self._call()
        if folder not in self.folders:
            raise FileNotFoundError(ENOENT, "no folder")
        return folder.split("/")[1]

    @contextmanager
    def locked(self, path: str) -> Iterator[bool]:
        self._call()
        yield True

    def read_cold(self, path: str, take: Callable[[memoryview], None]) -> bool:
        self._call()
        content = bytes(self._node(path).content)
        for at in range(0, len(content), 1 << 16):
            self._call()
            take(memoryview(content[at : at + (1 << 16)]))
        return True


def _write_at(content: bytearray, offset: int, block: bytes) -> None:
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(block)] = block


def _facts(kind: int, size: int = 0, mtime_ns: int = 0) -> os.stat_result:
    return SimpleNamespace(  # type: ignore[return-value]
        st_mode=kind | 0o600, st_size=size, st_mtime_ns=mtime_ns
    )
