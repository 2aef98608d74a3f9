"""The loads measure what they say: percentiles, waiting, the heads of browsers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import pytest

from app.pageviews.classes import ViewClass, classify
from bench import browsers
from bench.client import Failed
from bench.generator import Ended, Load, body_length, summary
from bench.groups.freshness import staleness
from bench.load import Mix, percentile, rate_of

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwords"


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3.0], 0.99, 3.0),
        ([1.0, 2.0], 0.5, 1.0),
        ([float(value) for value in range(100, 0, -1)], 0.99, 99.0),
        ([float(value) for value in range(1, 1001)], 0.99, 990.0),
        ([float(value) for value in range(1, 1001)], 0.999, 999.0),
        ([float(value) for value in range(1, 4)], 1.0, 3.0),
    ],
)
def test_a_percentile_is_the_nearest_rank(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_a_rate_counts_what_was_answered_in_its_time() -> None:
    rate = rate_of([1.0] * 98 + [50.0, 60.0], 2.0)
    assert (rate.per_second, rate.p50, rate.p99) == (50.0, 1.0, 50.0)


def run_load(answer: Callable[[int], float], *, rate: int | None, seconds: float, connections: int) -> Load:
    """A load on a server that waits before its answers: ``answer(number of the request)`` says how long."""

    async def both() -> Load:
        asked = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal asked
            try:
                while await reader.readuntil(b"\r\n\r\n"):
                    asked += 1
                    await asyncio.sleep(answer(asked))
                    writer.write(ANSWER)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        load = Load(port, repeat(b"GET / HTTP/1.1\r\n\r\n"), rate=rate, connections=connections)
        await load.run(seconds)
        load.close()
        server.close()
        await asyncio.sleep(0.05)
        return load

    # In a thread of its own: Playwright has a loop running in this one, once a browser was started.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(both())).result()


def test_a_steady_load_asks_as_often_as_planned_however_slow_the_server_is() -> None:
    load = run_load(lambda _: 0.05, rate=100, seconds=0.5, connections=4)
    assert (len(load.times), load.failed) == (50, "")


def test_requests_that_had_to_wait_are_as_late_as_they_were_for_their_readers() -> None:
    """The server stalls once, for 0.4 s: a closed loop would have one slow request, readers had forty."""
    load = run_load(lambda number: 0.4 if number == 1 else 0.0, rate=100, seconds=0.5, connections=1)
    assert len(load.times) == 50
    assert sum(time > 100 for time in load.times) >= 25
    assert summary(load, 0.5)["p99"] >= 350


def test_without_a_rate_each_connection_asks_again_at_once() -> None:
    load = run_load(lambda _: 0.0, rate=None, seconds=0.2, connections=3)
    assert len(load.times) > 3
    assert load.lags == []


def test_the_generator_understands_answers_with_a_length_and_none_that_failed() -> None:
    assert body_length(b"HTTP/1.1 200 OK\r\ncontent-length: 12") == 12
    assert body_length(b"HTTP/1.1 304 Not Modified\r\nETag: x") == 0
    for head in (b"HTTP/1.1 500 Oops\r\nContent-Length: 2", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"):
        with pytest.raises(Ended):
            body_length(head)


def test_the_400_browsers_differ_and_are_peoples() -> None:
    blocks = browsers.blocks()
    assert len(set(blocks)) == len(blocks) == 400
    agents = {
        line.partition(": ")[2] for block in blocks for line in block.split("\r\n") if line.startswith("User-Agent")
    }
    assert len(agents) > 100
    assert {classify(user_agent=agent, purpose="", is_staff=False) for agent in agents} == {ViewClass.BROWSER}


def test_headers_of_ones_own_replace_the_browsers() -> None:
    (block,) = Mix.of_one("/", User_Agent="me", If_None_Match='"1"').blocks
    names = [line.partition(":")[0] for line in block.splitlines()]
    assert len(names) == len(set(names))
    assert "User-Agent: me\r\n" in block
    assert 'If-None-Match: "1"\r\n' in block


def test_staleness_is_that_of_the_last_old_answer_asked_for_after_the_commit() -> None:
    assert staleness([(9.0, 1), (10.2, 1), (10.1, 2), (10.4, 2)], 2, 10.0) == pytest.approx(0.2)
    assert staleness([(9.9, 1), (10.1, 2)], 2, 10.0) == 0.0
    with pytest.raises(Failed):
        staleness([(9.9, 1)], 2, 10.0)
