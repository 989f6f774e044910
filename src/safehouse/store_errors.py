"""The failures of a project's store: its folder, its key, its history; `errors` hands them on."""

from safehouse_offload.errors import SafehouseError

__all__ = [
    "ActRefused",
    "HistoryEdited",
    "NotUndoable",
    "ProjectBusy",
    "ProjectDamaged",
    "ProjectError",
    "ProjectExists",
    "ProjectKeyRefused",
    "ProjectMissing",
    "ProjectNewer",
    "ProjectUnwritable",
    "SealedMissing",
    "StaleWindow",
]


class ProjectError(SafehouseError):
    """Catch this for anything wrong with a film project as a whole."""

    kept_unless_said = "the project is as it was; nothing was changed"


class ProjectMissing(ProjectError):
    """There is no project in this folder, nor in one above it."""

    id = "E80"
    exit_code = 80


class ProjectExists(ProjectError):
    """A project, or something else, is in the folder already."""

    id = "E80b"
    exit_code = 80


class ProjectBusy(ProjectError):
    """Another safehouse has the project open; one at a time writes to it."""

    id = "E81"
    exit_code = 81


class ProjectKeyRefused(ProjectError):
    """The passphrase or key does not open this project, or none was given."""

    id = "E82"
    exit_code = 82


class ProjectDamaged(ProjectError):
    """Something in the project's folder is missing, was changed, or does not belong there."""

    id = "E83"
    exit_code = 83


class ProjectNewer(ProjectError):
    """A newer safehouse wrote to the project; this one would misread it."""

    id = "E84"
    exit_code = 84


class ProjectUnwritable(ProjectError):
    """The project's disk is full, gone or unwritable; what was not written does not count."""

    id = "E85"
    exit_code = 85


class StaleWindow(ProjectError):
    """Something else was decided since this page was shown, in another window or by somebody."""

    id = "E86"
    exit_code = 86


class ActRefused(ProjectError):
    """What was asked for does not fit what is in the project: an unknown id, a clip added twice."""

    id = "E87"
    exit_code = 87


class NotUndoable(ProjectError):
    """There is nothing to undo or redo, or doing so would overwrite a later change."""

    id = "E87b"
    exit_code = 87


class SealedMissing(ProjectError):
    """A sealed file of the project, such as a clip's findings, is not there."""

    id = "E88"
    exit_code = 88


class HistoryEdited(ProjectError):
    """The history is not the one whose words are on paper: it was cut, edited or replaced."""

    id = "E89"
    exit_code = 89
