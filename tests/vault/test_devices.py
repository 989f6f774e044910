"""Which device lies below a folder: one disk is never two, and memory is none."""

import os
from pathlib import Path

import pytest
import safehouse_offload.devices as door
from journey import Journey
from safehouse_offload.devices import MEMORY, device_below, device_of
from safehouse_offload.errors import OneDevice
from safehouse_offload.field import place_words
from safehouse_offload.offload import require_enough

SHM = Path("/dev/shm")  # noqa: S108 - it is that place which is looked at
MOUNTS = """\
27 1 254:0 / / rw - ext4 /dev/root rw
28 27 0:41 /home /home rw shared:1 - btrfs /dev/nvme0n1p3 rw,subvol=/home
29 27 0:42 / /mnt/a\\040b rw - tmpfs tmpfs rw
30 27 0:43 / /nas/one rw - nfs4 store:/one rw
31 27 0:44 / /nas/two rw - cifs //store/two rw
32 27 0:45 / /tank/x rw - zfs tank/x rw
33 27 0:46 / /odd rw - fuse.odd odd rw
"""


def test_parts_of_one_disk_are_one_device() -> None:
    """Every partition of this machine is named for its disk."""
    for part in Path("/sys/class/block").glob("*/partition"):
        major, minor = map(int, (part.parent / "dev").read_text().split(":"))
        whole = part.parent.resolve().parent
        major0, minor0 = map(int, (whole / "dev").read_text().split(":"))
        assert device_of(os.makedev(major, minor)) == device_of(os.makedev(major0, minor0))


@pytest.mark.parametrize(
    ("folder", "device"),
    [
        ("/mnt/a b/vault", MEMORY),
        ("/mnt/a", None),
        ("/nas/one/v", "server store"),
        ("/nas/two/v", "server store"),
        ("/tank/x/v", "pool tank"),
        ("/odd/v", None),
    ],
)
def test_a_file_system_without_a_device_is_named_by_its_mount(
    folder: str, device: str | None
) -> None:
    assert door._mounted(MOUNTS, folder) == device


def test_the_volumes_of_one_btrfs_are_one_device(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def of_source(kind: str, source: str) -> str:
        asked.append((kind, source))
        return source

    monkeypatch.setattr(door, "_of_source", of_source)
    assert door._mounted(MOUNTS, "/home/me") == "/dev/nvme0n1p3"
    assert asked == [("btrfs", "/dev/nvme0n1p3")]


def test_an_image_file_is_the_disk_that_it_lies_on(tmp_path: Path) -> None:
    """Two images on one disk are one device; a disk of memory is none."""
    block, image = tmp_path / "loop7", tmp_path / "image"
    (block / "loop").mkdir(parents=True)
    (block / "loop" / "backing_file").write_text(f"{image}\n")
    assert door._disks_below(block) == {device_below(str(tmp_path))}
    (block / "loop" / "backing_file").write_text("/gone (deleted)/image\n")
    assert door._disks_below(block) == {"loop7"}
    (tmp_path / "zram0").mkdir()
    assert door._disks_below(tmp_path / "zram0") == {MEMORY}
    (tmp_path / "sda").mkdir()
    assert door._disks_below(tmp_path / "sda") == {"sda"}


@pytest.mark.parametrize(
    ("devices", "card", "words"),
    [
        ({"sda", MEMORY}, "sdc", "memory"),
        ({MEMORY}, "sdc", "memory"),
        ({"sda"}, "sdc", "all copies"),
        ({"sda", "sdb"}, "sda", "the card and a vault"),
    ],
)
def test_copies_that_could_go_together_are_refused(
    devices: set[str], card: str, words: str
) -> None:
    require_enough(frozenset({"sda", "sdb"}), 2, "sdc", same_device=False)
    with pytest.raises(OneDevice, match=words):
        require_enough(frozenset(devices), 2, card, same_device=False)
    require_enough(frozenset(devices), 2, card, same_device=True)


def test_the_last_line_counts_no_memory() -> None:
    assert place_words(frozenset({"sda", "sdb"}), proven=True) == "two devices"
    said = place_words(frozenset({"sda", MEMORY}), proven=True)
    assert said == "ONE device; what lies in memory is gone when the power is"
    assert place_words(frozenset({MEMORY}), proven=True).startswith("NO device; ")


@pytest.mark.skipif(not os.access(SHM, os.W_OK), reason="no file system in memory here")
def test_a_vault_in_memory_is_no_second_device(journey: Journey) -> None:
    assert device_below(str(SHM)) == MEMORY
    folders = [journey.root / "C", SHM / f"vault-of-a-test-{os.getpid()}"]
    assert journey.do("vault", "init", *folders, "--to", journey.root / "key.pub") == 62
    assert "gone when the power is" in journey.err
    assert not folders[0].exists()
    assert not folders[1].exists()
