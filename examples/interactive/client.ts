/** Answers the questions of a script: each answer is one call, and its reply is the next question. */
import { connect, temporaryHome } from '../connect.ts';

const SECRET = 42;

interface Turn {
  new_stdout?: string;
  /** Its prompt; null or absent when the script asks no more. */
  waiting_for_input?: string | null;
}

using home = temporaryHome();
await using python = await connect(home.path);

// No async_mode: the call returns as soon as the script waits for its first answer.
const started = await python.call<Turn & { job_id: string }>('py_run_script_in_dir', {
  directory: import.meta.dirname,
  script_path: 'guess.py',
  interactive: true,
});
let turn: Turn = started;
while (typeof turn.waiting_for_input === 'string') {
  const answer = answerTo(turn.waiting_for_input);
  console.log(`${turn.waiting_for_input}${answer}`);
  turn = await python.call<Turn>('py_send_input', {
    job_id: started.job_id,
    text: `${answer}\n`,
  });
}
process.stdout.write(turn.new_stdout ?? '');

function answerTo(question: string): string {
  const guess = Number(/\d+/.exec(question)?.[0]);
  if (guess === SECRET) return 'yes';
  return guess < SECRET ? 'higher' : 'lower';
}
