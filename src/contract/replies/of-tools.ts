/** Which replies each tool gives, for the reference pages and the tests. */
import type * as z from 'zod';
import { CellReply } from './cell.ts';
import { AnswerReply, CancelReply, PruneReply } from './control.ts';
import { JobList } from './lists.ts';
import { BenchmarkResult, MovedRun, RunReply, StartedRun } from './run-result.ts';
import { SaveScriptReply, ScriptsReply } from './script.ts';
import { JobsReply, StatusReply } from './status.ts';

const run: readonly z.ZodType[] = [RunReply, StartedRun, MovedRun];

/** Structured content; a tool that is not here replies with text alone. */
export const REPLIES_OF_TOOLS: Readonly<Record<string, readonly z.ZodType[]>> = {
  py_run_script_in_dir: run,
  py_run_script_with_dependencies: run,
  py_run_saved_script: run,
  py_benchmark_script: [BenchmarkResult, ...run],
  py_save_script: [SaveScriptReply],
  py_list_scripts: [ScriptsReply],
  py_job_status: [StatusReply, JobsReply],
  py_list_jobs: [JobList],
  py_cancel_job: [CancelReply],
  py_prune_jobs: [PruneReply],
  py_send_input: [AnswerReply],
  py_session_run: [CellReply],
};
