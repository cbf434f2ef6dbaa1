"""The facts about Luma Uni-1 at Segmind: each number once, for all rooms.

Another model or another provider is a change here, in `bot/segmind`, and in the defaults of SEGMIND_* in
`bot/settings.py`. How late the provider's history shows a request is measured: see `domain.history_delay`.
"""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

# --- what it takes --------------------------------------------------------------------------------------

PROMPT_MOST_CHARACTERS = 6000


class AspectRatio(StrEnum):
    SQUARE = "1:1"
    TALL_1_2 = "1:2"
    TALL_1_3 = "1:3"
    WIDE_2_1 = "2:1"
    TALL_2_3 = "2:3"
    WIDE_3_1 = "3:1"
    WIDE_3_2 = "3:2"
    TALL_9_16 = "9:16"
    WIDE_16_9 = "16:9"


class Style(StrEnum):
    AUTO = "auto"
    MANGA = "manga"


#: The finer, slower and more expensive model.
MAX_MODEL = "luma-uni-1-max"
#: What the model uses where a request leaves the parameter out.
DEFAULT_RATIO = AspectRatio.WIDE_16_9
DEFAULT_STYLE = Style.AUTO
#: The model refuses manga with any other ratio, after queueing: so the bot refuses it before.
MANGA_RATIOS = (AspectRatio.TALL_2_3, AspectRatio.TALL_9_16, AspectRatio.TALL_1_2, AspectRatio.TALL_1_3)
#: What manga becomes without a ratio.
MANGA_RATIO = AspectRatio.TALL_2_3

#: The prompt of an edit that makes another take of its source. It names what to keep, as the model wants it,
#: and leaves the ratio and the style to the source, which an edit keeps anyway.
VARIATION_PROMPT = (
    "Make another take of this picture. Keep the subject, the composition, the colors and the style. "
    "Change the details: the pose, the light, the background and the small things in it."
)

#: The provider recommends JPEG under 4 MB for the picture to edit.
SENT_SOURCE_MOST_BYTES = 4_000_000
#: The provider's limit for a picture to edit. The bot fetches no larger finished picture either.
FILE_MOST_MB = 50
FILE_MOST_BYTES = FILE_MOST_MB * 1_000_000

# --- what it makes --------------------------------------------------------------------------------------

#: About as many pixels as a finished picture has.
PICTURE_PIXELS = 4_200_000
#: How long a picture usually takes, by model. The provider publishes these averages.
USUAL_SECONDS = {"luma-uni-1": 62.0, "luma-uni-1-max": 86.0}
#: The average price of a picture in US dollars, by model: the models that are known to exist.
USUAL_PRICES_USD = {"luma-uni-1": Decimal("0.0543"), "luma-uni-1-max": Decimal("0.129")}
USUAL_SECONDS_OF_OTHERS = USUAL_SECONDS["luma-uni-1"]

# --- what it keeps --------------------------------------------------------------------------------------

#: Status and result can be read for this long after the submit. Later, only the history knows the request.
RECORD_LIVES = timedelta(hours=1)
#: A new request may be unknown to the server that happens to answer.
RECORD_LAGS = timedelta(seconds=30)
#: The file of a finished picture.
FILE_LIVES = timedelta(days=7)
#: The provider's clock and ours may differ by this much.
CLOCK_SKEW = timedelta(seconds=60)
#: A request whose answer was lost was accepted within this time, by the provider's clock, or never.
ACCEPTED_WITHIN = timedelta(hours=1)
