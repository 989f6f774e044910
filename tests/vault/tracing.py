"""What a program opened to write, out of what strace saw."""

from pathlib import Path


def strangers(trace: Path, allowed: list[Path]) -> list[str]:
    """Files that the program opened to write, outside its own places."""
    found = []
    for line in trace.read_text(errors="replace").splitlines():
        if '"' not in line or not any(flag in line for flag in ("O_WRONLY", "O_RDWR", "O_CREAT")):
            continue
        path = line.split('"')[1]
        ours = any(path.startswith(str(root)) for root in allowed)
        if not ours and not path.startswith(("/dev/", "/proc/")) and "= -1" not in line:
            found.append(path)
    return found
