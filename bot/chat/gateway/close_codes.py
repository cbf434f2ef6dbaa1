"""The meaning of Discord's close codes. Source: Discord's documentation, Gateway Close Event Codes.

After any code that is not listed here, the shard reconnects and resumes its session.
"""

AUTHENTICATION_FAILED = 4004
#: The session is lost: an invalid sequence, or it timed out.
WITHOUT_SESSION = frozenset({4007, 4009})

#: No connection is possible before the operator changes something: what to change.
FINAL = {
    4010: "Discord refuses the shard: check CHAT_SHARD_COUNT and CHAT_SHARD_IDS",
    4011: "the bot is in too many servers for so few shards: set CHAT_SHARD_COUNT=auto",
    4012: "Discord no longer speaks this version of its gateway: update the bot",
    4013: "Discord does not know the bot's intents: update the bot",
    4014: (
        "Discord refuses the bot's intents: allow them in the developer portal (Bot ▸ Privileged Gateway "
        "Intents)"
    ),
}
