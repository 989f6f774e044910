// Frame numbers and times, exactly: the clip's own pts in whole units of its time base.

export class Times {
  // runs: [[first, step, count], …]; timebase: [numerator, denominator] seconds a unit.
  constructor({ runs, timebase, last_duration: last, frames, rate }) {
    this.runs = runs;
    [this.num, this.den] = timebase;
    this.frames = frames;
    this.last = last;
    this.rate = rate[0] / rate[1];
    this.starts = [];
    let before = 0;
    for (const [, , count] of runs) {
      this.starts.push(before);
      before += count;
    }
  }

  // The frame's time in units; frame `frames` is the end of the clip.
  pts(frame) {
    if (frame >= this.frames) return this.pts(this.frames - 1) + Math.max(1, this.last);
    let row = this.starts.length - 1;
    while (row > 0 && this.starts[row] > frame) row -= 1;
    const [first, step] = this.runs[row];
    return first + step * (frame - this.starts[row]);
  }

  // Seconds, for a player alone: the middle of the frame, so that rounding never hits a neighbour.
  middle(frame) {
    return ((this.pts(frame) + this.pts(frame + 1)) / 2) * this.num / this.den;
  }

  seconds(frame) {
    return (this.pts(frame) * this.num) / this.den;
  }

  // The frame that is on screen at a time in seconds.
  frameAt(seconds) {
    const units = (seconds * this.den) / this.num + 1e-6;
    let low = 0;
    let high = this.frames - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.pts(middle) <= units) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // The frame whose time is nearest: what a player reports is rounded to microseconds.
  nearest(seconds) {
    const at = this.frameAt(seconds);
    if (at + 1 >= this.frames) return at;
    const units = (seconds * this.den) / this.num;
    return units - this.pts(at) > this.pts(at + 1) - units ? at + 1 : at;
  }

  clamp(frame) {
    return Math.min(Math.max(0, frame), this.frames - 1);
  }

  // One second on or back from a frame: never less than one frame.
  second(frame, way) {
    const at = this.frameAt(this.seconds(frame) + way);
    return this.clamp(at === frame ? frame + way : at);
  }

  // 00:04:03:11, hours to frames of the second, as editors read it.
  code(frame) {
    const ms = Math.floor((this.pts(frame) * this.num * 1000) / this.den);
    const whole = Math.floor(ms / 1000);
    const begin = this.frameAt(whole);
    const first = this.seconds(begin) >= whole ? begin : begin + 1;
    const two = (n) => String(n).padStart(2, "0");
    return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60, frame - first]
      .map((n) => two(Math.max(0, n)))
      .join(":");
  }
}
