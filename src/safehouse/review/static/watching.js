// Notes which films were played to their end, so that "every film" is no guess.
const films = [...document.querySelectorAll("[data-film]")];
const left = document.getElementById("left");

function covered(video) {
  let seconds = 0;
  for (let n = 0; n < video.played.length; n += 1) seconds += video.played.end(n) - video.played.start(n);
  return seconds / video.duration;
}

function tell() {
  const open = films.filter((film) => film.dataset.played !== "yes").map((film) => film.dataset.film);
  left.textContent = open.length && open.length < 12 ? `(${open.join(", ")})` : open.length ? `(${open.length})` : "✓";
}

for (const film of films) {
  const video = film.querySelector("video");
  film.addEventListener("toggle", () => { if (film.open) video.preload = "metadata"; });
  video.addEventListener("error", () => { film.querySelector("[data-cannot]").hidden = false; });
  video.addEventListener("ended", () => {
    if (covered(video) < 0.98) return;
    film.dataset.played = "yes";
    film.querySelector("[data-played]").hidden = false;
    tell();
  });
}
if (left && films.length) tell();
