"""The end of jobs that a transaction has cancelled while they waited, such as those of a blocked member."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.job import Job
from bot.services.cards.card_updater import CardUpdater
from bot.services.job_tasks import JobTasks


@dataclass(slots=True, kw_only=True)
class CancelledJobs:
    job_tasks: JobTasks
    card_updater: CardUpdater

    def drop(self, cancelled: Iterable[Job]) -> None:
        """End their tasks, and have their cards say so at once."""
        card_ids = set()
        for job in cancelled:
            self.job_tasks.drop(job.id)
            card_ids.add(job.card_id)
        for card_id in card_ids:
            self.card_updater.card_changed(card_id)
