"""/help: every way to a picture, shortly."""

from bot.chat.presenter.message import Color, Message

_REVIEW = (
    "`/review usage` tells what was made, by whom and at what cost, with a chart and a file.\n"
    "`/review member` shows a member's pictures, `/review audit` who changed which setting."
)
_CONFIG = (
    "`/config show` shows all settings of this server, with buttons to change them: limits, budget, "
    "channels. `/config check` finds permissions that I lack."
)


def help_message(
    *, bot_id: int, has_reply_edits: bool, may_review: bool = False, may_configure: bool = False
) -> Message:
    edits = [
        "`/edit` with a file, with one of your recent pictures, or with nothing: then I ask for a file",
        "**Apps ▸ Edit image** in the menu of any message that shows a picture",
        "the button **Edit** below every picture of mine",
    ]
    if has_reply_edits:
        edits.append(f"a reply to any picture: <@{bot_id}> make it night")
    duties = [("Moderate", _REVIEW)] if may_review else []
    duties += [("Set up", _CONFIG)] if may_configure else []
    return Message(
        title="Pictures from words",
        body=(
            "Say what you want to see, and I make it. It usually takes about a minute; "
            "the message that answers you becomes the picture."
        ),
        fields=[
            ("Make", "`/imagine prompt:` a fox in the snow, as a woodcut"),
            ("Change", "\n".join(f"• {edit}" for edit in edits)),
            (
                "Look after",
                (
                    "`/jobs` shows what is running and what was made, and cancels or posts it again.\n"
                    "`/usage` tells what you have used, what is left, and why.\n"
                    "**Details** tells all about it, **Delete** takes it down, **Again** makes one more."
                ),
            ),
            (
                "Good to know",
                (
                    "Up to four pictures at once with `count`. `private` shows them to you alone, and "
                    "`spoiler` blurs them until somebody clicks. What fails or is cancelled in time does not "
                    "count."
                ),
            ),
            *duties,
        ],
        color=Color.WORKING,
    )
