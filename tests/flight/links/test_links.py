"""Every kind of link end to end on this machine: all bytes in order, and both ends outlive the other."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator

import pytest

from flight.links.broker import free_port, running
from flight.links.factory import receiver, transmitter
from flight.links.link import Receiver, Transmitter
from flight.wire.errors import Misuse
from tests.flight.links.lines import Memory, until
from tests.flight.wire import samples
from tests.system_parts import needs

STREAM = b"".join(samples.frames(3000, seed=4))


@pytest.fixture
def broker() -> Iterator[str]:
    needs("mosquitto")
    with running() as url:
        yield url


@contextlib.asynccontextmanager
async def listening(end: Receiver) -> AsyncIterator[Memory]:
    memory = Memory()
    task = asyncio.create_task(end.run(memory))
    try:
        yield memory
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def send(end: Transmitter, data: bytes) -> None:
    for start in range(0, len(data), 1500):
        await end.send(data[start : start + 1500])
    await end.drain()


async def all_arrives(sender: Transmitter, listener: Receiver | None) -> None:
    await sender.open()
    try:
        async with listening(listener or receiver(sender.url)) as memory:
            await sender.ready()
            await until(lambda: memory.log == ["up"])
            await send(sender, STREAM)
            await until(lambda: len(memory.received) >= len(STREAM))
            assert bytes(memory.received) == STREAM
            assert sender.bytes_lost == 0
    finally:
        await sender.close()


async def test_a_pseudo_terminal_untimed() -> None:
    await all_arrives(transmitter("pty:", "v", 0.0), None)


async def test_a_pseudo_terminal_is_no_faster_than_its_baud_rate() -> None:
    loop = asyncio.get_running_loop()
    sender = transmitter("pty:?baud=115200", "v", 1.0)
    await sender.open()
    async with listening(receiver(sender.url)) as memory:
        await sender.ready()
        start = loop.time()
        await sender.send(STREAM[:11_520])
        await until(lambda: len(memory.received) == 11_520)
        assert loop.time() - start > 0.95
    await sender.close()


async def test_tcp_both_ways_round() -> None:
    await all_arrives(transmitter("tcp-listen://127.0.0.1:0", "v", 0.0), None)
    port = free_port()
    await all_arrives(transmitter(f"tcp://127.0.0.1:{port}", "v", 0.0), receiver(f"tcp-listen://127.0.0.1:{port}"))


async def test_a_serial_line_over_a_socket() -> None:
    port = free_port()
    await all_arrives(
        transmitter(f"tcp-listen://127.0.0.1:{port}", "v", 0.0), receiver(f"serial:socket://127.0.0.1:{port}")
    )


async def test_udp_carries_whole_frames() -> None:
    url = f"udp://127.0.0.1:{free_port()}"
    await all_arrives(transmitter(url, "v", 0.0), receiver(url))


async def test_mqtt_through_a_real_broker(broker: str) -> None:
    await all_arrives(transmitter(broker + "/range", "v", 0.0), receiver(broker + "/range"))


async def test_unplugging_and_plugging_in_again_ends_neither_end() -> None:
    """What is sent meanwhile is lost, as with a radio, and counted."""
    sender = transmitter("pty:", "v", 0.0)
    await sender.open()
    async with listening(receiver(sender.url)) as first:
        await sender.ready()
        await send(sender, STREAM[:5000])
        await until(lambda: len(first.received) == 5000)
    await send(sender, STREAM[5000:9000])
    assert sender.bytes_lost == 4000
    async with listening(receiver(sender.url)) as second:
        await sender.ready()
        await send(sender, STREAM[9000:])
        await until(lambda: len(second.received) == len(STREAM) - 9000)
        await sender.close()
        await until(lambda: second.log == ["up", "down", "waiting: no such port"])


async def test_a_station_waits_for_a_vehicle_that_comes_later_and_says_so_once() -> None:
    port = free_port()
    async with listening(receiver(f"tcp://127.0.0.1:{port}")) as memory:
        await asyncio.sleep(1.2)
        assert len(memory.log) == 1
        assert memory.log[0].startswith("waiting: ")
        sender = transmitter(f"tcp-listen://127.0.0.1:{port}", "v", 0.0)
        await sender.open()
        await sender.ready()
        await send(sender, STREAM[:100])
        await until(lambda: len(memory.received) == 100)
        await sender.close()


@pytest.mark.parametrize(
    ("url", "what_to_do"),
    [
        ("serial:/dev/absent", "plug it in, or leave out --no-wait"),
        ("tcp://127.0.0.1:{port}", "start the vehicle, or leave out --no-wait"),
        ("mqtt://127.0.0.1:{port}", "start a broker: ./run broker"),
    ],
)
async def test_without_waiting_an_absent_link_is_one_line(url: str, what_to_do: str) -> None:
    with pytest.raises(Misuse) as caught:
        await receiver(url.format(port=free_port()), wait=False).run(Memory())
    assert what_to_do in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_port_that_another_program_has_is_one_line() -> None:
    sender = transmitter("pty:", "v", 0.0)
    await sender.open()
    async with listening(receiver(sender.url)):
        await sender.ready()
        with pytest.raises(Misuse, match="in use by another program"):
            await receiver(sender.url).run(Memory())
    await sender.close()


@pytest.mark.parametrize("scheme", ["tcp-listen", "udp"])
async def test_a_taken_address_is_one_line(scheme: str) -> None:
    url = f"{scheme}://127.0.0.1:{free_port()}"
    async with listening(receiver(url)) as memory:
        if scheme == "udp":
            await until(lambda: memory.log == ["up"])
        else:
            await asyncio.sleep(0.2)
        with pytest.raises(Misuse, match="cannot listen there"):
            await receiver(url).run(Memory())


async def test_a_broker_that_goes_and_comes_back_ends_neither_end() -> None:
    needs("mosquitto")
    port = free_port()
    with contextlib.ExitStack() as first:
        url = first.enter_context(running(port))
        sender = transmitter(url, "v", 0.0)
        await sender.open()
        async with listening(receiver(url)) as memory:
            await until(lambda: memory.log == ["up"])
            await send(sender, STREAM[:3000])
            await until(lambda: len(memory.received) == 3000)
            await asyncio.to_thread(first.close)
            await until(lambda: "down" in memory.log)
            await send(sender, STREAM[3000:6000])
            assert sender.bytes_lost == 3000
            with running(port):
                await until(lambda: memory.log[-1] == "up" and len(memory.log) > 1)
                await sender.ready()
                await send(sender, STREAM[6000:])
                await until(lambda: len(memory.received) == len(STREAM) - 3000)
                await sender.close()


def test_a_closed_line_leaves_no_descriptor_behind() -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0

    async def cycle() -> None:
        sender = transmitter("pty:", "v", 0.0)
        await sender.open()
        await sender.drain()
        await sender.close()

    for _ in range(5):
        asyncio.run(cycle())
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after == before
