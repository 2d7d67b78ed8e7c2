/** The tools, one literal each. Their order is the order of `tools/list` and never changes. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import {
  BenchmarkSchema,
  CancelJobSchema,
  JobOutputSchema,
  JobStatusSchema,
  ListJobsSchema,
  ListScriptsSchema,
  PruneJobsSchema,
  RunInDirSchema,
  RunSavedSchema,
  RunWithDependenciesSchema,
  SaveScriptSchema,
  SendInputSchema,
  SessionRunSchema,
  type BenchmarkInput,
  type JobOutputInput,
  type RunWithDependenciesInput,
} from '../../contract/inputs.ts';
import type { ComparedInput, RunInput } from '../../jobs/accept/run-request.ts';
import { structured, text } from './present.ts';
import { shortList } from '../replies/short-list.ts';
import { replyStatus } from './reply-status.ts';
import { whileReporting } from './report-progress.ts';
import { runScript } from './run-tool.ts';
import { runCell, showCell } from './session-tool.ts';
import { imageOf } from './show-artifacts.ts';
import { defineTool, type Tool, type ToolContext, whenDelivered } from './tool.ts';

/** Runs code of the caller's choice, which may do anything. */
const RUNS_CODE = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};
const READS = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
const ENDS = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: true,
  openWorldHint: false,
};

/** What nearly every task needs: a search for it would cost a turn. */
const ALWAYS_THERE = { 'anthropic/alwaysLoad': true } as const;

export const tools: readonly Tool[] = [
  defineTool({
    name: 'py_run_script_in_dir',
    title: 'Run Python code in a directory',
    description:
      'Run (execute) Python code or a script file in a directory. A quick run returns stdout, stderr and exit_code; a long one goes on in the background and returns a job_id. Missing pip packages it imports are installed; matplotlib plots (plt.show(), savefig) come back as pictures.',
    input: RunInDirSchema,
    meta: ALWAYS_THERE,
    annotations: RUNS_CODE,
    handle: (input, context) => runScript(input, 'py_run_script_in_dir', context),
  }),
  defineTool({
    name: 'py_run_script_with_dependencies',
    title: 'Run Python code with pip packages',
    description:
      'Install pip packages (numpy, pandas, …) in a cached environment, then run: its `dependencies`, those of the inline metadata (PEP 723), those that the code imports. Parameters and result as py_run_script_in_dir.',
    input: RunWithDependenciesSchema,
    meta: ALWAYS_THERE,
    annotations: RUNS_CODE,
    handle: (input, context) =>
      runScript(withPackages(input), 'py_run_script_with_dependencies', context),
  }),
  defineTool({
    name: 'py_run_saved_script',
    title: 'Run a saved script',
    description: 'Run a script kept by py_save_script, by name. Else as py_run_script_in_dir.',
    input: RunSavedSchema,
    annotations: RUNS_CODE,
    async handle({ script_name: name, ...input }, context) {
      const run = { ...(await savedScript(name, context)), ...input };
      return runScript(run, 'py_run_saved_script', context);
    },
  }),
  defineTool({
    name: 'py_save_script',
    title: 'Save a script by name',
    description: 'Save code for later, under a name.',
    input: SaveScriptSchema,
    annotations: { ...ENDS, idempotentHint: false },
    handle: async (input, { scripts }) => structured(await scripts.save(input)),
  }),
  defineTool({
    name: 'py_list_scripts',
    title: 'List saved scripts',
    description: 'Names and descriptions of saved scripts.',
    input: ListScriptsSchema,
    annotations: READS,
    async handle(_input, { scripts }) {
      const list = await scripts.list();
      // A list, by contract; clients of the older era take only objects as structured content.
      return { ...text(JSON.stringify(list)), structuredContent: { scripts: list } };
    },
  }),
  defineTool({
    name: 'py_benchmark_script',
    title: 'Benchmark a Python script',
    description:
      'Measure how fast a script is: run it several times, report wall time, CPU time and peak memory. Else as py_run_script_with_dependencies.',
    input: BenchmarkSchema,
    meta: { 'anthropic/searchHint': 'time, profile or compare Python scripts' },
    annotations: RUNS_CODE,
    handle: runBenchmark,
  }),
  defineTool({
    name: 'py_job_status',
    title: 'Wait for a job; its status and new output',
    description:
      'Wait for a background job to finish (wait_seconds=45), check its status and progress, read its result. incremental=true: only output you have not had. Returns at the end, when the script asks for input, or when the time is up.',
    input: JobStatusSchema,
    meta: ALWAYS_THERE,
    annotations: { ...READS, idempotentHint: false },
    handle: replyStatus,
  }),
  defineTool({
    name: 'py_job_output',
    title: 'Read the output log of a job',
    description:
      'Read or search the output log (stdout, stderr) of a job as text, while it runs or later: from `cursor` on, or its end (tail=true). search="traceback": the last error. artifact=name: view a file, picture or plot that the job made.',
    input: JobOutputSchema,
    meta: ALWAYS_THERE,
    annotations: READS,
    async handle(input, context) {
      if (input.artifact !== undefined) return showArtifact(input, input.artifact, context);
      if (input.cell !== undefined) return showCell({ ...input, cell: input.cell }, context);
      const read = (signal: AbortSignal): Promise<string> =>
        context.jobs.read.output(input, signal);
      return text(await whileReporting(input, context, read));
    },
  }),
  defineTool({
    name: 'py_list_jobs',
    title: 'List jobs',
    description: 'List running and earlier jobs.',
    input: ListJobsSchema,
    annotations: READS,
    handle: async (input, { jobs }) => structured(shortList(jobs.inspect.list(input))),
  }),
  defineTool({
    name: 'py_cancel_job',
    title: 'Stop a job',
    description: 'Stop (kill, end) a running script and every process it started. Idempotent.',
    input: CancelJobSchema,
    meta: { 'anthropic/searchHint': 'stop, kill or abort a running Python script' },
    annotations: ENDS,
    async handle({ job_id: id, grace_seconds: grace, cell }, { jobs }) {
      if (cell !== undefined) return structured(await jobs.sessions.stop(id, cell));
      return structured(
        await jobs.control.cancel(id, grace === undefined ? undefined : grace * 1000),
      );
    },
  }),
  defineTool({
    name: 'py_prune_jobs',
    title: 'Delete old jobs',
    description:
      'Delete old jobs and their output: those with keep_…=false that ended more than max_age_hours ago. Never a running one.',
    input: PruneJobsSchema,
    annotations: ENDS,
    handle: async (input, { jobs }) => structured(await jobs.control.prune(input)),
  }),
  defineTool({
    name: 'py_send_input',
    title: 'Answer a script that waits for input',
    description:
      'Type text into a job started with interactive=true: answer its prompt. Returns what it printed since, and its next prompt.',
    input: SendInputSchema,
    meta: { 'anthropic/searchHint': 'answer input() of a running Python script' },
    annotations: RUNS_CODE,
    async handle(input, context) {
      const { delivered, session } = context;
      const { reply, advance } = await whileReporting(input, context, (signal) =>
        context.jobs.read.answer(input, { signal, delivered }, session),
      );
      whenDelivered(context, advance);
      return structured(reply);
    },
  }),
  defineTool({
    name: 'py_session_run',
    title: 'Run a cell in a session that remembers',
    description:
      'A cell in a named session, as in a notebook or REPL: variables, imports and directory stay from call to call. The first call begins it. Returns the last value, output, what changed, figures.',
    input: SessionRunSchema,
    meta: { 'anthropic/searchHint': 'Python REPL, notebook cells, variables that stay' },
    annotations: RUNS_CODE,
    handle: (input, context) => runCell(input, context),
  }),
];

