"""What a transaction may raise beside the errors of the functions in it."""

from bot.domain.ids import JobId, RequestId
from bot.domain.job import JobState


class DatabaseUnavailable(Exception):
    """The database is full, locked, closed or out of reach; the text is the database's own.

    Nothing of the transaction was kept. (Only if a connection broke during the very commit may it have been.)
    """


class StatementRefused(Exception):
    """The database refused a statement as it is: a bug. The text holds no value of any row."""


class StepRefused(Exception):
    """A step that `domain.job.STEPS` does not have: a bug."""

    def __init__(self, job_id: JobId, state: JobState, to: JobState) -> None:
        super().__init__(job_id, state, to)
        self.job_id, self.state, self.to = job_id, state, to


class RequestIdTaken(Exception):
    """Another job has this request of the provider already."""

    def __init__(self, request_id: RequestId) -> None:
        super().__init__(request_id)
        self.request_id = request_id
