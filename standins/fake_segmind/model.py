"""The models on offer, and what they refuse. Validation comes after queueing, as at the real one."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

PROMPT_MOST_CHARACTERS = 6000
RATIOS = ("1:1", "1:2", "1:3", "2:1", "2:3", "3:1", "3:2", "9:16", "16:9")
STYLES = ("auto", "manga")
MANGA_RATIOS = ("2:3", "9:16", "1:2", "1:3")
DEFAULT_RATIO = "16:9"

#: About 4.2 megapixels each.
SIZES = {
    "1:1": (2048, 2048),
    "1:2": (1440, 2880),
    "1:3": (1184, 3552),
    "2:1": (2880, 1440),
    "2:3": (1664, 2496),
    "3:1": (3552, 1184),
    "3:2": (2496, 1664),
    "9:16": (1504, 2784),
    "16:9": (2784, 1504),
}


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    price_usd: Decimal
    mean_seconds: float
    #: Of the logarithm of the duration.
    spread: float = 0.25

    def duration_seconds(self, rng: random.Random) -> float:
        centre = math.log(self.mean_seconds) - self.spread**2 / 2
        return rng.lognormvariate(centre, self.spread)


MODELS = {
    model.name: model
    for model in (
        Model("luma-uni-1", Decimal("0.0543"), mean_seconds=62.0),
        Model("luma-uni-1-max", Decimal("0.129"), mean_seconds=86.0),
    )
}


def problem_of(inputs: Mapping[str, object]) -> str | None:
    """The model's complaint about these inputs, in its own words; None if there is none."""
    return (
        _problem_of_prompt(inputs.get("prompt")) or _problem_of_choices(inputs) or _problem_of_image(inputs)
    )


def _problem_of_prompt(prompt: object) -> str | None:
    if not isinstance(prompt, str) or not prompt.strip():
        return "Prompt is required and must be a non-empty string"
    if len(prompt) > PROMPT_MOST_CHARACTERS:
        return f"invalid_request: prompt must be at most {PROMPT_MOST_CHARACTERS} characters"
    return None


def _problem_of_choices(inputs: Mapping[str, object]) -> str | None:
    ratio, style = inputs.get("aspect_ratio", DEFAULT_RATIO), inputs.get("style", "auto")
    if ratio not in RATIOS:
        return f"invalid_request: aspect_ratio must be one of {', '.join(RATIOS)}"
    if style not in STYLES:
        return f"invalid_request: style must be one of {', '.join(STYLES)}"
    is_ratio_ignored = "image" in inputs and "aspect_ratio" not in inputs
    if style == "manga" and ratio not in MANGA_RATIOS and not is_ratio_ignored:
        return f"invalid_request: style manga requires aspect_ratio to be one of {', '.join(MANGA_RATIOS)}"
    return None


def _problem_of_image(inputs: Mapping[str, object]) -> str | None:
    if "image" not in inputs:
        return None
    image = inputs["image"]
    if not isinstance(image, str) or not image.startswith(("https://", "http://")):
        return "invalid_request: image must be one https URL"
    return None
