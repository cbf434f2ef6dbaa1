"""What Discord shows of the commands themselves. Descriptions have at most 100 characters."""

from bot.domain.request import AspectRatio, Style

IMAGINE = "Make a picture from words"
EDIT = "Change a picture by saying how"
JOBS = "Your pictures: running and recent; cancel them, or post them again"
HELP = "What I can do, and how"

IMAGINE_OPTIONS = {
    "prompt": "What the picture should show",
    "aspect_ratio": "Width to height (16:9 if you choose none)",
    "style": "auto, or manga (upright formats only)",
    "count": "How many pictures, 1 to 4; each counts",
    "private": "Show the pictures to you alone",
}
EDIT_OPTIONS = {
    "prompt": "What should change, and what should stay",
    "image": "The picture to change, as a file",
    "source": "Or one of your recent pictures",
    "style": "auto, or manga",
    "count": "How many versions, 1 to 4; each counts",
    "private": "Show the pictures to you alone",
}

EDIT_MENU = "Edit image"
DETAILS_MENU = "Image details"

RATIO_CHOICES = {
    AspectRatio.WIDE_16_9: "16:9 · wide",
    AspectRatio.SQUARE: "1:1 · square",
    AspectRatio.TALL_9_16: "9:16 · tall",
    AspectRatio.WIDE_3_2: "3:2 · photo",
    AspectRatio.TALL_2_3: "2:3 · portrait",
    AspectRatio.WIDE_2_1: "2:1 · very wide",
    AspectRatio.TALL_1_2: "1:2 · very tall",
    AspectRatio.WIDE_3_1: "3:1 · panorama",
    AspectRatio.TALL_1_3: "1:3 · banner",
}
STYLE_CHOICES = {Style.AUTO: "auto", Style.MANGA: "manga"}
