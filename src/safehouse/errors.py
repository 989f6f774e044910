"""Every failure that a user can meet, one class and one stable id each.

```
SafehouseError
├── UsageError            E2    exit 2
├── SourceError                 exit 10-19
│   ├── SourceMissing     E10   nothing there, or it can't be opened
│   ├── SourceNotMedia    E11   not film or sound that can be decoded
│   ├── CaptionsUnreadable E11b not captions, or in an unknown encoding
│   ├── LanguageUnknown   E11c  captions in a language not said or not spoken
│   ├── SourceChanged     E12   not the file that was analysed
│   ├── SourceTwice       E12b  the same footage is in the project already
│   ├── SourceBroken      E13   a decode error too deep to hide
│   ├── CaptionsMistimed  E13b  captions with times that can't be
│   ├── SourceTooLarge    E14   over the limits on size or count
│   ├── SourceEncrypted   E15   encrypted media
│   ├── SourceNoVideo     E16   no picture where one is needed
│   ├── SourceEmpty       E17   zero bytes or zero frames
│   ├── SourceIsStill     E18   a still picture
│   └── SourceCrashed     E19   the decoder died or passed its limits
├── ConsentError                exit 20-29
│   ├── PersonUnknown     E20   nobody has this id in the register
│   ├── RecordRefused     E21   a record or use that can't be: dates, country, medium
│   ├── RegisterEdited    E22   the register was edited by hand
│   ├── NotSeconded       E23   a widening needs another person, and proof
│   ├── RecordUnknown     E23b  no record or change with this id
│   ├── MergeRefused      E24   a person merged into herself, or in a circle
│   ├── SlipUnreadable    E25   a slip is damaged, or for another key
│   ├── SlipKnown         E26   a slip was imported already
│   ├── ExchangeMalformed E27   not a consent record in JSON, or one beyond the profile
│   └── LinkRefused       E28   a link that can't be, or an answer that needs another person
├── PlanError                   exit 30-39
│   ├── PlanMalformed     E30   not a plan, or one that breaks the format's rules
│   ├── PlanMismatch      E31   a plan for another clip
│   ├── FindingsMalformed E32   not findings, or broken ones
│   └── NameInCaptions    E33   a caption holds a name of the list
├── RenderError                 exit 40-49
│   ├── OutputExists      E40   the output is there already
│   ├── OutputIsInput     E41   the output would overwrite a source
│   ├── OutputUnwritable  E42   the folder can't be written
│   ├── DiskFull          E43   no space left
│   ├── FormatRefused     E44   this pixel format can't go into this codec
│   ├── FormatUnsupported E44b  the container or codec can't hold what the source has
│   ├── EnvironmentLacks  E45   a model or library is missing or damaged
│   ├── CpuMismatch       E46   the plan was begun on another CPU level
│   └── SpeechFailed      E47   the program that speaks failed or took too long
├── AuditError                  exit 50-59
│   ├── LeakFound         E50   an attack succeeded; the film is held
│   ├── AuditBroken       E51   an attack could not be run; the film is held
│   ├── ReportMalformed   E52   not a report, or one that breaks the schema
│   ├── ReportEdited      E53   a report or its page is not as safehouse wrote it
│   ├── ReportMismatch    E54   a report, page or answer of another film
│   └── SignatureRefused  E55   a signature can't be made, or does not hold
├── VaultError                  exit 60-69
│   ├── VaultMissing      E60   no vault is there, or set up
│   ├── NotCopied         E61   something on the card is not in every vault
│   ├── OneDevice         E62   two vaults lie on one device
│   ├── VaultDamaged      E63   something in a vault is missing or changed
│   ├── KeyWordsRefused   E64   key words misspelled, too few, or mixed
│   ├── WrongKey          E65   a key that does not open this vault
│   ├── VaultUnwritable   E66   a vault's disk is full, gone, or can't be written
│   ├── VaultBusy         E67   another program writes to the vault
│   ├── CardUnreadable    E68   no card is there, or it can't be read
│   ├── CardDoubtful      E68b  a recording is black, silent, clipped or unreadable
│   └── NotWiped          E69   something could not be overwritten whole
├── DeliveryError               exit 70-79
│   ├── NotRendered       E70   a clip of the version was not rendered yet
│   ├── RenderStale       E71   something that a film was made from changed since
│   ├── RenderWrong       E72   a film shows what is no longer permitted
│   ├── FilmHeld          E73   the audit holds a film of the version
│   ├── FilmChanged       E74   a film is missing, or not the one that was audited
│   ├── QuestionsOpen     E75   a human has not decided everything yet
│   ├── NotWatched        E76   no human watched exactly these films
│   ├── SomebodyRecognised E77  somebody was recognised by a person who knows them
│   ├── VersionUnknown    E78   there is no version of this name
│   └── VersionEmpty      E79   the version has no clip
└── ProjectError                exit 80-89
    ├── ProjectMissing    E80   no project is there
    ├── ProjectExists     E80b  a project, or something else, is there already
    ├── ProjectBusy       E81   another safehouse has the project open
    ├── ProjectKeyRefused E82   a passphrase or key that does not open the project
    ├── ProjectDamaged    E83   something in the project's folder is missing or changed
    ├── ProjectNewer      E84   a newer safehouse wrote to the project
    ├── ProjectUnwritable E85   the disk is full, gone, or can't be written
    ├── StaleWindow       E86   something else was decided since this page was shown
    ├── ActRefused        E87   what was asked for does not fit what is in the project
    ├── NotUndoable       E87b  nothing to undo or redo, or it would undo a later change too
    ├── SealedMissing     E88   a sealed file is not there
    └── HistoryEdited     E89   the history is not the one whose words are on paper
```

The base and the vault's own are `safehouse_offload.errors`, the package that goes into the field;
those of work on one clip are `safehouse.clip_errors`, consent's
`safehouse.consent_errors`, a film project's `safehouse.project_errors`.
"""

