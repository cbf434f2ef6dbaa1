"""The descriptions of commands and their options, which Discord shows in the reader's language.

Names are English everywhere, since people tell them to each other. Descriptions and choices have at most 100
characters.
"""

from bot.chat.presenter.wording.limit_fields import limit_option
from bot.domain.limits import LimitField
from bot.domain.luma import AspectRatio, Style
from bot.domain.quality import Quality
from bot.words.catalogs import deferred

IMAGINE = deferred("Create an image from a prompt")
EDIT = deferred("Edit an image by describing the change")
JOBS = deferred("Your images, running and recent: cancel them, or post them again")
USAGE = deferred("Your limits: what you have used, what is left, and when you get more")
HELP = deferred("How to use the bot")
PRIVACY = deferred("What the bot keeps about you")
PRIVACY_EXPORT = deferred("Everything that is kept about you, on all servers, as a file")
PRIVACY_DELETE = deferred("Delete everything that is kept about you, on all servers")
PRIVACY_ABOUT = deferred("What is kept about you, why, for how long, and who processes it")

IMAGINE_OPTIONS = {
    "prompt": deferred("What the image should show"),
    "aspect_ratio": deferred("Width to height (default: 16:9)"),
    "style": deferred("Auto, or Manga (tall formats only)"),
    "preset": deferred("A style of this server, whose words go behind your prompt"),
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
    "preset": deferred("A style of this server, whose words go behind your prompt"),
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
REVIEW_BLOCK = deferred("Block a member from generating images here, for an hour or permanently")
REVIEW_BLOCK_OPTIONS = {
    "member": deferred("Who is blocked"),
    "duration": deferred("For how long, such as 3 days; or choose from the list"),
    "reason": deferred("The member reads it when they next ask for an image"),
}
REVIEW_UNBLOCK = deferred("Let a blocked member generate images here again")
REVIEW_UNBLOCK_OPTIONS = {"member": deferred("Who is no longer blocked")}
REVIEW_STRIKES = deferred("A member's strikes and what they lead to; give or forgive them")
REVIEW_STRIKES_OPTIONS = {"member": deferred("The member")}
REVIEW_BLOCKED = deferred("Who is blocked here, until when, by whom, and why")
REVIEW_AUDIT = deferred("Who changed which setting, when, and from what to what")
REVIEW_APPROVALS = deferred("The images that wait for a moderator's approval")
REVIEW_REPORTS = deferred("The images that members have reported, and that no one has decided on")

CONFIG = deferred("Server settings")
CONFIG_SHOW = deferred("All settings, with buttons to change them")
CONFIG_SHOW_OPTIONS = {
    "member": deferred("Show what this member can generate, and why"),
    "channel": deferred("In this channel instead of here"),
}
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
CONFIG_CHANNELS_OPTIONS = {"age_restricted": deferred("Only in age-restricted channels")}
CONFIG_RETENTION = deferred("After how many days the prompts of this server are deleted")
CONFIG_RETENTION_OPTIONS = {"days": deferred("At most as many as the bot's owner has set")}
CONFIG_LOG = deferred("The channel where moderators get budget warnings and weekly summaries")
CONFIG_LOG_OPTIONS = {
    "channel": deferred("The channel (leave empty to see it in a panel)"),
    "summary": deferred("Post a summary of the week there each Monday"),
}
CONFIG_FEED = deferred("The channel that shows moderators every image that is made")
CONFIG_FEED_OPTIONS = {"channel": deferred("The channel (leave empty to see it in a panel)")}
CONFIG_LANGUAGE = deferred("The language of everything that the whole server reads")
CONFIG_LANGUAGE_OPTIONS = {"language": deferred("The language (leave empty to see it in a panel)")}
CONFIG_QUALITY = deferred("Who can choose max quality, and what one such image counts as")
CONFIG_WORDS = deferred("Words and phrases that prompts can't contain")
CONFIG_STRIKES = deferred("What counts as a strike, and how many strikes block a member for how long")
CONFIG_APPROVAL = deferred("Whose images a moderator looks at before anyone sees them")
CONFIG_CHECK = deferred("Check that the bot has the permissions it needs, and how to fix what is missing")

EDIT_MENU = "Edit image"
DETAILS_MENU = "Image details"
REPORT_MENU = "Report image"

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
