// Plays, shuttles and steps. The frame's number is what counts; seconds are for the video alone.

const SPEEDS = [1, 2, 4, 8];

export class Player extends EventTarget {
  // video: the element of the protected proxy, or null: then stills are shown one by one.
  constructor(times, stills, video) {
    super();
    this.times = times;
    this.stills = stills;
    this.video = video;
    this.frame = 0;
    this.way = 0;
    this.speed = 0;
    this.mark = { in: null, out: null };
    if (video) this.#follow();
  }

  get playing() {
    return this.way !== 0;
  }

  // Go to a frame and show it exactly.
  go(frame) {
    this.pause();
    this.#set(this.times.clamp(frame));
    if (this.video) this.video.currentTime = this.times.middle(this.frame);
    return this.stills.want(this.frame);
  }

  step(count) {
    return this.go(this.frame + count);
  }

  pause() {
    if (!this.playing) return;
    this.way = 0;
    this.video?.pause();
    this.stills.canvas.classList.remove("under");
    this.#tell("state");
    this.go(this.frame);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play(1, 0);
  }

  // J and L: in the same way again is faster, the other way begins anew.
  shuttle(way) {
    const faster = this.way === way ? Math.min(this.speed + 1, SPEEDS.length - 1) : 0;
    this.play(way, faster);
  }

  play(way, speed) {
    if (way > 0 && this.frame >= this.times.frames - 1) this.#set(0);
    this.way = way;
    this.speed = speed;
    this.began = { at: performance.now(), seconds: this.times.seconds(this.frame) };
    if (this.video && way > 0) {
      this.video.currentTime = this.times.middle(this.frame);
      this.video.playbackRate = SPEEDS[speed];
      this.video.muted = true;
      this.stills.canvas.classList.add("under");
      this.video.play().catch(() => this.pause());
    } else {
      this.video?.pause();
      this.stills.canvas.classList.remove("under");
      this.#tick(this.began);
    }
    this.#tell("state");
  }

  rate() {
    return this.way * SPEEDS[this.speed];
  }

  // By the clock, backwards or without a video: each frame is shown when its picture is there.
  #tick(run) {
    if (!this.playing || this.began !== run) return;
    const passed = (performance.now() - run.at) / 1000;
    const frame = this.times.frameAt(run.seconds + passed * this.rate());
    const before = this.frame;
    if (frame !== before) this.#set(frame);
    const shown = this.stills.want(frame);
    const over = this.way > 0 ? frame >= this.times.frames - 1 : frame <= 0;
    if (over) {
      this.pause();
      return;
    }
    shown.then(() => requestAnimationFrame(() => this.#tick(run)));
  }

  // With a video: its own frame times say which frame is on screen.
  #follow() {
    const seen = (_, facts) => {
      if (this.playing && this.way > 0) this.#set(this.times.nearest(facts.mediaTime));
      this.video.requestVideoFrameCallback(seen);
    };
    this.video.requestVideoFrameCallback(seen);
    this.video.addEventListener("ended", () => {
      this.#set(this.times.frames - 1);
      this.pause();
    });
  }

  #set(frame) {
    if (frame === this.frame) return;
    this.frame = frame;
    this.#tell("frame");
  }

  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}
