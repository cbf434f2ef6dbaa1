"""A dismissed submit: the bot concluded that the provider never accepted it, which may turn out wrong.

If its bill appears in the provider's history later, the bill and the picture are kept beside the job.
"""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.ids import JobId, RequestId
from bot.domain.job import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    id: int
    job_id: JobId
    sent_at: datetime
    #: The URL of the source that was sent, as long as it may be needed. It contains the account owner's
    #: e-mail address.
    image_url: str | None = field(default=None, repr=False)
    #: Set when the request appears in the provider's history.
    request_id: RequestId | None = None
    #: None = not paid.
    cost_microusd: int | None = None
    output_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Taker:
    """A submit, dismissed or not, with a request that was found in the history: maybe that of another one."""

    job: Job
    sent_at: datetime
    #: When the provider accepted the request that was found.
    taken_at: datetime
