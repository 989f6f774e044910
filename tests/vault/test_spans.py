"""Takes in pieces of 4 GB: named as one, and what is missing is said."""

import json
from pathlib import Path

import pytest
from journey import Journey
from recordings import record
from safehouse_offload.card import CardFile, look
from safehouse_offload.disk import Disk
from safehouse_offload.spans import Take, find_takes

FULL = 4_200_000_000
GIB4 = 1 << 32


def takes(**files: int) -> list[Take]:
    """The takes among files of one folder, by name with `_dot_` for a dot."""
    return find_takes(
        CardFile(f"D/{name.replace('_dot_', '.')}", size, 1) for name, size in files.items()
    )


def test_sparse_files_as_recorders_leave_them_are_one_take(tmp_path: Path) -> None:
    sizes = {
        "PRIVATE/AVCHD/BDMV/STREAM/00000.MTS": GIB4 - 6144,
        "PRIVATE/AVCHD/BDMV/STREAM/00001.MTS": GIB4 - 6144,
        "PRIVATE/AVCHD/BDMV/STREAM/00002.MTS": 1_000,
        "PRIVATE/AVCHD/BDMV/STREAM/00003.MTS": 2_000,
        "DCIM/100CANON/MVI_0099.MP4": FULL,
        "DCIM/100CANON/MVI_0100.MP4": FULL,
        "DCIM/100PANA/P1000123.MP4": FULL,
        "DCIM/100PANA/P1000124.MP4": 5,
        "DCIM/DJI/DJI_0001.MP4": 3_760_000_000,
        "DCIM/DJI/DJI_0002.MP4": 7,
        "XDROOT/C0001.MXF": GIB4 + 1,
        "XDROOT/C0002.MXF": 5,
    }
    for path, size in sizes.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        with (tmp_path / path).open("wb") as file:
            file.truncate(size)
    found = find_takes(look(Disk(), str(tmp_path)).files)
    assert [[path.rpartition("/")[2] for path in take.paths] for take in found] == [
        ["MVI_0099.MP4", "MVI_0100.MP4"],
        ["P1000123.MP4", "P1000124.MP4"],
        ["DJI_0001.MP4", "DJI_0002.MP4"],
        ["00000.MTS", "00001.MTS", "00002.MTS"],
    ]
    assert {take.missing for take in found} == {()}


def test_numbered_parts_are_one_take_whatever_their_length() -> None:
    assert takes(GX010123_dot_MP4=9, GX020123_dot_MP4=9, GX010124_dot_MP4=9) == [
        Take(("D/GX010123.MP4", "D/GX020123.MP4"))
    ]
    assert takes(GOPR0007_dot_MP4=9, GP010007_dot_MP4=9, GOPR0008_dot_MP4=9) == [
        Take(("D/GOPR0007.MP4", "D/GP010007.MP4"))
    ]
    assert takes(GX010123_dot_MP4=9, GX010123_dot_LRV=9, GX010123_dot_THM=9) == []


def test_a_missing_part_is_said() -> None:
    assert takes(GX010123_dot_MP4=9, GX030123_dot_MP4=9) == [
        Take(("D/GX010123.MP4", "D/GX030123.MP4"), ("D/GX020123.MP4",))
    ]
    assert takes(GH020123_dot_MP4=9) == [Take(("D/GH020123.MP4",), ("D/GH010123.MP4",))]
    assert takes(GP010007_dot_MP4=9) == [Take(("D/GP010007.MP4",), ("D/GOPR0007.MP4",))]
    assert takes(a001_dot_MTS=FULL, a003_dot_MTS=9) == [Take(("D/a001.MTS",), ("D/a002.MTS",))]
    assert takes(a009_dot_MTS=FULL, a011_dot_MTS=9) == [Take(("D/a009.MTS",), ("D/a010.MTS",))]


@pytest.mark.parametrize("size", [0, 100, 3_900_000_000, GIB4, 9 << 30])
def test_takes_that_only_follow_each_other_are_not_one(size: int) -> None:
    assert takes(C0001_dot_MP4=size, C0002_dot_MP4=5) == []


def test_the_last_part_alone_says_nothing() -> None:
    assert takes(C0001_dot_MP4=5, C0002_dot_MP4=FULL) == []


def test_the_commands_and_the_manifest_name_them(journey: Journey) -> None:
    for number in (1, 2):
        record(journey.card / f"GX0{number}0123.MP4", 1)
    one = "one take in 2 files: GX010123.MP4 + GX020123.MP4"
    assert journey.do("card", "check", journey.card, "--workers", 1) == 0
    assert one in journey.out
    assert journey.offload() == 0
    assert one in journey.out
    assert journey.do("vault", "list", "--names", "--words", journey.root / "words") == 0
    assert one in journey.out
    opened = journey.open()
    said = json.loads((opened / "card-0001.manifest.json").read_text())
    assert said["takes"] == [{"paths": ["GX010123.MP4", "GX020123.MP4"], "missing": []}]


def test_a_missing_part_is_exit_code_68_and_all_else_is_copied(journey: Journey) -> None:
    record(journey.card / "GX020123.MP4", 1)
    missing = "MISSING: GX010123.MP4, a part of the take of GX020123.MP4"
    assert journey.do("card", "check", journey.card, "--workers", 1) == 68
    assert missing in journey.out
    assert journey.offload() == 68
    assert missing in journey.out
    assert "all that is on the card is copied and verified" in journey.err
    assert journey.out.strip().splitlines()[-1].startswith("Copies verified: ")
    assert (journey.open() / "card-0001" / "GX020123.MP4").exists()
