/** Scripts that have something to put in order before they end, as training scripts do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A checkpoint in `finally`, a file that `with` closes, workers that feed it, an exit function. */
export const TRAINING = `
import atexit, json, multiprocessing, os, shutil, time

def load(queue):
    while True:
        queue.put(os.getpid())

def train(queue, step=0):
    try:
        with open("metrics.csv", "w") as metrics:
            while True:
                queue.get()
                step += 1
                metrics.write(f"{step},0.5\\n")
                if step == 3:
                    print("training", flush=True)
                time.sleep(0.005)
    except KeyboardInterrupt:
        print("interrupted by user")
    finally:
        time.sleep(float(os.environ.get("SAVING_TAKES", "0")))
        with open("checkpoint.json", "w") as file:
            json.dump({"step": step}, file)

if __name__ == "__main__":
    os.mkdir("scratch")
    atexit.register(shutil.rmtree, "scratch")
    queue = multiprocessing.Queue(4)
    for _ in range(2):
        multiprocessing.Process(target=load, args=(queue,), daemon=True).start()
    train(queue)
`;

/** Says which of the two requests to end it got, and goes on. */
export const STUBBORN = `
import signal, sys, time
for name in ("SIGINT", "SIGTERM"):
    signal.signal(getattr(signal, name), lambda number, _: print(signal.Signals(number).name, flush=True))
print("up", flush=True)
while True:
    time.sleep(600)
`;

/** What the script left in `folder`: all of it in order, or what there is. */
export function leftBy(folder: string): object {
  const text = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      return null;
    }
  };
  const step = JSON.parse(text('checkpoint.json') ?? '{}').step as number | undefined;
  const rows = text('metrics.csv')?.split('\n').length;
  return { checkpoint: step !== undefined && step >= 3, rows: rows !== undefined && rows > 3 };
}

export const IN_ORDER = { checkpoint: true, rows: true };