from safehouse_offload.errors import (
    CardDoubtful,
    CardUnreadable,
    KeyWordsRefused,
    NotCopied,
    NotWiped,
    OneDevice,
    SafehouseError,
    UsageError,
    VaultBusy,
    VaultDamaged,
    VaultError,
    VaultMissing,
    VaultUnwritable,
    WrongKey,
)

from safehouse.clip_errors import (
    AuditBroken,
    AuditError,
    CaptionsMistimed,
    CaptionsUnreadable,
    CpuMismatch,
    DiskFull,
    EnvironmentLacks,
    FindingsMalformed,
    FormatRefused,
    FormatUnsupported,
    LanguageUnknown,
    LeakFound,
    NameInCaptions,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
    PlanError,
    PlanMalformed,
    PlanMismatch,
    RenderError,
    ReportEdited,
    ReportMalformed,
    ReportMismatch,
    SignatureRefused,
    SourceBroken,
    SourceChanged,
    SourceCrashed,
    SourceEmpty,
    SourceEncrypted,
    SourceError,
    SourceIsStill,
    SourceMissing,
    SourceNotMedia,
    SourceNoVideo,
    SourceTooLarge,
    SourceTwice,
    SpeechFailed,
)
from safehouse.consent_errors import (
    ConsentError,
    ExchangeMalformed,
    LinkRefused,
    MergeRefused,
    NotSeconded,
    PersonUnknown,
    RecordRefused,
    RecordUnknown,
    RegisterEdited,
    SlipKnown,
    SlipUnreadable,
)
from safehouse.project_errors import (
    DeliveryError,
    FilmChanged,
    FilmHeld,
    NotRendered,
    NotWatched,
    QuestionsOpen,
    RenderStale,
    RenderWrong,
    SomebodyRecognised,
    VersionEmpty,
    VersionUnknown,
)
from safehouse.store_errors import (
    ActRefused,
    HistoryEdited,
    NotUndoable,
    ProjectBusy,
    ProjectDamaged,
    ProjectError,
    ProjectExists,
    ProjectKeyRefused,
    ProjectMissing,
    ProjectNewer,
    ProjectUnwritable,
    SealedMissing,
    StaleWindow,
)

__all__ = [
    "ActRefused",
    "AuditBroken",
    "AuditError",
    "CaptionsMistimed",
    "CaptionsUnreadable",
    "CardDoubtful",
    "CardUnreadable",
    "ConsentError",
    "CpuMismatch",
    "DeliveryError",
    "DiskFull",
    "EnvironmentLacks",
    "ExchangeMalformed",
    "FilmChanged",
    "FilmHeld",
    "FindingsMalformed",
    "FormatRefused",
    "FormatUnsupported",
    "HistoryEdited",
    "KeyWordsRefused",
    "LanguageUnknown",
    "LeakFound",
    "LinkRefused",
    "MergeRefused",
    "NameInCaptions",
    "NotCopied",
    "NotRendered",
    "NotSeconded",
    "NotUndoable",
    "NotWatched",
    "NotWiped",
    "OneDevice",
    "OutputExists",
    "OutputIsInput",
    "OutputUnwritable",
    "PersonUnknown",
    "PlanError",
    "PlanMalformed",
    "PlanMismatch",
    "ProjectBusy",
    "ProjectDamaged",
    "ProjectError",
    "ProjectExists",
    "ProjectKeyRefused",
    "ProjectMissing",
    "ProjectNewer",
    "ProjectUnwritable",
    "QuestionsOpen",
    "RecordRefused",
    "RecordUnknown",
    "RegisterEdited",
    "RenderError",
    "RenderStale",
    "RenderWrong",
    "ReportEdited",
    "ReportMalformed",
    "ReportMismatch",
    "SafehouseError",
    "SealedMissing",
    "SignatureRefused",
    "SlipKnown",
    "SlipUnreadable",
    "SomebodyRecognised",
    "SourceBroken",
    "SourceChanged",
    "SourceCrashed",
    "SourceEmpty",
    "SourceEncrypted",
    "SourceError",
    "SourceIsStill",
    "SourceMissing",
    "SourceNoVideo",
    "SourceNotMedia",
    "SourceTooLarge",
    "SourceTwice",
    "SpeechFailed",
    "StaleWindow",
    "UsageError",
    "VaultBusy",
    "VaultDamaged",
    "VaultError",
    "VaultMissing",
    "VaultUnwritable",
    "VersionEmpty",
    "VersionUnknown",
    "WrongKey",
    "error_classes",
]


def error_classes() -> tuple[type[SafehouseError], ...]:
    """Return every class that a user can meet, in the order of their ids."""
    found: list[type[SafehouseError]] = []
    queue: list[type[SafehouseError]] = [SafehouseError]
    while queue:
        kind = queue.pop(0)
        queue.extend(kind.__subclasses__())
        if "id" in vars(kind):
            found.append(kind)
    return tuple(sorted(found, key=lambda kind: (kind.exit_code, kind.id)))
