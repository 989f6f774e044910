// Shapes over time, by the rules of the plan format: whole numbers in 1/16 px of the coded frame.

export const SUBPIXEL = 16;

const lineDown = (a, b, t, span) => Math.floor((a * (span - t) + b * t) / span);

function between(a, b, t, span) {
  if (a.kind === "ellipse" && b.kind === "ellipse") {
    return {
      kind: "ellipse",
      cx: lineDown(a.cx, b.cx, t, span),
      cy: lineDown(a.cy, b.cy, t, span),
      rx: -lineDown(-a.rx, -b.rx, t, span),
      ry: -lineDown(-a.ry, -b.ry, t, span),
    };
  }
  if (a.kind === "polygon" && b.kind === "polygon" && a.points.length === b.points.length) {
    const points = a.points.map(([x, y], n) => [
      lineDown(x, b.points[n][0], t, span),
      lineDown(y, b.points[n][1], t, span),
    ]);
    return { kind: "polygon", points };
  }
  return a;
}

// The shape at a frame: straight lines between keys, the outer keys hold.
export function shapeAt(keys, frame) {
  let at = keys.findIndex((key) => key.frame > frame);
  if (at === 0) return keys[0].shape;
  if (at < 0) at = keys.length;
  const before = keys[at - 1];
  if (at === keys.length || before.frame === frame) return before.shape;
  const after = keys[at];
  return between(before.shape, after.shape, frame - before.frame, after.frame - before.frame);
}

// The box [x0, y0, x1, y1] in px around a shape; size is that of the coded frame.
export function boundsOf(shape, size) {
  if (shape.kind === "ellipse") {
    const { cx, cy, rx, ry } = shape;
    return [cx - rx, cy - ry, cx + rx, cy + ry].map((n) => n / SUBPIXEL);
  }
  if (shape.kind === "polygon") {
    const xs = shape.points.map((point) => point[0] / SUBPIXEL);
    const ys = shape.points.map((point) => point[1] / SUBPIXEL);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }
  return [0, 0, size[0], size[1]];
}

// A shape of a kind that fills a box of px.
export function shapeOf(kind, [x0, y0, x1, y1]) {
  const units = (px) => Math.round(px * SUBPIXEL);
  if (kind === "ellipse") {
    return {
      kind,
      cx: units((x0 + x1) / 2),
      cy: units((y0 + y1) / 2),
      rx: Math.max(SUBPIXEL, units((x1 - x0) / 2)),
      ry: Math.max(SUBPIXEL, units((y1 - y0) / 2)),
    };
  }
  const corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
  return { kind: "polygon", points: corners.map(([x, y]) => [units(x), units(y)]) };
}

// The keys with the shape kept at a frame.
export function withKey(keys, frame, shape) {
  const others = keys.filter((key) => key.frame !== frame);
  return [...others, { frame, shape }].sort((a, b) => a.frame - b.frame);
}

// From coded px to the picture on screen: size of that picture, and functions both ways.
export function placing({ width, height, rotation, hflip, vflip, aspect }) {
  const wide = aspect[0] / aspect[1];
  const turns = ((rotation % 360) + 360) % 360;
  const size = turns % 180 ? [height, width * wide] : [width * wide, height];
  const flip = ([x, y]) => [hflip ? width - x : x, vflip ? height - y : y];
  const turn = ([x, y]) => {
    if (turns === 90) return [y, (width - x) * wide];
    if (turns === 180) return [(width - x) * wide, height - y];
    if (turns === 270) return [height - y, x * wide];
    return [x * wide, y];
  };
  const back = ([x, y]) => {
    if (turns === 90) return [width - y / wide, x];
    if (turns === 180) return [width - x / wide, height - y];
    if (turns === 270) return [y / wide, height - x];
    return [x / wide, y];
  };
  return { size, show: (point) => turn(flip(point)), coded: (point) => flip(back(point)) };
}
