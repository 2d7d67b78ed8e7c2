"""The event loop of a session: made by the first cell that awaits, it lives on between cells."""
import select
import sys


class Loop:
    def __init__(self, bell):
        self._bell = bell
        self._loop = None

    def run(self, coroutine, interrupts):
        task = self._made().create_task(coroutine)
        interrupts.task = task
        return self._loop.run_until_complete(task)

    def wait(self, seconds):
        """Until the bell rings. Tasks that cells have left go on meanwhile."""
        if self._loop is None or self._loop.is_closed():
            select.select([self._bell], [], [], seconds)
            return
        self._loop.add_reader(self._bell, self._loop.stop)
        timer = self._loop.call_later(seconds, self._loop.stop)
        try:
            self._loop.run_forever()
        finally:
            timer.cancel()
            self._loop.remove_reader(self._bell)

    def has_tasks(self):
        return self._loop is not None and bool(sys.modules['asyncio'].all_tasks(self._loop))

    def close(self):
        """Ends its tasks as asyncio.run() does."""
        if self._loop is None or self._loop.is_closed():
            return
        asyncio = sys.modules['asyncio']
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(_gathered(asyncio, tasks))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _made(self):
        import asyncio

        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)  # asyncio.run() leaves none
        return self._loop


async def _gathered(asyncio, tasks):
    await asyncio.gather(*tasks, return_exceptions=True)
