/** From the start of the server's process to its list of tools, against an empty Node program. */
import { interleaved, type Medians, settle, timed } from './measure.ts';
import { newHome, type Run, runBare } from './run.ts';
import { Server } from './server.ts';

export function startup(run: Run): Promise<Medians> {
  const home = newHome(run); // the same for all rounds: its code cache is warm from the second on
  return interleaved(
    run.quick ? 11 : 41,
    async () => {
      await settle();
      return timeToTools(home);
    },
    async () => {
      await settle();
      return timed(() => runBare(run, process.execPath, ['-e', '0']));
    },
  );
}

async function timeToTools(home: string): Promise<number> {
  const began = performance.now();
  const server = new Server(home);
  await server.initialize();
  await server.request('tools/list');
  const elapsed = performance.now() - began;
  await server.stop();
  return elapsed;
}
