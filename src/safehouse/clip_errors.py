"""The failures of work on one clip, by stage; `safehouse.errors` draws the whole tree."""

from safehouse_offload.errors import SafehouseError

__all__ = [
    "AuditBroken",
    "AuditError",
    "CaptionsMistimed",
    "CaptionsUnreadable",
    "CpuMismatch",
    "DiskFull",
    "EnvironmentLacks",
    "FindingsMalformed",
    "FormatRefused",
    "FormatUnsupported",
    "LanguageUnknown",
    "LeakFound",
    "NameInCaptions",
    "OutputExists",
    "OutputIsInput",
    "OutputUnwritable",
    "PlanError",
    "PlanMalformed",
    "PlanMismatch",
    "RenderError",
    "ReportEdited",
    "ReportMalformed",
    "ReportMismatch",
    "SignatureRefused",
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
]

NOTHING_WRITTEN = "the source is untouched; no film was written"
NOTHING_CHANGED = "the film and the report are untouched; nothing was changed"


class SourceError(SafehouseError):
    """Catch this for anything wrong with a source file."""

    kept_unless_said = NOTHING_WRITTEN


class SourceMissing(SourceError):
    """Nothing is there, or it can't be opened for reading, or it is no regular file."""

    id = "E10"
    exit_code = 10


class SourceNotMedia(SourceError):
    """The file is not film or sound that can be decoded here."""

    id = "E11"
    exit_code = 11


class CaptionsUnreadable(SourceError):
    """The file is not captions, has nothing to speak, or is in an encoding that is not known."""

    id = "E11b"
    exit_code = 11


class LanguageUnknown(SourceError):
    """The captions' language is not said, is not that of their letters, or can't be spoken."""

    id = "E11c"
    exit_code = 11


class SourceChanged(SourceError):
    """The file is not the one that was analysed."""

    id = "E12"
    exit_code = 12


class SourceTwice(SourceError):
    """The same footage, by its digest, is in the project already, and lies there still."""

    id = "E12b"
    exit_code = 12
    kept_unless_said = "the project is as it was; the file is untouched"


class SourceBroken(SourceError):
    """The file breaks off or can't be decoded, too deep to hide the damage."""

    id = "E13"
    exit_code = 13


class CaptionsMistimed(SourceError):
    """A caption's times can't be: it ends before it begins, or lasts for hours, or is elsewhere."""

    id = "E13b"
    exit_code = 13


class SourceTooLarge(SourceError):
    """The file is over safehouse's limits on frame size or count."""

    id = "E14"
    exit_code = 14


class SourceEncrypted(SourceError):
    """The media in the file is encrypted."""

    id = "E15"
    exit_code = 15


class SourceNoVideo(SourceError):
    """There is no picture where the command needs one."""

    id = "E16"
    exit_code = 16


class SourceEmpty(SourceError):
    """The file has zero bytes, or no frame comes out of it."""

    id = "E17"
    exit_code = 17


class SourceIsStill(SourceError):
    """The file is a still picture; safehouse protects film and sound."""

    id = "E18"
    exit_code = 18


class SourceCrashed(SourceError):
    """The process that decoded the file died, or passed its limits of memory or time."""

    id = "E19"
    exit_code = 19


class PlanError(SafehouseError):
    """Catch this for anything wrong with a plan or findings."""

    kept_unless_said = NOTHING_WRITTEN


class PlanMalformed(PlanError):
    """The file is not a plan, or breaks a rule of the format."""

    id = "E30"
    exit_code = 30


class PlanMismatch(PlanError):
    """The plan was made for another clip."""

    id = "E31"
    exit_code = 31


class FindingsMalformed(PlanError):
    """The file is not findings, or breaks a rule of the format."""

    id = "E32"
    exit_code = 32


class NameInCaptions(PlanError):
    """A caption holds a name of `--names`; nothing was spoken."""

    id = "E33"
    exit_code = 33


class RenderError(SafehouseError):
    """Catch this for anything that stops a film from being written."""

    kept_unless_said = NOTHING_WRITTEN


class OutputExists(RenderError):
    """The output is there already, and `--overwrite` was not given."""

    id = "E40"
    exit_code = 40


class OutputIsInput(RenderError):
    """The output would overwrite a source."""

    id = "E41"
    exit_code = 41


class OutputUnwritable(RenderError):
    """The output's folder can't be written."""

    id = "E42"
    exit_code = 42


class DiskFull(RenderError):
    """No space is left for the output."""

    id = "E43"
    exit_code = 43


class FormatRefused(RenderError):
    """The source's pixel format can't go into the codec that was asked for."""

    id = "E44"
    exit_code = 44


class FormatUnsupported(RenderError):
    """The container or codec can't hold what the source has."""

    id = "E44b"
    exit_code = 44


class EnvironmentLacks(RenderError):
    """A model, library or program is missing or is not the one that was pinned."""

    id = "E45"
    exit_code = 45


class CpuMismatch(RenderError):
    """The plan was begun on another CPU level; chunks would not join to the same bytes."""

    id = "E46"
    exit_code = 46


class SpeechFailed(RenderError):
    """The program that speaks failed, gave no sound, or took too long."""

    id = "E47"
    exit_code = 47


class AuditError(SafehouseError):
    """Catch this for a film that is held, and for anything wrong with a report."""

    kept_unless_said = NOTHING_WRITTEN


class LeakFound(AuditError):
    """An attack succeeded on the film; it stays as `.held`."""

    id = "E50"
    exit_code = 50


class AuditBroken(AuditError):
    """An attack could not be run, or its positive control did not hold; the film stays `.held`."""

    id = "E51"
    exit_code = 51


class ReportMalformed(AuditError):
    """The file is not a report, or breaks its schema."""

    id = "E52"
    exit_code = 52
    kept_unless_said = NOTHING_CHANGED


class ReportEdited(AuditError):
    """The report, or the page beside it, is not as safehouse wrote it."""

    id = "E53"
    exit_code = 53
    kept_unless_said = NOTHING_CHANGED


class ReportMismatch(AuditError):
    """The report is of another film: another file, a cut or a changed one."""

    id = "E54"
    exit_code = 54
    kept_unless_said = NOTHING_CHANGED


class SignatureRefused(AuditError):
    """A signature can't be made, is missing, does not hold, or is by another key."""

    id = "E55"
    exit_code = 55
    kept_unless_said = NOTHING_CHANGED
