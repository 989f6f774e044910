-- The tables of a project. All of them are made from the acts, but for `face` (embeddings), which
-- analysis makes again from the clips.
CREATE TABLE act (
  n INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL,
  body BLOB NOT NULL, hash BLOB NOT NULL, inverse TEXT, undoes INTEGER,
  undone_by INTEGER
) STRICT;
CREATE INDEX act_to_undo ON act(n) WHERE inverse IS NOT NULL;
CREATE INDEX act_of_kind ON act(kind, n);
CREATE TABLE clip (
  id TEXT PRIMARY KEY, path TEXT NOT NULL, sha256 TEXT NOT NULL UNIQUE, size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL, origin TEXT NOT NULL, card TEXT NOT NULL DEFAULT '',
  sealed TEXT NOT NULL DEFAULT '', given_by TEXT NOT NULL DEFAULT '',
  findings_sha256 TEXT NOT NULL DEFAULT '', width INTEGER NOT NULL DEFAULT 0,
  height INTEGER NOT NULL DEFAULT 0, rotation INTEGER NOT NULL DEFAULT 0,
  frames INTEGER NOT NULL DEFAULT 0, rate TEXT NOT NULL DEFAULT '',
  seconds REAL NOT NULL DEFAULT 0, shots INTEGER NOT NULL DEFAULT 0,
  sound_tracks INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
  error_words TEXT NOT NULL DEFAULT '', handed_to TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE person (
  id TEXT PRIMARY KEY, role TEXT NOT NULL, hidden_from TEXT NOT NULL, risk TEXT NOT NULL,
  age TEXT NOT NULL, merged_into TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE name (
  person TEXT PRIMARY KEY REFERENCES person(id), sealed TEXT NOT NULL
) STRICT;
CREATE TABLE piece (
  id TEXT PRIMARY KEY, clip TEXT NOT NULL REFERENCES clip(id), track TEXT NOT NULL,
  first INTEGER NOT NULL, end INTEGER NOT NULL, why TEXT NOT NULL, best INTEGER NOT NULL,
  box TEXT NOT NULL, area_frac REAL NOT NULL,
  person TEXT REFERENCES person(id),
  suggested TEXT REFERENCES person(id), distance REAL,
  not_person INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX piece_of_clip ON piece(clip, first);
CREATE INDEX piece_of_person ON piece(person);
CREATE INDEX piece_of_guess ON piece(suggested);
CREATE TABLE face (
  piece TEXT NOT NULL, frame INTEGER NOT NULL, embedding BLOB NOT NULL, PRIMARY KEY (piece, frame)
) STRICT;
CREATE TABLE question (
  id TEXT PRIMARY KEY, clip TEXT NOT NULL REFERENCES clip(id), kind TEXT NOT NULL,
  first INTEGER NOT NULL, end INTEGER NOT NULL, track TEXT NOT NULL, score REAL NOT NULL,
  why TEXT NOT NULL, answer TEXT NOT NULL DEFAULT 'open', decided_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX question_open ON question(answer, score DESC, clip, first);
CREATE INDEX question_of_clip ON question(clip, first);
CREATE TABLE mask (
  clip TEXT NOT NULL REFERENCES clip(id), id TEXT NOT NULL, first INTEGER NOT NULL,
  end INTEGER NOT NULL, keys TEXT NOT NULL, kind TEXT NOT NULL, person TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (clip, id)
) STRICT;
CREATE TABLE span (
  clip TEXT NOT NULL REFERENCES clip(id), first INTEGER NOT NULL, end INTEGER NOT NULL,
  by TEXT NOT NULL, PRIMARY KEY (clip, first, end)
) STRICT;
CREATE TABLE voice (
  clip TEXT NOT NULL REFERENCES clip(id), stream INTEGER NOT NULL, first INTEGER NOT NULL,
  end INTEGER NOT NULL, person TEXT NOT NULL, PRIMARY KEY (clip, stream, first, end)
) STRICT;
CREATE TABLE comment (
  n INTEGER PRIMARY KEY, clip TEXT NOT NULL REFERENCES clip(id), frame INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE TABLE content_note (
  clip TEXT NOT NULL REFERENCES clip(id), first INTEGER NOT NULL, end INTEGER NOT NULL,
  text TEXT NOT NULL, PRIMARY KEY (clip, first, end)
) STRICT;
CREATE TABLE looked (
  n INTEGER PRIMARY KEY, clip TEXT NOT NULL REFERENCES clip(id), first INTEGER NOT NULL,
  end INTEGER NOT NULL
) STRICT;
CREATE TABLE signed (
  clip TEXT NOT NULL REFERENCES clip(id), first INTEGER NOT NULL, end INTEGER NOT NULL,
  by TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (clip, first, end)
) STRICT;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE record (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL REFERENCES person(id),
  body TEXT NOT NULL, by TEXT NOT NULL DEFAULT '', counts_from TEXT NOT NULL DEFAULT '',
  seconded_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX record_of_person ON record(person);
CREATE TABLE state_change (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL REFERENCES person(id),
  body TEXT NOT NULL, by TEXT NOT NULL DEFAULT '', counts_from TEXT NOT NULL DEFAULT '',
  seconded_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX state_of_person ON state_change(person);
CREATE TABLE link (
  person TEXT NOT NULL REFERENCES person(id), other TEXT NOT NULL REFERENCES person(id),
  answered TEXT NOT NULL, taken_back_by TEXT NOT NULL DEFAULT '', PRIMARY KEY (person, other)
) STRICT;
CREATE TABLE pending_description (
  person TEXT PRIMARY KEY REFERENCES person(id), body TEXT NOT NULL, by TEXT NOT NULL,
  day TEXT NOT NULL
) STRICT;
CREATE TABLE slip (sha256 TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE version (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE render (
  version TEXT NOT NULL REFERENCES version(id), clip TEXT NOT NULL REFERENCES clip(id),
  n INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (version, clip)
) STRICT;
CREATE TABLE watch (
  n INTEGER PRIMARY KEY, version TEXT NOT NULL REFERENCES version(id), who TEXT NOT NULL,
  at TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE TABLE delivery (
  n INTEGER PRIMARY KEY, version TEXT NOT NULL REFERENCES version(id), at TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE copy (
  id TEXT PRIMARY KEY, version TEXT NOT NULL REFERENCES version(id), place TEXT NOT NULL,
  holder TEXT NOT NULL, since TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE screening (
  n INTEGER PRIMARY KEY, version TEXT NOT NULL REFERENCES version(id), place TEXT NOT NULL,
  day TEXT NOT NULL
) STRICT;
