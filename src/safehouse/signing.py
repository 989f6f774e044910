"""Signs a report, and looks at a signature, with `ssh-keygen` and a key that the user holds.

The signature is a file of OpenSSH's own kind (PROTOCOL.sshsig), over `report.signed.json`, so that
anybody can check it without safehouse. Keys may be of any kind that ssh knows, with a passphrase,
in an agent or on a token: safehouse never reads one. docs/decisions/0018-signed-by-ssh-keys.md.
"""

import re
import tempfile
from pathlib import Path

from safehouse.errors import SignatureRefused
from safehouse.media.program import answer_of, find_program

__all__ = ["NAMESPACE", "check_signature", "sign_text"]

NAMESPACE = "safehouse-report"
"""What signatures are for; one that was made for anything else does not count."""

PROGRAM = "ssh-keygen"
INSTALL = "install OpenSSH's client (Debian: openssh-client), 8.1 or later"
AGENT = ("SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY", "WAYLAND_DISPLAY")
"""What ssh-keygen needs to reach an agent, or to ask for a passphrase."""

PATIENCE_S = 300.0
"""How long a person may take to type a passphrase, or to touch a token."""

PUBLIC_KEY = re.compile(r"^[a-z0-9@.-]+ [A-Za-z0-9+/]+=*(?: .*)?$")
FINGERPRINT = re.compile(r"key (SHA256:[A-Za-z0-9+/]+)")


def sign_text(text: bytes, key: Path) -> bytes:
    """Return the signature of a text, by a private key, or a public one whose agent is running.

    Raises:
        EnvironmentLacks: ssh-keygen is not installed.
        SignatureRefused: the key can't sign; ssh-keygen's own words say why.
    """
    program = find_program(PROGRAM, INSTALL)
    with tempfile.TemporaryDirectory() as folder:
        paper = Path(folder) / "report"
        paper.write_bytes(text)
        wanted = ["-Y", "sign", "-f", str(key), "-n", NAMESPACE, str(paper)]
        code, said = answer_of(program, wanted, keep=AGENT, timeout_s=PATIENCE_S)
        made = paper.with_name("report.sig")
        if code or not made.exists():
            raise SignatureRefused(
                f"the key did not sign: {_last_line(said, paper)}",
                next_step="give an SSH key's file: ssh-keygen -t ed25519 -f KEY makes one",
            )
        return made.read_bytes()


def check_signature(text: bytes, signature: bytes, signers: Path | None) -> str:
    """Return the fingerprint of the key whose signature of a text this is.

    Args:
        text: what was signed.
        signature: the signature's file.
        signers: public keys that are trusted, one a line; None takes any key.

    Raises:
        EnvironmentLacks: ssh-keygen is not installed.
        SignatureRefused: it is no signature of this text, or by none of these keys.
    """
    program = find_program(PROGRAM, INSTALL)
    with tempfile.TemporaryDirectory() as folder:
        paper, allowed = Path(folder) / "report.sig", Path(folder) / "allowed"
        paper.write_bytes(signature)
        wanted = ["-Y", "check-novalidate"]
        if signers is not None:
            allowed.write_text(_allowed(signers))
            wanted = ["-Y", "verify", "-f", str(allowed), "-I", NAMESPACE]
        wanted += ["-n", NAMESPACE, "-s", str(paper)]
        code, said = answer_of(program, wanted, text)
    found = FINGERPRINT.search(said)
    if code or found is None:
        other = "" if signers is None else ", or by none of the keys in --signer"
        raise SignatureRefused(
            f"the signature is not of this report{other}",
            next_step="ask the person who signed for the report and the public key again",
        )
    return found[1]


def _allowed(signers: Path) -> str:
    """Return what ssh-keygen reads as the list of those who may sign.

    Raises:
        SignatureRefused: the file holds anything but public keys.
    """
    try:
        lines = [line.strip() for line in signers.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError):
        lines = []
    if not lines or not all(PUBLIC_KEY.match(line) for line in lines):
        raise SignatureRefused(
            "--signer is no file of public keys",
            next_step="give the signer's .pub file; it begins with ssh-ed25519",
        )
    keys = (" ".join(line.split()[:2]) for line in lines)
    return "".join(f'{NAMESPACE} namespaces="{NAMESPACE}" {key}\n' for key in keys)


def _last_line(said: str, paper: Path) -> str:
    """Return the last line that a program wrote, without the place of our own file."""
    lines = [line for line in said.splitlines() if line.strip() and str(paper) not in line]
    shown = lines[-1] if lines else "no reason was given"
    return re.sub(r"[^\x20-\x7e]", "?", shown)[:200]
