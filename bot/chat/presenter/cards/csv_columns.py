"""The columns of the export of a server's pictures."""

from collections import Counter
from collections.abc import AsyncIterable, Sequence

from bot.chat.presenter.cards.card import jump_url
from bot.chat.reports.csv_file import Cell, CsvFile, Id
from bot.domain.reports import ReportedJob, counted_as
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
    "counted_as",
    "state",
    "failure",
    "cost_microusd",
    "provider_seconds",
    "delivered_at",
    "deleted_at",
    "private",
    "message",
    "quality",
    "preset",
)


async def exported_jobs(
    batches: AsyncIterable[Sequence[ReportedJob]], most_bytes: int
) -> tuple[CsvFile, Counter[str]]:
    """Read batches until the file has no more room. Return also how many rows are counted as what."""
    file = CsvFile(HEAD, most_bytes)
    counts: Counter[str] = Counter()
    async for batch in batches:
        for reported in batch:
            if not file.add(_row(reported)):
                return file, counts
            counts[counted_as(reported.job)] += 1
    return file, counts


def _row(reported: ReportedJob) -> Sequence[Cell]:
    job = reported.job
    return (
        job.number,
        job.created_at,
        Id(job.member_id),
        Id(reported.channel_id),
        job.door.value,
        "edit" if job.is_edit else "new",
        job.prompt,
        job.aspect_ratio,
        job.style.value,
        counted_as(job),
        job.state.value,
        job.failure.kind.value if job.failure else None,
        job.cost_microusd,
        None if job.provider_seconds is None else round(job.provider_seconds),
        job.delivered_at,
        job.deleted_at,
        "yes" if reported.is_private else "no",
        _link(reported),
        job.quality.value,
        job.preset.name if job.preset else None,
    )


def _link(reported: ReportedJob) -> str | None:
    if reported.message_id is None or reported.is_private:
        return None
    return jump_url(reported.job.guild_id, PictureLocation(reported.channel_id, reported.message_id))
