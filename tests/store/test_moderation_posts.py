"""The posts for moderators, on both databases: which of them are due."""

from bot.domain.administration import GuildChoices
from bot.domain.ids import ChannelId, MemberId, MessageId, ModerationPostId
from bot.domain.moderation import Decision, ModerationTopic
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database
from bot.store.moderation import moderation_posts
from bot.store.servers import server_settings
from tests.builders import GUILD, MEMBER, NOON
from tests.databases import admit

CHANNEL, MESSAGE, MODERATOR = ChannelId(4242), MessageId(777), MemberId(77)


def posted_while_it_is_decided(connection: Connection) -> ModerationPostId:
    """The decision comes after the post was read, and before its place is saved."""
    server_settings.put(connection, GUILD, GuildChoices(moderation_channel_id=CHANNEL))
    (job,) = admit(connection)
    topic = ModerationTopic.REPORT
    post_id = moderation_posts.owe(
        connection, guild_id=GUILD, topic=topic, member_id=MEMBER, job_id=job.id, at=NOON
    )
    moderation_posts.end(connection, job.id, Decision.DISMISSED, by=MODERATOR, at=NOON)
    moderation_posts.begin(connection, post_id, CHANNEL)
    return post_id


async def test_what_is_decided_while_it_is_posted_is_due_again(database: Database) -> None:
    post_id = await database.write(posted_while_it_is_decided)
    is_newest = await database.write(moderation_posts.shown, post_id, revision=0, message_id=MESSAGE, at=NOON)
    assert not is_newest
    assert await database.read(moderation_posts.due, at=NOON) == [post_id]


async def test_what_shows_the_decision_is_not_due(database: Database) -> None:
    post_id = await database.write(posted_while_it_is_decided)
    assert await database.write(moderation_posts.shown, post_id, revision=1, message_id=MESSAGE, at=NOON)
    assert await database.read(moderation_posts.due, at=NOON) == []
