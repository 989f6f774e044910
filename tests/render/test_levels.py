"""The same samples on every CPU level: with NumPy's faster code paths switched off one by one."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LEVELS = ("", "X86_V4", "X86_V3 X86_V4 AVX512_ICL AVX512_SPR")
PROGRAM = """
import hashlib
from scenes import LAYOUTS, mask_at, noise_frame, plan_for
from safehouse.model.shape import Ellipse
from safehouse.render.protect import protect
digest = hashlib.sha256()
for seed, layout in enumerate(LAYOUTS):
    size = (301, 243)
    large = mask_at(Ellipse(16 * 150, 16 * 120, 16 * 70, 16 * 90))
    small = mask_at(Ellipse(16 * 30, 16 * 30, 16 * 20, 16 * 25), "M0001")
    frame = noise_frame(layout, size, seed)
    for plane in protect(frame, plan_for(size, [large, small])).planes:
        digest.update(plane.tobytes())
print(digest.hexdigest())
"""


def test_the_veil_is_the_same_with_and_without_the_cpus_wide_registers() -> None:
    digests = set()
    for level in LEVELS:
        environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": level, "PYTHONPATH": str(HERE)}
        command = [sys.executable, "-c", PROGRAM]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        digests.add(done.stdout)
    assert len(digests) == 1
