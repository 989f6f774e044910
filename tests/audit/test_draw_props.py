"""Drawn pixels are those of the formula in whole numbers, and those that render draws."""

import numpy as np
from audit_cases import make_plan
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.audit.draw import hidden_bits, shape_bits
from safehouse.model.plan import Mask
from safehouse.model.shape import Ellipse, Key, Polygon, Shape
from safehouse.render.raster import mask_of

NUMBER = st.integers(-200, 900)
OVALS = st.builds(Ellipse, NUMBER, NUMBER, st.integers(1, 700), st.integers(1, 700))
POLYGONS = st.builds(
    Polygon, st.lists(st.tuples(NUMBER, NUMBER), min_size=3, max_size=7).map(tuple)
)


@settings(max_examples=60, deadline=None)
@given(OVALS)
def test_an_oval_is_its_formula(oval: Ellipse) -> None:
    box, bits = shape_bits(oval, 40, 30)
    full = np.zeros((30, 40), bool)
    full[box.y0 : box.y1, box.x0 : box.x1] = bits
    for y in range(30):
        for x in range(40):
            u, v = 16 * x + 8 - oval.cx, 16 * y + 8 - oval.cy
            inside = u * u * oval.ry**2 + v * v * oval.rx**2 <= (oval.rx * oval.ry) ** 2
            assert bool(full[y, x]) == inside


@settings(max_examples=60, deadline=None)
@given(OVALS | POLYGONS)
def test_two_independent_drawings_agree(shape: Shape) -> None:
    plan = make_plan(Mask("M0001", 0, 3, (Key(0, shape),)), width=48, height=40)
    assert (hidden_bits(plan, 1) == mask_of(plan, 1)).all()
