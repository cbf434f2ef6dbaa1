"""Stand-ins for Discord and Segmind, and a page to use them by hand.

Only tests and `python -m bot sandbox` import this.
"""

from bot.sandbox.options import SandboxOptions
from bot.settings import Settings


async def run(settings: Settings, options: SandboxOptions) -> None:
    """Run the whole sandbox until it is told to stop. Raises UnusableSettings when it cannot start so."""
    from bot.sandbox import launcher  # noqa: PLC0415  (the bot's own process passes here, and needs none of it)

    await launcher.run(settings, options)
