"""A submit that was taken for never accepted, and what became of it if it was accepted all the same."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.ids import JobId, RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    id: int
    job_id: JobId
    sent_at: datetime
    #: The source that it sent, as long as it may be needed. Holds the account owner's e-mail address.
    image_url: str | None = field(default=None, repr=False)
    #: Present once it has shown in the provider's history.
    request_id: RequestId | None = None
    #: None: not paid.
    cost_microusd: int | None = None
    output_url: str | None = field(default=None, repr=False)
