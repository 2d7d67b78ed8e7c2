/** The cells of a session as a notebook (nbformat 4.5), or as Python code. */
import type { CellView } from '../../contract/replies/session.ts';
import { type Job, statusOf } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { nameIn } from '../artifacts/artifact-summary.ts';
import { openArtifact } from '../artifacts/artifacts.ts';
import { newestCell } from './session-files.ts';
import { cellView } from './list-cells.ts';

/** Larger ones make a notebook that nobody can open. */
const LARGEST_PICTURE = 4 * 1024 * 1024;
const PICTURES = new Set(['image/png', 'image/jpeg']);

export function asNotebook(job: Job, folder: JobFolder): string {
  const launch = 'launch' in job.state ? job.state.launch : null;
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' },
      language_info: { name: 'python', version: launch?.pythonVersion ?? '3' },
    },
    cells: viewsOf(job, folder).map((view) => notebookCell(view, folder)),
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

/** Those that came to nothing are there as comments: the rest runs as it ran. */
export function asScript(job: Job, folder: JobFolder): string {
  const cells = viewsOf(job, folder).map(({ cell, status, code }) => {
    const isGood = status === 'ok' || status === 'exited';
    const lines = code.trimEnd().split('\n');
    const text = isGood ? lines : lines.map((line) => `# ${line}`.trimEnd());
    return [`# %% [${cell}]${isGood ? '' : ` ${status}`}`, ...text, ''].join('\n');
  });
  const about = `# Session ${job.request.session?.name}, job ${job.id} (${statusOf(job.state)}).\n\n`;
  return about + cells.join('\n');
}

function viewsOf(job: Job, folder: JobFolder): CellView[] {
  const numbers = Array.from({ length: newestCell(folder) }, (_, index) => index + 1);
  return numbers.flatMap((cell) => cellView(job, folder, cell) ?? []);
}

function notebookCell(view: CellView, folder: JobFolder): object {
  const hasRun = !['queued', 'cancelled'].includes(view.status);
  return {
    cell_type: 'code',
    id: `cell-${view.cell}`,
    metadata: {},
    execution_count: hasRun ? view.cell : null,
    source: view.code,
    outputs: [
      ...streamOf('stdout', view.stdout),
      ...streamOf('stderr', view.stderr),
      ...valueOf(view),
      ...picturesOf(view, folder),
      ...errorOf(view),
    ],
  };
}

function streamOf(name: string, text: string): object[] {
  return text === '' ? [] : [{ output_type: 'stream', name, text }];
}

function valueOf({ value, cell }: CellView): object[] {
  if (!value) return [];
  const data = { 'text/plain': value.text };
  return [{ output_type: 'execute_result', execution_count: cell, data, metadata: {} }];
}

/** Its traceback is in stderr. */
function errorOf({ error }: CellView): object[] {
  if (!error) return [];
  const { type: ename, message: evalue } = error;
  return [{ output_type: 'error', ename, evalue, traceback: [] }];
}

function picturesOf({ artifacts = [] }: CellView, folder: JobFolder): object[] {
  return artifacts.flatMap((entry) => {
    if (!PICTURES.has(entry.type) || entry.bytes > LARGEST_PICTURE) return [];
    const file = openArtifact(folder, nameIn(entry));
    if (!file) return [];
    try {
      const data = { [entry.type]: Buffer.from(file.read(0, entry.bytes)).toString('base64') };
      return [{ output_type: 'display_data', data, metadata: {} }];
    } finally {
      file.close();
    }
  });
}
