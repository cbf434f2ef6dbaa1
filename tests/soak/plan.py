"""How much is asked for, by how many, and for how long."""

from dataclasses import dataclass

#: Pictures that a request asks for, on average; see `members`.
PICTURES_A_REQUEST = 1.6
#: Of those who have not got all by the end of the asking time: many, and no overload.
LATE_REQUESTS_A_SECOND = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    pictures: int = 10_000
    members: int = 500
    servers: int = 20
    seed: int = 1
    #: When it gives up.
    minutes: float = 20.0
    #: Of these minutes, what the requests are spread over; the rest is for what went wrong.
    asking_share: float = 0.5
    #: How often the process is killed, all within the first third: memory is watched from then on.
    kills: int = 5
    #: How much faster than the machine's all clocks run: the bot's and those of the stand-ins.
    speed: float = 1.0
    #: How many pictures there are for each trouble.
    pictures_a_trouble: int = 15
    #: How long the provider, and then Discord, is away after each kill; by default the longest by chance.
    outage_seconds: float = 6.0

    def __post_init__(self) -> None:
        if self.servers < 2 or self.members < 1 or self.pictures < self.members:
            raise ValueError("at least two servers, one member, and a picture for each")

    @property
    def allowance(self) -> int:
        """What each member may have over all servers, and will ask for until it is used up."""
        return self.pictures // self.members

    @property
    def attempts(self) -> int:
        """In an hour, of each member: far more than anybody needs who means no harm."""
        return 10 * self.allowance

    @property
    def expected(self) -> int:
        return self.allowance * self.members

    @property
    def asking_seconds(self) -> float:
        return self.minutes * 60 * self.asking_share

    @property
    def think_seconds(self) -> float:
        """Between two requests of one member, on average."""
        return self.asking_seconds / (self.allowance / PICTURES_A_REQUEST)

    @property
    def late_think_seconds(self) -> float:
        return self.members / LATE_REQUESTS_A_SECOND
