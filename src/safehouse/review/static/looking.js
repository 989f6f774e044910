// The original, while a key is held or for a few seconds: small, grey where wished, recorded.

const SWITCH_MS = 5000;

export class Looking {
  constructor({ player, stills, deciding, telling, view, sign, settings }) {
    Object.assign(this, { player, stills, deciding, telling, view, sign, settings });
    this.looks = false;
  }

  async begin() {
    if (this.looks) return;
    this.looks = true;
    this.player.pause();
    document.documentElement.classList.add("uncovered");
    this.sign.hidden = false;
    const { grey, small } = this.settings();
    const body = { frame: this.player.frame, grey, size: small ? "small" : "view" };
    try {
      this.deciding.note(await this.stills.uncover(`${this.view.path}/original.json`, body));
    } catch (error) {
      this.end();
      this.telling.refuse(error);
    }
  }

  end() {
    clearTimeout(this.timer);
    if (!this.looks) return;
    this.looks = false;
    this.sign.hidden = true;
    document.documentElement.classList.remove("uncovered");
    this.stills.cover();
  }

  // For those who can't hold a key: shown for five seconds, then hidden by itself.
  async forAWhile() {
    if (this.looks) {
      this.end();
      return;
    }
    await this.begin();
    this.timer = setTimeout(() => this.end(), SWITCH_MS);
  }
}
