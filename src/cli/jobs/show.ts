/** `python-mcp show`: everything about one job but its whole output. */
import type { JobDetails, JobView } from '../../contract/replies/one-job.ts';
import type { RunResult } from '../../contract/replies/run-result.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { formatBytes, formatSeconds, formatTime } from '../terminal/duration.ts';
import { statusText } from './job-table.ts';
import { describeProgress } from '../run/progress-line.ts';
import { formatTable } from '../terminal/table.ts';
import { printJson, printLine, styled, type Terminal } from '../terminal/terminal.ts';
import { errorInWords } from '../terminal/words.ts';
import { jobNamed } from '../terminal/typed-job.ts';

const LAST_LINES = 10;

export async function showJob(
  jobs: JobService,
  prefix: string,
  { json }: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const view = jobs.inspect.details(jobNamed(jobs, prefix));
  if (json) return printJson(terminal, view);
  const { stdout } = terminal;
  const rows = [
    ...aboutJob(view, stdout),
    ...aboutPast(jobs, view),
    ...aboutRequest(view),
    ...aboutResult(view.result),
  ];
  const shown = rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [styled(stdout, 'dim', name), value]);
  await printLine(stdout, formatTable(shown));
  await printEnds(jobs, view.id, terminal);
}

type Row = [name: string, value: string];

function aboutJob(view: JobView, stdout: NodeJS.WriteStream): Row[] {
  const sizes = `${formatBytes(view.stdout_bytes)} stdout, ${formatBytes(view.stderr_bytes)} stderr`;
  return [
    ['id', view.id],
    ['label', oneLine(view.label)],
    ['status', statusText(view.status, stdout)],
    ['error', oneLine(errorInWords(view) ?? '')],
    ['asks', oneLine(view.waiting_for_input ?? '')],
    ['progress', view.phase === 'ended' ? '' : describeProgress(view)],
    ['created', formatTime(view.created_at)],
    ['started', view.started_at === null ? '' : formatTime(view.started_at)],
    ['ended', view.completed_at === null ? '' : formatTime(view.completed_at)],
    ['time', view.started_at === null ? '' : formatSeconds(view.elapsed_seconds)],
    ['output', sizes],
  ];
}

function aboutPast(jobs: JobService, { id, phase }: JobView): Row[] {
  const usual = phase === 'running' ? jobs.inspect.usualSeconds(id) : null;
  return [['usually', usual === null ? '' : formatSeconds(usual)]];
}

function aboutRequest({ request, tool, client }: JobDetails): Row[] {
  return [
    ['script', oneLine(programOf(request))],
    ['arguments', oneLine(request.args.map(quoted).join(' '))],
    ['directory', oneLine(request.directory)],
    ['environment', request.env_names.join(' ')],
    ['time limit', request.timeout_seconds === 0 ? '' : formatSeconds(request.timeout_seconds)],
    ['locks', request.locks.join(' ')],
    ['after', request.after.join(' ')],
    ['gpus', request.gpus === 0 ? '' : String(request.gpus)],
    ['started by', oneLine(tool)],
    ['client', client ?? ''],
  ];
}

function aboutResult(result: RunResult | null): Row[] {
  if (!result) return [];
  const { exit_code: code, interpreter, python_version: version, usage, notes = [] } = result;
  const peak = usage && `${formatBytes(usage.peak_rss_bytes)} at most`;
  return [
    ['exit code', code === null ? '' : String(code)],
    ['result', 'result_value' in result ? oneLine(JSON.stringify(result.result_value)) : ''],
    ['python', interpreter === null ? '' : oneLine(`${version ?? ''} ${interpreter}`)],
    ['packages', oneLine(result.resolved_dependencies?.join(' ') ?? '')],
    ['cpu', usage ? formatSeconds(usage.cpu_seconds) : ''],
    ['memory', peak ?? ''],
    ['files', filesOf(result)],
    ...notes.map((note): Row => ['note', oneLine(note)]),
  ];
}

function filesOf({ artifacts = [], artifacts_total: total = artifacts.length }: RunResult): string {
  const named = artifacts.map(({ name, bytes }) => `${oneLine(name)} (${formatBytes(bytes)})`);
  const more = total > named.length ? [`and ${total - named.length} more`] : [];
  return [...named, ...more].join(', ');
}

function programOf({ script_path: path, module, command }: JobDetails['request']): string {
  if (module !== null) return `-m ${module}`;
  return command?.map(quoted).join(' ') ?? path ?? '(inline code)';
}

function quoted(argument: string): string {
  return /^[\w./:=@%+,-]+$/.test(argument) ? argument : JSON.stringify(argument);
}

async function printEnds(jobs: JobService, id: string, terminal: Terminal): Promise<void> {
  const { partial_stdout: out, partial_stderr: err } = jobs.read.partialOutput(id);
  await printEnd('stdout', out, terminal);
  await printEnd('stderr', err, terminal);
}

async function printEnd(name: string, text: string, { stdout }: Terminal): Promise<void> {
  const lines = text.replace(/\n$/, '').split('\n');
  if (text === '') return;
  const title = lines.length > LAST_LINES ? `${name}, last lines` : name;
  const body = lines.slice(-LAST_LINES).join('\n');
  await printLine(stdout, `\n${styled(stdout, 'dim', `--- ${title} ---`)}\n${body}`);
}
