"""The encoders there are. Listing them imports neither Keras nor TensorFlow."""

from barrx.encoders import efficientnet_lite0, keras_applications
from barrx.encoders.entry import Encoder
from barrx.encoders.weights import status
from barrx.errors import EncoderError
from barrx.i18n import _

REFERENCE = "inception-v3"
BUNDLED = efficientnet_lite0.ENTRY.slug
_ENCODERS = (keras_applications.ENTRIES[0], efficientnet_lite0.ENTRY, *keras_applications.ENTRIES[1:])


def all_encoders() -> tuple[Encoder, ...]:
    """Return every encoder: the reference of the project, the bundled one, then the others."""
    return _ENCODERS


def get(slug: str) -> Encoder:
    """Return the encoder of that name.

    Raises
    ------
    EncoderError
        if there is none; the message lists those there are
    """
    for encoder in _ENCODERS:
        if encoder.slug == slug:
            return encoder
    names = ", ".join(encoder.slug for encoder in _ENCODERS)
    raise EncoderError(
        _("There is no encoder “{slug}”. Choose one of: {names}.").format(slug=slug[:80], names=names)
    )


def default() -> str:
    """Return the slug used when none is named: the reference with its weights here, else the bundled one."""
    return REFERENCE if status(get(REFERENCE)).state == "ready" else BUNDLED
