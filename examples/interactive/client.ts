/** Answers the questions of a script: its standard input stays open for py_send_input. */
import { connect, isRunning, temporaryHome } from '../connect.ts';

const SECRET = 42;

using home = temporaryHome();
await using python = await connect(home.path);

const id = await python.start(import.meta.dirname, 'guess.py', { interactive: true });
for (;;) {
  // A prompt has no line end, and is readable all the same.
  const job = await python.readNew(id);
  process.stdout.write(job.new_stdout);
  if (!isRunning(job)) break;

  const [, guess] = /Is it (\d+)\? $/.exec(job.new_stdout) ?? [];
  if (!guess) continue;
  const answer = answerTo(Number(guess));
  console.log(answer);
  await python.call('py_send_input', { job_id: id, text: `${answer}\n` });
}

function answerTo(guess: number): string {
  if (guess === SECRET) return 'yes';
  return guess < SECRET ? 'higher' : 'lower';
}
