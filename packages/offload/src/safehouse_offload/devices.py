"""Which device lies below a folder, as the system knows it: two copies on one device are one copy.

Sources: proc_pid_mountinfo(5), and Linux's sysfs for block devices.
"""

import os
import re
import stat
from collections.abc import Collection
from pathlib import Path

__all__ = ["MEMORY", "device_below", "device_of", "kind_below", "lasting"]

MEMORY = "memory"
"""The device of what is gone when the power is."""

IN_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs", "rootfs"})
RAM_DISK = re.compile(r"z?ram\d+")
SERVER = re.compile(r"^(?://)?([^/:]+|\[[^]]+\])[:/]")
"""`server:/folder` (NFS) and `//server/folder` (SMB)."""

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs"})


def lasting(devices: Collection[str]) -> frozenset[str]:
    """Return the devices that keep what they hold without power."""
    return frozenset(devices) - {MEMORY}


def device_below(folder: str) -> str:
    """Return a name for the device below a folder, the same for all parts of one disk.

    Raises:
        OSError: there is no such folder.
    """
    number = Path(folder).stat().st_dev
    if Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").exists():
        return device_of(number)
    return _mounted(_mounts(), os.path.realpath(folder)) or f"number {number}"


def kind_below(folder: str) -> str:
    """Return the kind of the file system that a folder lies in; "" where it is not told."""
    mount = _mount_of(_mounts(), os.path.realpath(folder))
    return mount[0] if mount else ""


def _mounts() -> str:
    try:
        return Path("/proc/self/mountinfo").read_text(errors="surrogateescape")
    except OSError:
        return ""


def _mounted(mounts: str, folder: str) -> str | None:
    """Return the device of the mount that a folder lies in; None when it does not tell."""
    mount = _mount_of(mounts, folder)
    return _of_source(*mount) if mount else None


def _mount_of(mounts: str, folder: str) -> tuple[str, str] | None:
    """Return kind and source of the mount that a folder lies in; None when it is not told."""
    found = None
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        kind, source = after.split(" ")[:2]
        point = _unquoted(before.split(" ")[4])
        if Path(folder).is_relative_to(point) and (found is None or len(point) >= len(found[0])):
            found = (point, kind, _unquoted(source))
    return found[1:] if found else None


def _unquoted(text: str) -> str:
    r"""Return a field of mountinfo, where `\040` stands for a space."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def _of_source(kind: str, source: str) -> str | None:
    """Return the device that a kind of file system names as its source."""
    if kind in IN_MEMORY:
        return MEMORY
    server = SERVER.match(source)
    if kind in NETWORK and server:
        return f"server {server[1]}"
    if kind == "zfs":
        return f"pool {source.partition('/')[0]}"
    try:
        facts = Path(source).stat()
    except (OSError, ValueError):
        return None
    return device_of(facts.st_rdev) if stat.S_ISBLK(facts.st_mode) else None


def device_of(number: int) -> str:
    """Return a name for the disk below a device number, through partitions and mappings.

    Two partitions of one disk have one name; so have an encrypted volume and the disk below it, and
    an image file and the disk that it lies on.
    """
    path = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    try:
        return "+".join(sorted(_disks_below(path.resolve(strict=True))))
    except OSError:
        return f"number {number}"


def _disks_below(path: Path) -> set[str]:
    if (path / "partition").exists():
        return _disks_below(path.parent)
    image = path / "loop" / "backing_file"
    if image.exists():
        return _below_image(image.read_text().rstrip("\n"), path.name)
    below = path / "slaves"
    slaves = list(below.iterdir()) if below.is_dir() else []
    own = MEMORY if RAM_DISK.fullmatch(path.name) else path.name
    return {disk for slave in slaves for disk in _disks_below(slave.resolve())} or {own}


def _below_image(image: str, name: str) -> set[str]:
    """Return the disk that an image file lies on; the loop's own name when the file is gone."""
    try:
        return {device_below(os.path.dirname(image))}  # noqa: PTH120 - it may hold any bytes
    except OSError:
        return {name}
