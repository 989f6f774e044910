"""What acts are called in the history."""

from safehouse.model.words import msgid
from safehouse.store.reading_history import Done

__all__ = ["BACK_WORDS", "DONE_WORDS", "words_of"]

DONE_WORDS = {
    "AddClip": msgid("clip added"),
    "MoveClip": msgid("clip found elsewhere"),
    "AnalyseClip": msgid("clip looked at"),
    "FailClip": msgid("clip could not be read"),
    "DescribePerson": msgid("person described"),
    "NamePerson": msgid("name sealed"),
    "SuggestPieces": msgid("people guessed"),
    "ConfirmPieces": msgid("appearances confirmed"),
    "MarkNotPerson": msgid("said to be no person"),
    "MergePeople": msgid("people merged"),
    "SplitPerson": msgid("person split"),
    "Undo": msgid("undone, or done again"),
    "ForgetFaces": msgid("faces forgotten"),
    "LockPicture": msgid("picture locked"),
    "Decide": msgid("question answered"),
    "DrawMask": msgid("place drawn"),
    "EraseMask": msgid("place taken away"),
    "ReplaceSpan": msgid("frames replaced"),
    "VoiceIs": msgid("voice named"),
    "Comment": msgid("comment written"),
    "NoteContent": msgid("content noted"),
    "HandOver": msgid("clip handed over"),
    "LookAtOriginal": msgid("original looked at"),
    "HearOriginal": msgid("original listened to"),
    "SignShot": msgid("shot signed"),
    "SetSetting": msgid("setting changed"),
    "RecordConsent": msgid("consent recorded"),
    "ChangeState": msgid("state of consent changed"),
    "AnswerLink": msgid("link answered"),
    "SecondWidening": msgid("widening seconded"),
    "ImportSlip": msgid("slip imported"),
    "AddVersion": msgid("version added"),
    "RecordRender": msgid("film rendered"),
    "RecordWatch": msgid("films watched"),
    "Deliver": msgid("version delivered"),
    "AddCopy": msgid("copy written down"),
    "AddScreening": msgid("screening written down"),
}
"""Kind of act → its name."""

BACK_WORDS = {
    "ConfirmPieces": msgid("appearances not confirmed any more"),
    "MarkNotPerson": msgid("said to be a person again"),
    "LockPicture": msgid("picture open again"),
    "ReplaceSpan": msgid("frames no longer replaced"),
    "VoiceIs": msgid("voice is nobody's"),
    "AddCopy": msgid("copy gone"),
}
"""Kind of act → its name where it takes back what the others of its kind say."""


def words_of(done: Done) -> str:
    """Return what was done, in words; the kind itself where there are none."""
    words = BACK_WORDS if done.back else DONE_WORDS
    return words.get(done.kind, done.kind)
