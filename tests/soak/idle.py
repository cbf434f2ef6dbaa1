"""`python -m tests.soak.idle`: how late a process that does nothing is woken on this machine at this time.

It measures as the bot does, until its standard input ends; then it prints how often it was woken, and how
often in time.
"""

import asyncio
import sys

from bot.ops.loop_lag import watch_loop_lag
from tests.soak.gauges import LAG_BOUND_SECONDS


async def main() -> None:
    lags: list[float] = []
    watching = asyncio.create_task(watch_loop_lag(lags.append))
    await asyncio.to_thread(sys.stdin.read)
    watching.cancel()
    print(len(lags), sum(lag <= LAG_BOUND_SECONDS for lag in lags))


if __name__ == "__main__":
    asyncio.run(main())
