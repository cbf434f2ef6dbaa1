"""The view of a post to moderators, read from all the rows that it is about."""

from bot.domain.ids import ModerationPostId
from bot.domain.moderation import ModerationPost, ModerationTopic, PostView
from bot.store.driver.connection import Connection
from bot.store.moderation import complaints, moderation_posts
from bot.store.pictures import cards, jobs, left_messages, places
from bot.store.servers import server_settings


def read(connection: Connection, post_id: ModerationPostId) -> PostView | None:
    post = moderation_posts.get(connection, post_id)
    return None if post is None else view_of(connection, post)


def view_of(connection: Connection, post: ModerationPost) -> PostView:
    job = None if post.job_id is None else jobs.get(connection, post.job_id)
    copy = None if job is None else left_messages.copy_of(connection, job.id)
    has_complaints = job is not None and post.topic is ModerationTopic.REPORT
    return PostView(
        post=post,
        job=job,
        card=None if job is None else cards.get(connection, job.card_id),
        copy=copy,
        complaints=complaints.open_of(connection, job.id) if job is not None and has_complaints else (),
        before=None if job is None else places.of_source(connection, job.source),
        language=server_settings.get(connection, post.guild_id).language,
    )
