"""The settings of the network, whose names other programs know as well."""

import os

from pydantic import Field, ValidationInfo, field_validator

from bot.setting_types import CertFile, Group, NoProxy, ProxyUrl, spellings_of_login


class Network(Group):
    """Names that other programs know as well, in capitals or small letters."""

    https_proxy: ProxyUrl | None = Field(
        None,
        description="The proxy by which Discord, Segmind and files are reached, such as "
        "http://user:password@proxy.example:3128 (empty: none).",
    )
    no_proxy: NoProxy = Field(
        (),
        description="What is reached without it, with commas between: names, which stand for all below them, "
        "addresses, networks such as 10.0.0.0/8, each with :port if you like, or * for everything.",
    )
    ssl_cert_file: CertFile | None = Field(
        None,
        description="A file with the certificates (PEM) of the authorities to trust, in place of the "
        "system's (empty: the system's).",
    )

    @field_validator("https_proxy", "no_proxy", mode="before")
    @classmethod
    def _small_letters_win(cls, value: object, of: ValidationInfo) -> object:
        """Prefer the name in small letters if both are set, as curl does."""
        return os.environ.get(of.field_name or "") or value

    @property
    def secrets(self) -> set[str]:
        """Return the login of the proxy, in every spelling."""
        return set() if self.https_proxy is None else spellings_of_login(self.https_proxy.get_secret_value())
