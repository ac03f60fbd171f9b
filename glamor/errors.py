"""Every error a user can cause.

    GlamorError
    |- PhotoError        a file or array that is not a usable photo
    |- FaceError         a face box or a face detector that cannot be used
    |- ConfigError       a model configuration that contradicts itself or is incomplete
    |- CheckpointError   weights that cannot be found, fetched, read or trusted
    |- ConversionError   TensorFlow variables that are not those of GLAMOR-Net
    |- DeviceError       a compute device that this machine does not have
    |- ExplainError      a method, class or setting that no explanation can be made with
    |- DataError         a dataset folder, split or label that cannot be used
    `- ReportError       a saved analysis that cannot be read or trusted

The message is a sentence or two for a person: what came, what is accepted, what to do.
"""

_LONGEST = 120  # letters of what came: a message is one sentence, whatever was sent


def quoted(given: object) -> str:
    """Return a value as a message quotes it: as Python writes it, cut off where it gets long."""
    try:
        words = repr(given)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return f"a far too long {type(given).__name__}"
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."


class GlamorError(Exception):
    """Root of every error that a user can cause; its message is fit to be shown."""


class PhotoError(GlamorError):
    """A file or array that is not a usable photo."""


class FaceError(GlamorError):
    """A face box or a face detector that cannot be used."""


class ConfigError(GlamorError):
    """A model configuration that contradicts itself or is incomplete."""


class CheckpointError(GlamorError):
    """Weights that cannot be found, fetched, read or trusted."""


class ConversionError(GlamorError):
    """TensorFlow variables that are not those of GLAMOR-Net."""


class DeviceError(GlamorError):
    """A compute device that this machine does not have."""


class ExplainError(GlamorError):
    """A method, class or setting that no explanation can be made with."""


class DataError(GlamorError):
    """A dataset folder, split or label that cannot be used."""


class ReportError(GlamorError):
    """A saved analysis that cannot be read or trusted."""
