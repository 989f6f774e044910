"""The failures of a film project; `safehouse.errors` draws the whole tree and hands them on."""

from safehouse_offload.errors import SafehouseError

__all__ = [
    "DeliveryError",
    "FilmChanged",
    "FilmHeld",
    "NotRendered",
    "NotWatched",
    "QuestionsOpen",
    "RenderStale",
    "RenderWrong",
    "SomebodyRecognised",
    "VersionEmpty",
    "VersionUnknown",
]


class DeliveryError(SafehouseError):
    """Catch this for anything that stands in the way of delivering a version."""

    kept_unless_said = "nothing was delivered; the films and the project are as they were"


class NotRendered(DeliveryError):
    """A clip of the version was not rendered yet, or not to its end."""

    id = "E70"
    exit_code = 70


class RenderStale(DeliveryError):
    """Something that a film was made from changed since it was rendered."""

    id = "E71"
    exit_code = 71


class RenderWrong(DeliveryError):
    """A film shows, or lets hear, what is no longer permitted."""

    id = "E72"
    exit_code = 72


class FilmHeld(DeliveryError):
    """The audit holds a film of the version."""

    id = "E73"
    exit_code = 73


class FilmChanged(DeliveryError):
    """A film is missing, or is not the one that was audited."""

    id = "E74"
    exit_code = 74


class QuestionsOpen(DeliveryError):
    """Something in the version's clips was not decided by a human yet."""

    id = "E75"
    exit_code = 75


class NotWatched(DeliveryError):
    """No human watched exactly these films from beginning to end."""

    id = "E76"
    exit_code = 76


class SomebodyRecognised(DeliveryError):
    """A person who knows the people was shown the version, and recognised somebody."""

    id = "E77"
    exit_code = 77


class VersionUnknown(DeliveryError):
    """There is no version of this name in the project."""

    id = "E78"
    exit_code = 78


class VersionEmpty(DeliveryError):
    """The version has no clip that could be delivered."""

    id = "E79"
    exit_code = 79
