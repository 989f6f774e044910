"""Acts: everything that can happen in a project, one value a kind. The journal is a list of them.

An act is written, sealed, before it counts; the project's tables are what the acts, applied in
order, made. Acts hold ids and never a person's name, but for `NamePerson`, whose name is sealed
once more.
"""

from safehouse.model.act import Act
from safehouse.model.acts_clips import (
    AddClip,
    AnalyseClip,
    Custody,
    FailClip,
    MoveClip,
    Piece,
    Question,
)
from safehouse.model.acts_consent import (
    AnswerLink,
    ChangeState,
    ImportSlip,
    RecordConsent,
    SecondWidening,
)
from safehouse.model.acts_deciding import (
    Comment,
    Decide,
    DrawMask,
    EraseMask,
    HandOver,
    HearOriginal,
    LookAtOriginal,
    NoteContent,
    ReplaceSpan,
    SetSetting,
    SignShot,
    VoiceIs,
)
from safehouse.model.acts_people import (
    ConfirmPieces,
    DescribePerson,
    ForgetFaces,
    LockPicture,
    MarkNotPerson,
    MergePeople,
    NamePerson,
    SplitPerson,
    Suggestion,
    SuggestPieces,
    Undo,
)
from safehouse.model.acts_versions import (
    AddCopy,
    AddScreening,
    AddVersion,
    Deliver,
    RecordRender,
    RecordWatch,
)

__all__ = [
    "ACTS",
    "Act",
    "AddClip",
    "AddCopy",
    "AddScreening",
    "AddVersion",
    "AnalyseClip",
    "AnswerLink",
    "AnyAct",
    "ChangeState",
    "Comment",
    "ConfirmPieces",
    "Custody",
    "Decide",
    "Deliver",
    "DescribePerson",
    "DrawMask",
    "EraseMask",
    "FailClip",
    "ForgetFaces",
    "HandOver",
    "HearOriginal",
    "ImportSlip",
    "LockPicture",
    "LookAtOriginal",
    "MarkNotPerson",
    "MergePeople",
    "MoveClip",
    "NamePerson",
    "NoteContent",
    "Piece",
    "Question",
    "RecordConsent",
    "RecordRender",
    "RecordWatch",
    "ReplaceSpan",
    "SecondWidening",
    "SetSetting",
    "SignShot",
    "SplitPerson",
    "SuggestPieces",
    "Suggestion",
    "Undo",
    "VoiceIs",
]

AnyAct = (
    AddClip
    | MoveClip
    | AnalyseClip
    | FailClip
    | DescribePerson
    | NamePerson
    | SuggestPieces
    | ConfirmPieces
    | MarkNotPerson
    | MergePeople
    | SplitPerson
    | Undo
    | ForgetFaces
    | LockPicture
    | Decide
    | DrawMask
    | EraseMask
    | ReplaceSpan
    | VoiceIs
    | Comment
    | NoteContent
    | HandOver
    | LookAtOriginal
    | HearOriginal
    | SignShot
    | SetSetting
    | RecordConsent
    | ChangeState
    | AnswerLink
    | SecondWidening
    | ImportSlip
    | AddVersion
    | RecordRender
    | RecordWatch
    | Deliver
    | AddCopy
    | AddScreening
)
"""Every kind of act, for decoding."""

ACTS: tuple[type[Act], ...] = (
    AddClip,
    MoveClip,
    AnalyseClip,
    FailClip,
    DescribePerson,
    NamePerson,
    SuggestPieces,
    ConfirmPieces,
    MarkNotPerson,
    MergePeople,
    SplitPerson,
    Undo,
    ForgetFaces,
    LockPicture,
    Decide,
    DrawMask,
    EraseMask,
    ReplaceSpan,
    VoiceIs,
    Comment,
    NoteContent,
    HandOver,
    LookAtOriginal,
    HearOriginal,
    SignShot,
    SetSetting,
    RecordConsent,
    ChangeState,
    AnswerLink,
    SecondWidening,
    ImportSlip,
    AddVersion,
    RecordRender,
    RecordWatch,
    Deliver,
    AddCopy,
    AddScreening,
)
