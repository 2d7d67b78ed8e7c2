import { describe, expect, test, vi } from 'vitest';
import { fakeUv } from '../../support/installers.ts';
import { offlineHome, resolver } from '../../support/offline-home.ts';

async function messageOf(failing: Promise<unknown>): Promise<string> {
  return failing.then(
    () => 'it did not fail',
    (error: Error) => error.message,
  );
}

describe('a build that does not end', () => {
  const SLEEPS = 'echo "pid $$" >&2; sleep 20 & wait';

  async function started(lines: string[]): Promise<number> {
    const line = () => lines.find((text) => text.startsWith('pid ')) ?? '';
    await vi.waitFor(() => expect(line()).not.toBe(''), { timeout: 20_000 });
    return Number(line().slice(4));
  }

  async function groupEnded(pid: number): Promise<void> {
    await vi.waitFor(() => expect(() => process.kill(-pid, 0)).toThrow(), { timeout: 10_000 });
  }

  test('ends with all its processes when the only job that waits is cancelled', async () => {
    const home = offlineHome();
    const { resolve, lines } = resolver(home, { uvPath: fakeUv(home.home, SLEEPS) });
    const stop = new AbortController();
    const waiting = resolve(['beta'], stop.signal);
    const pid = await started(lines);
    stop.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    await groupEnded(pid);
  });

  test('goes on for the others when one of them is cancelled', async () => {
    const home = offlineHome();
    const { resolve, lines } = resolver(home, { uvPath: fakeUv(home.home, SLEEPS) });
    const [one, other] = [new AbortController(), new AbortController()];
    const leaving = resolve(['beta'], one.signal);
    const staying = resolve(['beta'], other.signal);
    const pid = await started(lines);
    one.abort(new Error('cancelled'));
    await expect(leaving).rejects.toThrow('cancelled');
    expect(process.kill(-pid, 0)).toBe(true);
    other.abort(new Error('cancelled too'));
    await expect(staying).rejects.toThrow('cancelled too');
    await groupEnded(pid);
  });

  test('is ended at its time budget, and the message names the setting', async () => {
    const home = offlineHome();
    const uvPath = fakeUv(home.home, SLEEPS);
    const { resolve, lines } = resolver(home, { uvPath, buildTimeoutSeconds: 1 });
    const waiting = resolve(['beta']);
    await expect(waiting).rejects.toThrow('environment_timeout_seconds');
    await expect(waiting).rejects.toMatchObject({ code: 'environment_failed' });
    await groupEnded(await started(lines));
  });
});

test('a full disk is called a full disk', async () => {
  const home = offlineHome();
  const body = 'echo "error: failed to write: No space left on device (os error 28)"; exit 2';
  const failing = resolver(home, { uvPath: fakeUv(home.home, body) }).resolve(['beta']);
  await expect(failing).rejects.toThrow(`the disk that holds ${home.home} is full`);
});

test('a long explanation is cut in the middle', async () => {
  const home = offlineHome();
  const body = 'echo "error: first"; yes "cause: and so on" | head -n 1000; echo last; exit 1';
  const failing = resolver(home, { uvPath: fakeUv(home.home, body) }).resolve(['beta']);
  const message = await messageOf(failing);
  expect(message).toMatch(/error: first[\s\S]+…[\s\S]+last\n/);
  expect(message.length).toBeLessThan(2400);
});

test('credentials of an index do not reach the log or the message', async () => {
  const home = offlineHome();
  const body = 'echo "error: could not fetch $UV_DEFAULT_INDEX"; exit 1';
  const indexUrl = 'https://user:hunter2@index.example/simple';
  const { resolve, lines } = resolver(home, { uvPath: fakeUv(home.home, body), indexUrl });
  const message = await messageOf(resolve(['beta']));
  expect(message).toContain('https://***@index.example');
  expect(`${message}${lines.join()}`).not.toContain('hunter2');
});

test('exclude_newer is not silently dropped where only pip is at hand', async () => {
  const { resolve } = resolver(offlineHome(), { excludeNewer: '2024-01-01' });
  await expect(resolve(['beta'])).rejects.toThrow('`exclude_newer` needs uv');
});
