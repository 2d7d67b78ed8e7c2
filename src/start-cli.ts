/** The command line, with what it runs on handed to it: it knows no way up to here. */
import { runCommand as run } from './cli/program.ts';
import { VERSION } from './version.ts';

/** Each part is loaded when a command needs it: `--help` and usage errors need none. */
export function runCommand(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return run(args, env, {
    version: VERSION,
    async readConfig() {
      return (await import('./config/read-settings.ts')).readConfig(env);
    },
    async createApp(config, startsJobs) {
      return (await import('./create-app.ts')).createApp(config, env, startsJobs);
    },
    async startHttp(app, config, options) {
      return (await import('./serve-http.ts')).startHttp(app, config, VERSION, options);
    },
  });
}
