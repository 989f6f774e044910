"""The scripts that guard the project: what they refuse, they must see."""

import pytest
from loading import ROOT, load_script


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tests/clip.mp4", b""),
        ("docs/face.JPG", b""),
        ("docs/other.png", b""),
        ("notes.txt", b"x" * 200_001),
        ("key.txt", b"-----BEGIN OPENSSH " + b"PRIVATE KEY-----"),
        ("key.txt", b"AGE-SECRET-" + b"KEY-1QQQQ"),
        ("broken.toml", b"a = ["),
    ],
)
def test_files_that_do_not_belong_are_refused(name: str, content: bytes) -> None:
    assert load_script("files").faults_of(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("docs/demo.png", b""),
        ("testkit/tone.wav", b""),
        ("requirements.lock", b"x" * 300_000),
        ("good.toml", b"a = 1"),
        ("src/film.ts.py", b""),
    ],
)
def test_files_that_belong_are_kept(name: str, content: bytes) -> None:
    assert load_script("files").faults_of(name, content) == []


def test_the_lock_is_of_this_pyproject() -> None:
    script = load_script("lock")
    wanted = script.digest_of(ROOT / "pyproject.toml")
    assert script.faults_of(script.LOCK.read_text(), wanted) == []


@pytest.mark.parametrize(
    "lock",
    [
        "{stamp}other\na==1 \\\n    --hash=sha256:00\n",
        "{stamp}{wanted}\n--index-url https://example.invalid\na==1 \\\n    --hash=sha256:00\n",
        "{stamp}{wanted}\na==1\n",
        "{stamp}{wanted}\na>=1 \\\n    --hash=sha256:00\n",
    ],
    ids=["stale", "address", "no digest", "no version"],
)
def test_a_wrong_lock_is_seen(lock: str) -> None:
    script = load_script("lock")
    assert script.faults_of(lock.format(stamp=script.STAMP, wanted="w"), "w")


def test_every_package_of_pyproject_is_in_the_lock() -> None:
    import re
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(line for extra in extras for line in extra)]
    names = {re.split(r"[<>=~\[ ]", line)[0].replace("_", "-").lower() for line in asked}
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.M))
    assert names <= locked


def test_nothing_that_is_left_out_is_in_the_lock() -> None:
    import re
    import tomllib

    read = tomllib.loads((ROOT / "pyproject.toml").read_text())
    left_out = set(read["tool"]["uv"]["exclude-dependencies"])
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.M))
    assert "torch" in left_out
    assert "resemblyzer" in locked
    assert not left_out & locked
