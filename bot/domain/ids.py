"""Typed identifiers, so that a card's id cannot be used as a job's."""

from typing import NewType

#: Our own ids, which the database assigns.
JobId = NewType("JobId", int)
#: An entry of a word list.
EntryId = NewType("EntryId", int)
CardId = NewType("CardId", int)
PostId = NewType("PostId", int)
LeftMessageId = NewType("LeftMessageId", int)
ModerationPostId = NewType("ModerationPostId", int)
#: Names a job within its server.
PictureNumber = NewType("PictureNumber", int)

#: Discord's snowflakes: 64-bit integers.
ApplicationId = NewType("ApplicationId", int)
GuildId = NewType("GuildId", int)
ChannelId = NewType("ChannelId", int)
MessageId = NewType("MessageId", int)
MemberId = NewType("MemberId", int)
RoleId = NewType("RoleId", int)
AttachmentId = NewType("AttachmentId", int)
#: An interaction's snowflake; for a request made by a reply, the snowflake of the replying message.
InteractionId = NewType("InteractionId", int)

#: The provider's name for an accepted request: `[A-Za-z0-9_-]{1,100}`.
RequestId = NewType("RequestId", str)
