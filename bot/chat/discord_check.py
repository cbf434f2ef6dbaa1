"""The part of `python -m bot check` about Discord: what is wrong, and what to do about it."""

from dataclasses import dataclass

import discord

from bot.chat.access.bot_permissions import ALL
from bot.chat.access.message_content import is_on
from bot.chat.delivery.operator_channel import advice_about, check_channel
from bot.chat.gateway.client_setup import ChatSettings, make_client
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.privacy import PrivacyFacts

#: The permissions that the invite link asks for.
PERMISSIONS = discord.Permissions(**dict.fromkeys(ALL, True))


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` is one line; where something is wrong, it says what to do."""

    subject: str
    is_good: bool
    text: str


async def check_discord(
    token: str, settings: ChatSettings, operator_channel_id: int | None = None
) -> list[Finding]:
    client = make_client(settings)
    try:
        await client.login(token)
        return [*_findings(client, settings), *await _operator_channel(client, operator_channel_id)]
    except discord.LoginFailure:
        advice = "refused: copy it again from the developer portal (Bot ▸ Reset Token) into DISCORD_TOKEN"
        return [Finding("Discord token", is_good=False, text=advice)]
    except DISCORD_ERRORS as error:
        advice = f"Discord does not answer ({reason(error)}): check the network and DISCORD_API_URL"
        return [Finding("Discord token", is_good=False, text=advice)]
    finally:
        await client.close()


async def _operator_channel(client: discord.Client, channel_id: int | None) -> list[Finding]:
    if channel_id is None:
        return []
    subject = "Notices to you"
    try:
        await check_channel(client, channel_id)
    except DISCORD_ERRORS as error:
        return [Finding(subject, is_good=False, text=advice_about(error))]
    return [Finding(subject, is_good=True, text="the channel of OPERATOR_CHANNEL_ID can be seen")]


def invite_url(application_id: int) -> str:
    scopes = ("bot", "applications.commands")
    return discord.utils.oauth_url(application_id, permissions=PERMISSIONS, scopes=scopes)


def _findings(client: discord.Client, settings: ChatSettings) -> list[Finding]:
    application = client.application
    if application is None or client.user is None:
        return [Finding("Discord token", is_good=False, text="accepted, but Discord names no application")]
    findings = [Finding("Discord token", is_good=True, text=f"accepted, as {client.user}")]
    if application.interactions_endpoint_url:
        advice = "set, so that no command reaches this bot: clear it in the portal (General Information)"
        findings.append(Finding("Interactions Endpoint URL", is_good=False, text=advice))
    if settings.has_reply_edits:
        findings.append(_message_content(application.flags))
    findings.append(_strangers(application, settings))
    count = application.approximate_guild_count
    servers = f"in about {count}" if count else f"in none yet: open {invite_url(application.id)}"
    findings.append(Finding("Servers", is_good=bool(count), text=servers))
    return [*findings, *_privacy(settings.privacy_facts, _served(settings, count or 0))]


def _served(settings: ChatSettings, servers: int) -> int:
    return min(servers, len(settings.served_guild_ids) or servers)


def _privacy(facts: PrivacyFacts, servers: int) -> list[Finding]:
    """Check that members of other people's servers can find out who has their data."""
    subject = "Privacy"
    unset = {"OPERATOR_CONTACT": facts.contact, "PRIVACY_URL": facts.policy_url}
    names = " and ".join(name for name, value in unset.items() if value is None)
    if not names:
        return [Finding(subject, is_good=True, text="/privacy about names your contact and your policy")]
    if servers <= 1:
        return [Finding(subject, is_good=True, text=f"{names} not set, which one server can do without")]
    # No reason not to start: the bot works without, and says in /privacy what it keeps.
    advice = (
        f"{names} not set: the bot is in more than one server, and Discord's terms ask for a policy that "
        "members can read"
    )
    return [Finding(subject, is_good=True, text=advice)]


def _strangers(application: discord.AppInfo, settings: ChatSettings) -> Finding:
    """Check whether people whom the operator does not know can spend their money, and how much of it."""
    subject = "Strangers"
    if settings.served_guild_ids:
        text = f"only {len(settings.served_guild_ids)} servers may use the bot (CHAT_GUILD_IDS)"
        return Finding(subject, is_good=True, text=text)
    if not application.bot_public:
        return Finding(subject, is_good=True, text="the bot is not public: only its owner adds it to servers")
    if settings.has_budget:
        return Finding(
            subject, is_good=True, text="the bot is public; BUDGET_MONTHLY_USD limits what they cost"
        )
    advice = (
        "the bot is public, and nothing limits what strangers can spend: set BUDGET_MONTHLY_USD or "
        "CHAT_GUILD_IDS, or switch Public Bot off in the portal (Bot ▸ Public Bot)"
    )
    return Finding(subject, is_good=False, text=advice)


def _message_content(flags: discord.ApplicationFlags) -> Finding:
    """Report it, though the bot works without it: replies then edit only the bot's own pictures."""
    if is_on(flags):
        text = "on: replies can edit everybody's pictures"
    else:
        text = (
            "off: replies can edit the bot's own pictures only. To change that, turn it on in the portal "
            "(Bot ▸ Message Content Intent)"
        )
    return Finding("Message Content", is_good=True, text=text)
