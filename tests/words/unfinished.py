"""Languages whose translators have not finished, with the reason. Take yours off when it is complete."""

from collections.abc import Mapping

UNFINISHED: Mapping[str, str] = dict.fromkeys(("de", "es", "fr", "ja", "pt_BR"), "it is being translated")
