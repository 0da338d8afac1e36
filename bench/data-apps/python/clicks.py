"""Clicks are counted in memory and written once a second."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

counts: Counter[str] = Counter()


@asynccontextmanager
async def written_regularly(write: Callable[[Counter[str]], Awaitable[None]]) -> AsyncIterator[None]:
    task = asyncio.create_task(write_regularly(write))
    yield
    task.cancel()


async def write_regularly(write: Callable[[Counter[str]], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(1)
        if not counts:
            continue
        taken = counts.copy()
        counts.clear()
        try:
            await write(taken)
        except Exception:
            logging.exception("clicks are lost")
