"""The conditions of partial indexes. Each is written once, as text, and used by the index and by its queries:
the databases recognise them only when they are the same.
"""

from sqlalchemy import text

from bot.domain.job import IN_WORK, JobState


def state_is_one_of(states: list[JobState]) -> str:
    return f"state IN ({', '.join(repr(state.value) for state in states)})"


#: The bot still has to make or deliver it.
IS_OPEN = text(state_is_one_of([s for s in JobState if not s.is_end]) + " AND parked_at IS NULL")
#: Kept for its member, since every way of delivery failed.
IS_PARKED = text("parked_at IS NOT NULL AND state = 'ready'")
IS_IN_WORK = text(state_is_one_of([s for s in JobState if s in IN_WORK]))
COUNTS = text("counts = 1")
HAS_DURATION = text("provider_seconds IS NOT NULL")
HAS_COST = text("cost_microusd IS NOT NULL")
#: Ended, but its cost is still unknown.
IS_UNSETTLED = text("held_microusd > 0 AND " + state_is_one_of([s for s in JobState if s.is_end]))
HAS_REQUEST_ID = text("request_id IS NOT NULL")
#: It has not appeared in the provider's history.
IS_DISMISSED = text("request_id IS NULL")
HAS_FOUND_REQUEST = text("found_request_at IS NOT NULL")
HAS_SOURCE_JOB = text("source_job_id IS NOT NULL")
IS_ANSWERED = text("message_id IS NOT NULL")
IS_UNANSWERED = text("message_id IS NULL AND NOT is_lost")
IS_DUE = text("revision > shown_revision AND message_id IS NOT NULL AND NOT is_lost")
HAS_TOKEN = text("sealed_token IS NOT NULL")
OWES_NOTICE = text("owes_notice")
#: It is out of date, and not given up.
HAS_NEXT_TRY = text("try_at IS NOT NULL")
#: A message that shows one picture of its card again.
IS_COPY = text("job_id IS NOT NULL")
#: No one has decided on it yet.
IS_UNDECIDED = text("NOT is_over")
#: Reports hide the picture until a moderator decides.
IS_HIDING = text("hiding IS NOT NULL")
#: The feed does not show it yet, as far as is known.
IS_UNSENT = text("message_id IS NULL")
IS_SENT = text("message_id IS NOT NULL")
#: The feed shows it in another way than it should by now.
IS_STALE = text("is_stale")
