"""Which columns the export of a server's pictures has."""

from collections.abc import AsyncIterable, Sequence

from bot.chat.presenter.card import jump_url
from bot.chat.reports.csv_file import Cell, CsvFile, Id
from bot.domain.reports import ReportedJob
from bot.domain.request import PictureLocation

HEAD = (
    "picture",
    "asked_at",
    "member_id",
    "channel_id",
    "door",
    "kind",
    "prompt",
    "aspect_ratio",
    "style",
    "state",
    "failure",
    "cost_microusd",
    "provider_seconds",
    "delivered_at",
    "deleted_at",
    "private",
    "message",
)


async def exported_jobs(batches: AsyncIterable[Sequence[ReportedJob]], most_bytes: int) -> CsvFile:
    """Read as far as there is room."""
    file = CsvFile(HEAD, most_bytes)
    async for batch in batches:
        if not all(file.add(_row(one)) for one in batch):
            break
    return file


def _row(one: ReportedJob) -> Sequence[Cell]:
    job = one.job
    return (
        job.number,
        job.created_at,
        Id(job.member_id),
        Id(one.channel_id),
        job.door.value,
        "edit" if job.is_edit else "new",
        job.prompt,
        job.aspect_ratio,
        job.style.value,
        job.state.value,
        job.failure.kind.value if job.failure else None,
        job.cost_microusd,
        None if job.provider_seconds is None else round(job.provider_seconds),
        job.delivered_at,
        job.deleted_at,
        "yes" if one.is_private else "no",
        _link(one),
    )


def _link(one: ReportedJob) -> str | None:
    if one.message_id is None or one.is_private:
        return None
    return jump_url(one.job.guild_id, PictureLocation(one.channel_id, one.message_id))
