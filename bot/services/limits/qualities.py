"""The choice of a quality: who has it, which model makes it, and how many pictures it counts as."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.administration import GuildChoices
from bot.domain.ids import GuildId, RoleId
from bot.domain.luma import MAX_MODEL
from bot.domain.quality import Models, Quality, QualityDenied
from bot.services.runtime import Runtime
from bot.store.servers import server_settings


@dataclass(slots=True, kw_only=True)
class Qualities:
    runtime: Runtime
    models: Models

    @property
    def offers_max(self) -> bool:
        """Return whether there is anything to choose: the usual model may be the best one already."""
        return self.models.offers_max and self.models.standard != MAX_MODEL

    async def may_use_max(self, guild_id: GuildId, role_ids: Collection[RoleId]) -> bool:
        """Return whether a member with these roles may choose `Quality.MAX` in the server."""
        if not self.offers_max:
            return False
        chosen = await self.runtime.database.read(server_settings.get, guild_id)
        return chosen.allows_max(guild_id, role_ids)

    def model_for(
        self, quality: Quality, chosen: GuildChoices, guild_id: GuildId, role_ids: Collection[RoleId]
    ) -> str:
        """Return the model that makes it. Raises `QualityDenied`."""
        model = self.models.of(quality)
        if model == self.models.standard:
            return model
        if not self.models.offers_max:
            raise QualityDenied(is_offered=False)
        if not chosen.allows_max(guild_id, role_ids):
            raise QualityDenied(chosen.max_roles or ())
        return model

    def weight(self, model: str, chosen: GuildChoices) -> int:
        """Return how many pictures one by this model counts as in the limits."""
        return 1 if model == self.models.standard else chosen.max_counts_as
