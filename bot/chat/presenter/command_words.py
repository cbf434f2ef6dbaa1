"""What Discord shows of the commands themselves. Descriptions have at most 100 characters."""

from bot.domain.request import AspectRatio, Style

IMAGINE = "Make a picture from words"
EDIT = "Change a picture by saying how"
JOBS = "Your pictures: running and recent; cancel them, or post them again"
USAGE = "What you have used, what is left and why, and when it is free again"
HELP = "What I can do, and how"

IMAGINE_OPTIONS = {
    "prompt": "What the picture should show",
    "aspect_ratio": "Width to height (16:9 if you choose none)",
    "style": "auto, or manga (upright formats only)",
    "count": "How many pictures, 1 to 4; each counts",
    "private": "Show the pictures to you alone",
    "spoiler": "Blur the pictures until somebody clicks on them",
}
EDIT_OPTIONS = {
    "prompt": "What should change, and what should stay",
    "image": "The picture to change, as a file",
    "source": "Or one of your recent pictures",
    "style": "auto, or manga",
    "count": "How many versions, 1 to 4; each counts",
    "private": "Show the pictures to you alone",
    "spoiler": "Blur the pictures until somebody clicks on them",
}

REVIEW = "What was made on this server, by whom, and what it cost"
REVIEW_USAGE = "Pictures, failures and costs in a period, as numbers, a chart and a file"
REVIEW_USAGE_OPTIONS = {
    "period": "How far back (7 days if you choose nothing)",
    "first": "Or from this day on, such as 2026-03-01 (UTC)",
    "last": "Up to this day, such as 2026-03-31 (UTC)",
    "member": "Of one member only",
    "channel": "In one channel only",
}
REVIEW_MEMBER = "A member's pictures: prompts, outcomes, costs, and what they may make now"
REVIEW_MEMBER_OPTIONS = {"who": "The member"}
REVIEW_AUDIT = "Who changed which setting, when, and from what to what"

CONFIG = "How I work on this server"
CONFIG_SHOW = "All settings, with buttons to change them"
CONFIG_LIMITS = "How many pictures may be made: by everyone, by a role, or by one member"
CONFIG_LIMITS_OPTIONS = {
    "role": "For a role (with neither role nor member: for everyone)",
    "member": "For one member, whatever their roles",
    "per_hour": "Pictures in any hour (0: none)",
    "per_day": "Pictures in any 24 hours (0: none)",
    "running": "Pictures in the making at the same time (0: none)",
    "clear": "Take these limits away, before setting those given here",
}
CONFIG_BUDGET = "What the pictures of this server may cost in a calendar month (UTC)"
CONFIG_BUDGET_OPTIONS = {
    "usd": "US dollars a month, such as 25 or 12.50",
    "clear": "Take the budget away",
}
CONFIG_CHANNELS = "Where pictures may be made"
CONFIG_LOG = "Where I tell moderators about the budget"
CONFIG_LOG_OPTIONS = {"channel": "The channel (choose none to see and change it in a panel)"}
CONFIG_CHECK = "Whether I have the permissions that I need, and what to do where I have not"

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
