"""From a delivery to its settlement: the only place that acknowledges, retries and dead-letters.

The work runs in a thread, outside the handler's own task. When the connection breaks, FastStream cancels the handler
and the broker delivers the message again: that delivery then waits for the same work. Settling is always the last step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aio_pika.exceptions import AMQPError
from faststream.rabbit import RabbitMessage

from worker import ladder, models
from worker.deadline import Deadline
from worker.errors import CutOff, Refused, Retry
from worker.logs import bind_task
from worker.tasks import Outcome
from worker.work import Settlement, Work

_log = structlog.get_logger(__name__)

_PUT_BACK_PAUSE_SECONDS = 5.0


class Consumer:
    """Settles deliveries, one at a time.

    `perform` does the work and blocks. `put_back` publishes a body to the retry queue of a delay, confirmed, with the
    count of attempts. `claimed` is awaited as soon as a delivery has turned out to be a task.
    """

    def __init__(
        self,
        *,
        perform: Callable[[Work], Outcome],
        put_back: Callable[[RabbitMessage, int, int], Awaitable[None]],
        claimed: Callable[[], Awaitable[None]],
        host: str,
        seconds: float,
        retry_delays: tuple[int, ...],
    ) -> None:
        self._perform = perform
        self._put_back = put_back
        self._claimed = claimed
        self._host = host
        self._seconds = seconds
        self._retry_delays = retry_delays
        self._running: dict[str, tuple[Work, asyncio.Task[Outcome]]] = {}
        self._handling: set[asyncio.Task[None]] = set()
        self.settled = 0
        self.cut_off = False

    async def handle(self, message: RabbitMessage) -> None:
        """Do what a delivery asks for and settle it; never raises but for its own cancellation."""
        this = asyncio.current_task()
        assert this is not None
        self._handling.add(this)
        try:
            await self._settle(message, await self._decide(message))
        finally:
            self._handling.discard(this)

    async def drain(self, grace: float, margin: float) -> None:
        """Let the running work end for `grace` seconds, then cut it off and wait `margin` seconds for that."""
        if not await self._idle(grace):
            self.cut()
            await self._idle(margin)

    def cut(self) -> None:
        """Cut the running work off now; its messages stay with the broker."""
        for work, _ in self._running.values():
            work.deadline.cancel("the worker was told to stop")

    async def finished(self) -> None:
        """Wait until nothing runs, and what ran is settled."""
        await self._idle(None)

    async def _idle(self, seconds: float | None) -> bool:
        """Whether everything came to its end in time, work included that began meanwhile or lost its delivery."""
        try:
            async with asyncio.timeout(seconds):
                while waiting := [*self._handling, *(task for _, task in self._running.values())]:
                    await asyncio.wait(waiting)
        except TimeoutError:
            return False
        return True

    async def _decide(self, message: RabbitMessage) -> Settlement:
        try:
            parsed = models.parse(message.body)
        except ValueError as error:
            _log.error("malformed message", message_id=message.message_id, problem=_problem(error))
            return Settlement.DEAD
        identity = models.task_id(parsed, self._host)
        with bind_task(task_id=identity, repository=parsed.repository, kind=parsed.kind):
            await self._claimed()
            settlement = await self._work(parsed, identity, message)
            self.settled += 1
            _log.info("settled", settlement=str(settlement))
            return settlement

    async def _work(
        self, parsed: models.QuickFix | models.Refine | models.Stop, identity: str, message: RabbitMessage
    ) -> Settlement:
        work, running = self._running.get(identity) or self._start(parsed, identity, message)
        try:
            outcome = await asyncio.shield(running)
        except Retry as retry:
            return await self._again(work, retry, message)
        except CutOff as cut:
            self.cut_off = True
            _log.warning("cut off", sentence=cut.sentence)
            return Settlement.KEEP
        except Refused as refused:
            _log.error("refused, and nobody can be told", reason=str(refused.reason), sentence=refused.sentence)
            return Settlement.DEAD
        except Exception:  # noqa: BLE001 - whatever it is, the delivery has to be settled
            _log.exception("broken")
            return Settlement.DEAD
        _log.info("ended", outcome=type(outcome).__name__.lower())
        return Settlement.ACK

    def _start(
        self, parsed: models.QuickFix | models.Refine | models.Stop, identity: str, message: RabbitMessage
    ) -> tuple[Work, asyncio.Task[Outcome]]:
        attempt = ladder.attempt_of(message.headers)
        work = Work(parsed, identity, attempt, Deadline(self._seconds), self._retry_delays)
        _log.info("started", attempt=attempt)
        task = asyncio.create_task(asyncio.to_thread(self._perform, work))
        self._running[identity] = (work, task)
        task.add_done_callback(lambda done: self._forget(identity, done))
        return work, task

    def _forget(self, identity: str, done: asyncio.Task[Outcome]) -> None:
        self._running.pop(identity, None)
        if not done.cancelled():
            done.exception()  # a delivery that was lost leaves nobody to look at it

    async def _again(self, work: Work, retry: Retry, message: RabbitMessage) -> Settlement:
        delay = work.next_delay(retry.after)
        if delay is None:
            _log.error("gave up", reason=str(retry.reason), sentence=retry.sentence, attempts=work.attempt + 1)
            return Settlement.DEAD
        _log.warning("waits", reason=str(retry.reason), sentence=retry.sentence, seconds=delay)
        try:
            await self._put_back(message, delay, work.attempt + 1)
        except Retry as unconfirmed:
            _log.error("could not be put back", sentence=unconfirmed.sentence)
            await asyncio.sleep(_PUT_BACK_PAUSE_SECONDS)
            return Settlement.AGAIN
        return Settlement.ACK

    async def _settle(self, message: RabbitMessage, settlement: Settlement) -> None:
        try:
            match settlement:
                case Settlement.ACK:
                    await message.ack()
                case Settlement.DEAD:
                    await message.reject(requeue=False)
                case Settlement.AGAIN:
                    await message.nack(requeue=True)
                case Settlement.KEEP:
                    pass
        except (AMQPError, OSError, RuntimeError) as error:
            _log.warning("not settled: the broker delivers it again", error=type(error).__name__)


def _problem(error: ValueError) -> str:
    """What is wrong with a message, without what it holds."""
    found = getattr(error, "errors", None)
    if found is None:
        return str(error)
    return "; ".join(
        f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in found(include_input=False)
    )
