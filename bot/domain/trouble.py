"""The notices to the operator: troubles, which begin and end, and losses. They name no secret."""

from dataclasses import dataclass
from enum import StrEnum

#: How a notice begins. A trouble ends some day; a loss has happened, so no end of it is to be waited for.
BEGINS, ENDS, LOSS = "🔴", "🟢", "🟠"


class PostRefused(Exception):
    """The operator's place for troubles takes no posts. `advice` is one line, without secrets."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


class Trouble(StrEnum):
    KEY = "key"
    CREDITS = "credits"
    MODEL = "model"
    BUDGET_LOW = "budget_low"
    BUDGET_USED = "budget_used"
    HISTORY = "history"
    DATABASE = "database"
    GATEWAY = "gateway"
    DISK = "disk"
    BACKUP = "backup"


class Loss(StrEnum):
    """Money that was paid for nothing."""

    FILE = "file"
    BILL = "bill"


@dataclass(frozen=True, slots=True)
class Words:
    begins: str
    ends: str


WORDS = {
    Trouble.KEY: Words(
        "**Segmind refuses the key.** New requests are refused, and waiting ones keep their place. Put a "
        "valid key into SEGMIND_API_KEY and restart the bot.",
        "**Segmind accepts the key again.** Image generation goes on.",
    ),
    Trouble.CREDITS: Words(
        "**The Segmind account is out of credits.** New requests are refused, and waiting ones keep their "
        "place. Top the account up; the bot then goes on by itself.",
        "**The Segmind account has credits again.** Image generation goes on.",
    ),
    Trouble.MODEL: Words(
        "**Segmind refuses the model.** It does not exist, is retired, or this account may not use it. The "
        "key is fine. Correct SEGMIND_MODEL and restart the bot.",
        "**Segmind accepts the model again.** Image generation goes on.",
    ),
    Trouble.BUDGET_LOW: Words(
        "**80% of BUDGET_MONTHLY_USD is used** or held for waiting images.",
        "**Less than 80% of BUDGET_MONTHLY_USD is used now.**",
    ),
    Trouble.BUDGET_USED: Words(
        "**BUDGET_MONTHLY_USD is used up.** New requests are refused until the next month, or until you "
        "raise it and restart the bot.",
        "**There is budget again.** New requests are accepted.",
    ),
    Trouble.HISTORY: Words(
        "**Segmind's request history cannot be read.** Images whose request may have been lost wait for it, "
        "and bills are compared later.",
        "**Segmind's request history can be read again.**",
    ),
    Trouble.DATABASE: Words(
        "**The database is unavailable.** The bot cannot accept requests. The log says why; the bot keeps "
        "trying.",
        "**The database is available again.**",
    ),
    Trouble.GATEWAY: Words(
        "**Discord's gateway sends nothing.** Commands may go unanswered. The bot keeps trying to reconnect.",
        "**Discord's gateway is connected again.**",
    ),
    Trouble.DISK: Words(
        "**The disk is nearly full.** Less than 1 GB is free in DATA_DIR: free some space.",
        "**There is enough space on the disk again.**",
    ),
    Trouble.BACKUP: Words(
        "**No backup could be made.** The log says why. The bot tries again within an hour.",
        "**Backups are made again.**",
    ),
}


def loss_words(loss: Loss, count: int) -> str:
    return (_lost_files_words if loss is Loss.FILE else _extra_bills_words)(count)


def _lost_files_words(count: int) -> str:
    """Say that paid pictures could not be downloaded."""
    subject = "A paid image's file" if count == 1 else f"The files of {count} paid images"
    return (
        f"**{subject} could not be downloaded** before Segmind deleted it. The card says so. The log "
        "names the request, so that you can claim the money back."
    )


def _extra_bills_words(count: int) -> str:
    """Say that requests were billed that counted as never accepted."""
    subject = "A request was" if count == 1 else f"{count} requests were"
    return (
        f"**{subject} billed twice**, because Segmind's history showed it too late. The second image is "
        "offered to the member, and the log names the request, so that you can claim the money back."
    )
