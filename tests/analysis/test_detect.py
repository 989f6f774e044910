"""The detector gives the same whether its network was compiled ahead or when it was needed."""

import numpy as np
from skimage.data import astronaut

from safehouse.analysis.detect import FaceDetector, Look, faces_of

RULE = (np.eye(3, dtype=np.float32), np.zeros(3, dtype=np.float32))


def picture() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.ascontiguousarray(astronaut()[:224, 96:352].transpose(2, 0, 1))


def test_a_network_compiled_ahead_gives_the_same() -> None:
    found = []
    for ahead in (False, True):
        detector = FaceDetector("f32", RULE, threads=1)
        if ahead:
            detector.prepare((224, 256), (32, 32), (224, 256))
        found.append(detector.finish(detector.start(picture())))
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other)


def test_a_face_is_found_where_it_is() -> None:
    detector = FaceDetector("f32", RULE, threads=1)
    request = detector.start(picture())
    look = Look(request, (256, 224), 2.0, 2.0, left=100.0, top=50.0)
    best = faces_of(detector.finish(request), look, 0.3)[0]
    x, y = (best.face[0] + best.face[2]) / 2, (best.face[1] + best.face[3]) / 2
    assert abs(x - (2 * 128 + 100)) < 40
    assert abs(y - (2 * 105 + 50)) < 60
    assert best.score > 0.6
