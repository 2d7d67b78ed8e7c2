/** Loads data once and asks it questions, an agent and a person in one session. */
import { connect, temporaryHome } from '../connect.ts';

interface Cell {
  job_id: string;
  cell: number;
  status: string;
  value?: { type: string; text: string };
  stdout: string;
  error?: { type: string; message: string };
  /** What others did in the session since our last cell. */
  notes?: string[];
}

/** Stands for a file that takes a while to load. */
const LOAD = `
import random
random.seed(1)
sales = [{"month": n % 12 + 1, "total": random.randint(10, 99)} for n in range(1200)]
len(sales)
`;

using home = temporaryHome();
await using agent = await connect(home.path);
await using person = await connect(home.path, 'a-person'); // a server of its own, the same home

const ask = async (who: typeof agent, code: string): Promise<Cell> => {
  const cell = await who.call<Cell>('py_session_run', { session: 'sales', code });
  const answer = cell.value?.text ?? cell.error?.type ?? cell.stdout.trim();
  console.log(`[${cell.cell}] ${code.trim().split('\n').at(-1)} → ${answer}`);
  return cell;
};

await ask(agent, LOAD);
await ask(agent, 'sum(row["total"] for row in sales if row["month"] == 12)');
await ask(agent, 'sales[1200]["total"]'); // an error is an answer, and the data stays
await ask(person, 'sales = [row for row in sales if row["month"] <= 6]; len(sales)');
const told = await ask(agent, 'max(row["month"] for row in sales)');
console.log('told to the agent:', told.notes?.join('; ') ?? 'nothing');
const ended = await agent.call<{ message: string }>('py_cancel_job', { job_id: told.job_id });
console.log(ended.message);