/** In a folder of the job's own, where none is named. */
async function savedScript(name: string, { scripts }: ToolContext): Promise<RunInput> {
  return { job_label: name, directory: null, script_path: await scripts.find(name) };
}

async function runBenchmark(
  { runs = 1, warmup = 0, script_name: name, compare_with: second, ...input }: BenchmarkInput,
  context: ToolContext,
): Promise<CallToolResult> {
  const script = name === undefined ? {} : await savedScript(name, context);
  const compare_with = second && (await comparedScript(second, context));
  const benchmark = { runs, warmup, ...(compare_with ? { compare_with } : {}) };
  const run = { ...script, ...withPackages(input), benchmark };
  return runScript(run, 'py_benchmark_script', context);
}

/** One word may be code, but hardly where a script of that name is saved. */
async function comparedScript(given: string, { scripts }: ToolContext): Promise<ComparedInput> {
  const word = given.trim();
  if (/^[^\n]+\.py$/.test(word)) return { script_path: word };
  const saved = (await scripts.list()).find(({ name }) => name === word);
  return saved ? { script_path: saved.path } : { script_content: given };
}

/** The contract's names for what a run request calls otherwise. */
function withPackages({
  auto_parse_imports: autoParse,
  ignore_project_requirements: ignoreProject = true,
  ...input
}: RunWithDependenciesInput): RunInput {
  return {
    ...input,
    auto_install_deps: autoParse,
    ignore_project_requirements: ignoreProject,
  };
}

async function showArtifact(
  input: JobOutputInput,
  artifact: string,
  { jobs }: ToolContext,
): Promise<CallToolResult> {
  const { text: said, picture } = await jobs.inspect.readArtifact({ ...input, artifact });
  const { content } = text(said);
  return { content: picture ? [...content, imageOf(picture)] : content };
}
