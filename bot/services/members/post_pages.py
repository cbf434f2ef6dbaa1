"""Pages of what moderators still have to decide on, of one topic, the oldest first."""

from bot.domain.ids import GuildId
from bot.domain.moderation import ModerationTopic, PostPage
from bot.domain.paging import bounded
from bot.store.driver.database import Connection
from bot.store.moderation import moderation_posts, post_views

#: Entries on one page of a list.
PAGE_LENGTH = 5


def page_of(connection: Connection, guild_id: GuildId, topic: ModerationTopic, number: int) -> PostPage:
    """Return a page; the last one if there are fewer."""
    total = moderation_posts.count_open(connection, guild_id, topic)
    page, pages = bounded(number, total, PAGE_LENGTH)
    found = moderation_posts.all_open(
        connection, guild_id, topic, limit=PAGE_LENGTH, offset=page * PAGE_LENGTH
    )
    return PostPage(
        views=[post_views.view_of(connection, post) for post in found],
        page=page,
        pages=pages,
        total=total,
        channel_id=moderation_posts.channel_of(connection, guild_id, topic),
        is_refused=moderation_posts.is_refused(connection, guild_id),
    )
