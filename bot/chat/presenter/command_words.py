"""The descriptions of commands and their options, which Discord shows in the reader's language.

Names are English everywhere, since people tell them to each other. Descriptions and choices have at most 100
characters.
"""

from bot.chat.presenter.limit_fields import limit_option
from bot.domain.limits import LimitField
from bot.domain.luma import AspectRatio, Style
from bot.domain.quality import Quality
from bot.words.catalogs import deferred

IMAGINE = deferred("Create an image from a prompt")
EDIT = deferred("Edit an image by describing the change")
JOBS = deferred("Your images, running and recent: cancel them, or post them again")
USAGE = deferred("Your limits: what you have used, what is left, and when you get more")
HELP = deferred("How to use the bot")

IMAGINE_OPTIONS = {
    "prompt": deferred("What the image should show"),
    "aspect_ratio": deferred("Width to height (default: 16:9)"),
    "style": deferred("Auto, or Manga (tall formats only)"),
    "quality": deferred("Standard, or Max (finer, slower, and more expensive)"),
    "count": deferred("How many images, 1 to 4; each one counts toward your limits"),
    "private": deferred("Show the images only to you"),
    "spoiler": deferred("Blur the images until someone clicks them"),
}
EDIT_OPTIONS = {
    "prompt": deferred("What to change, and what to keep"),
    "image": deferred("The image to edit, as a file"),
    "source": deferred("Or one of your recent images"),
    "style": deferred("Auto, or Manga"),
    "quality": deferred("Standard, or Max (finer, slower, and more expensive)"),
    "count": deferred("How many versions, 1 to 4; each one counts toward your limits"),
    "private": deferred("Show the images only to you"),
    "spoiler": deferred("Blur the images until someone clicks them"),
}
JOBS_OPTIONS = {
    "search": deferred("Only images with these words in the prompt"),
    "favourites": deferred("Only your favourites, including images of others that you can see"),
}

REVIEW = deferred("The images made on this server: who made them, and what they cost")
REVIEW_USAGE = deferred("Images, failures, and costs over a period: in numbers, a chart, and a file")
REVIEW_USAGE_OPTIONS = {
    "period": deferred("How far back (default: 7 days)"),
    "first": deferred("Or from this day on, such as 2026-03-01 (UTC)"),
    "last": deferred("Up to this day, such as 2026-03-31 (UTC)"),
    "member": deferred("Only this member"),
    "channel": deferred("Only this channel"),
}
REVIEW_MEMBER = deferred(
    "A member's images with prompts, results, and costs, and what is left of their limits"
)
REVIEW_MEMBER_OPTIONS = {"who": deferred("The member")}
REVIEW_AUDIT = deferred("Who changed which setting, when, and from what to what")

CONFIG = deferred("Server settings")
CONFIG_SHOW = deferred("All settings, with buttons to change them")
CONFIG_LIMITS = deferred("How many images can be made: by everyone, a role or one member, or in a channel")
CONFIG_LIMITS_OPTIONS = {
    "role": deferred("A role (leave role, member and channel empty for everyone)"),
    "member": deferred("One member, whatever their roles are"),
    "channel": deferred("A channel, for each member there; other limits apply, too"),
    "per_hour": limit_option(LimitField.PER_HOUR),
    "per_day": limit_option(LimitField.PER_DAY),
    "per_week": limit_option(LimitField.PER_WEEK),
    "per_month": limit_option(LimitField.PER_MONTH),
    "running": limit_option(LimitField.RUNNING),
    "clear": deferred("Remove the existing limits first"),
}
CONFIG_BUDGET = deferred("What this server's images can cost per calendar month (UTC)")
CONFIG_BUDGET_OPTIONS = {
    "usd": deferred("US dollars per month, such as 25 or 12.50"),
    "clear": deferred("Remove the budget"),
}
CONFIG_CHANNELS = deferred("The channels where images can be made")
CONFIG_LOG = deferred("The channel where moderators get budget warnings")
CONFIG_LOG_OPTIONS = {"channel": deferred("The channel (leave empty to see it in a panel)")}
CONFIG_LANGUAGE = deferred("The language of everything that the whole server reads")
CONFIG_LANGUAGE_OPTIONS = {"language": deferred("The language (leave empty to see it in a panel)")}
CONFIG_QUALITY = deferred("Who can choose max quality, and what one such image counts as")
CONFIG_CHECK = deferred("Check that the bot has the permissions it needs, and how to fix what is missing")

EDIT_MENU = "Edit image"
DETAILS_MENU = "Image details"

RATIO_CHOICES = {
    AspectRatio.WIDE_16_9: deferred("16:9 · wide"),
    AspectRatio.SQUARE: deferred("1:1 · square"),
    AspectRatio.TALL_9_16: deferred("9:16 · tall"),
    AspectRatio.WIDE_3_2: deferred("3:2 · photo"),
    AspectRatio.TALL_2_3: deferred("2:3 · portrait"),
    AspectRatio.WIDE_2_1: deferred("2:1 · very wide"),
    AspectRatio.TALL_1_2: deferred("1:2 · very tall"),
    AspectRatio.WIDE_3_1: deferred("3:1 · panorama"),
    AspectRatio.TALL_1_3: deferred("1:3 · very tall strip"),
}
STYLE_CHOICES = {
    Style.AUTO: deferred("Auto (no particular style)"),
    Style.MANGA: deferred("Manga"),
}
QUALITY_CHOICES = {
    Quality.STANDARD: deferred("Standard"),
    Quality.MAX: deferred("Max"),
}
#: The choice that sets no language. The languages themselves are listed by their own names.
AS_SET_IN_DISCORD = deferred("As set in Discord")
#: The keys are the names that `bot.chat.incoming.periods` reads.
PERIOD_CHOICES = {
    "7 days": deferred("Last 7 days"),
    "today": deferred("Today"),
    "30 days": deferred("Last 30 days"),
    "this month": deferred("This month"),
}
