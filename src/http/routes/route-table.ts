/** Every route there is, in one table: the server, the OpenAPI document and the tests go by it. */
import { artifactReply, listArtifacts } from './artifact-routes.ts';
import * as inspect from './inspect-routes.ts';
import * as job from './job-routes.ts';
import * as live from './live-routes.ts';
import { outputReply } from './output-routes.ts';
import { CancelReply, InputReply, PruneReply } from '../../contract/replies/control.ts';
import {
  ArtifactsReply,
  SourceReply,
  StackReply,
  UsageReply,
} from '../../contract/replies/files-and-usage.ts';
import { JobReply } from '../../contract/replies/one-job.ts';
import { JobListing } from '../../contract/replies/lists.ts';
import {
  LineReply,
  OutputReply,
  SearchReply,
  StreamPage,
} from '../../contract/replies/pages-and-matches.ts';
import { SaveScriptReply, ScriptReply, ScriptsReply } from '../../contract/replies/script.ts';
import { CellsReply, CellView, SessionsReply } from '../../contract/replies/session.ts';
import { EnvironmentsReply, HealthReply, OpenApiReply } from '../../contract/replies/server.ts';
import * as schema from '../wire/request-schemas.ts';
import * as scripts from './script-routes.ts';
import type { Route } from './route.ts';
import * as session from './session-routes.ts';
import * as system from './system-routes.ts';

const JOB = '/api/v1/jobs/:id';
const CELL = `${JOB}/cells/:cell`;

export const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v1/jobs',
    summary: 'Run a script as a job. 201 as soon as it is durable',
    body: schema.RunBody,
    reply: JobReply,
    status: 201,
    handle: (context, { jobs }) => job.startJob(context, jobs),
  },
  {
    method: 'GET',
    path: '/api/v1/jobs',
    summary: 'List jobs, newest first',
    query: schema.ListQuery,
    reply: JobListing,
    handle: (context, { jobs }) => job.listJobs(context, jobs),
  },
  {
    method: 'POST',
    path: '/api/v1/jobs/prune',
    summary: 'Remove ended jobs and their output',
    body: schema.PruneBody,
    reply: PruneReply,
    handle: (context, { jobs }) => job.pruneJobs(context, jobs),
  },
  {
    method: 'GET',
    path: JOB,
    summary: 'Everything about a job; wait=20 waits for its end, or for what `until` names',
    query: schema.WaitQuery,
    reply: JobReply,
    handle: (context, { jobs }) => job.jobDetails(context, jobs),
  },
  {
    method: 'DELETE',
    path: JOB,
    summary: 'Remove an ended job and its files. 204; 409 while it runs',
    reply: null,
    status: 204,
    handle: (context, { jobs }) => job.removeJob(context, jobs),
  },
  {
    method: 'GET',
    path: `${JOB}/output`,
    summary: 'One page of one stream or of both in order; plain=1 as text, raw=1 as a file',
    query: schema.OutputQuery,
    reply: OutputReply,
    handle: (context, { jobs }) => outputReply(context, jobs),
  },
  {
    method: 'GET',
    path: `${JOB}/search`,
    summary: 'Find a text or a pattern in the output',
    query: schema.SearchQuery,
    reply: SearchReply,
    handle: (context, { jobs }) => inspect.searchReply(context, jobs),
  },
  {
    method: 'GET',
    path: `${JOB}/line`,
    summary: 'Where a line of the output is, by its number; or which line has a byte',
    query: schema.LineQuery,
    reply: LineReply,
    handle: (context, { jobs }) => inspect.lineReply(context, jobs),
  },
  {
    method: 'GET',
    path: `${JOB}/source`,
    summary: 'Text of the script',
    reply: SourceReply,
    handle: (context, { jobs }) => inspect.sourceReply(context, jobs),
  },
  {
    method: 'GET',
    path: `${JOB}/usage`,
    summary: 'CPU and memory of the processes of a running job. 409 when it does not run',
    reply: UsageReply,
    handle: (context, { jobs }) => inspect.usageReply(context, jobs),
  },
  {
    method: 'GET',
    path: `${JOB}/stack`,
    summary: 'Where the Python code of a running job is. 409 when it does not run',
    reply: StackReply,
    handle: (context, { jobs }) => inspect.stackReply(context, jobs),
  },
  {
    method: 'GET',
    path: `${JOB}/artifacts`,
    summary: 'Files that the script left',
    reply: ArtifactsReply,
    handle: (context, { jobs }) => listArtifacts(context, jobs),
  },
  {
    method: 'GET',
    path: `${JOB}/artifacts/:name{.+}`,
    summary: 'One of these files, as an attachment',
    reply: 'application/octet-stream',
    handle: (context, { jobs }) => artifactReply(context, jobs),
  },
  {
    method: 'POST',
    path: `${JOB}/cancel`,
    summary: 'End a job and every process it started; answers once all is ended',
    body: schema.CancelBody,
    reply: CancelReply,
    handle: (context, { jobs }) => job.cancelJob(context, jobs),
  },
  {
    method: 'POST',
    path: `${JOB}/input`,
    summary: 'Write to the standard input of an interactive job',
    body: schema.InputBody,
    reply: InputReply,
    handle: (context, { jobs }) => job.sendInput(context, jobs),
  },
  {
    method: 'POST',
    path: `${JOB}/rerun`,
    summary: 'The same run again, 201; values that are not stored have to be given again',
    body: schema.RerunBody,
    reply: JobReply,
    status: 201,
    handle: (context, { jobs }) => job.rerunJob(context, jobs),
  },
  {
    method: 'GET',
    path: `${JOB}/events`,
    summary: 'Server-sent events: output, state, cells of a session, end. Resumes at Last-Event-ID',
    query: schema.FollowQuery,
    reply: 'text/event-stream',
    handle: live.jobEvents,
  },
  {
    method: 'GET',
    path: `${JOB}/socket`,
    summary: 'WebSocket: output, state, end; input to the script the other way',
    query: schema.FollowQuery,
    reply: null,
    status: 101,
    handle: (context, { jobs }) => live.socketExpected(context, jobs),
  },
  {
    method: 'GET',
    path: '/api/v1/sessions',
    summary: 'Sessions that live',
    reply: SessionsReply,
    handle: (context, { jobs }) => session.listSessions(context, jobs),
  },
  {
    method: 'POST',
    path: '/api/v1/sessions',
    summary: 'Run a cell in the session of a name, begun if need be. 202 as soon as it is durable',
    body: schema.SessionBody,
    reply: CellView,
    status: 202,
    handle: (context, { jobs }) => session.runInSession(context, jobs),
  },
  {
    method: 'POST',
    path: `${JOB}/cells`,
    summary: 'Run a cell in this session. 202 as soon as it is durable',
    body: schema.CellBody,
    reply: CellView,
    status: 202,
    handle: (context, { jobs }) => session.runCell(context, jobs),
  },
  {
    method: 'GET',
    path: `${JOB}/cells`,
    summary: 'Cells of a session, with code and results',
    query: schema.CellsQuery,
    reply: CellsReply,
    handle: (context, { jobs }) => session.listCells(context, jobs),
  },
  {
    method: 'GET',
    path: CELL,
    summary: 'One cell; wait=20 waits for its end',
    query: schema.CellQuery,
    reply: CellView,
    handle: (context, { jobs }) => session.oneCell(context, jobs),
  },
  {
    method: 'DELETE',
    path: CELL,
    summary: 'Stop this cell alone; one that waits for its turn never runs',
    reply: CancelReply,
    handle: (context, { jobs }) => session.stopCell(context, jobs),
  },
  {
    method: 'GET',
    path: `${CELL}/output`,
    summary: 'One page of what a cell printed on one stream',
    query: schema.CellOutputQuery,
    reply: StreamPage,
    handle: (context, { jobs }) => session.cellOutput(context, jobs),
  },
  {
    method: 'GET',
    path: '/api/v1/events',
    summary: 'Server-sent events: a page of the list whenever something on it changes',
    query: schema.ListQuery,
    reply: 'text/event-stream',
    handle: live.listEvents,
  },
  {
    method: 'GET',
    path: '/api/v1/scripts',
    summary: 'Saved scripts; each is run by its path',
    reply: ScriptsReply,
    handle: (context, services) => scripts.listScripts(context, services.scripts),
  },
  {
    method: 'GET',
    path: '/api/v1/scripts/:name',
    summary: 'Text of a saved script',
    reply: ScriptReply,
    handle: (context, services) => scripts.readScript(context, services.scripts),
  },
  {
    method: 'PUT',
    path: '/api/v1/scripts/:name',
    summary: 'Save a script',
    body: schema.SaveScriptBody,
    reply: SaveScriptReply,
    handle: (context, services) => scripts.saveScript(context, services.scripts),
  },
  {
    method: 'GET',
    path: '/api/v1/environments',
    summary: 'Cached environments of the home',
    reply: EnvironmentsReply,
    handle: system.environments,
  },
  {
    method: 'GET',
    path: '/api/v1/health',
    summary: 'Whether the server works, and how much it does',
    reply: HealthReply,
    handle: system.health,
  },
  {
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This document',
    reply: OpenApiReply,
    handle: (context, services) => system.openApi(context, services, ROUTES),
  },
  {
    method: 'GET',
    path: '/api/v1/metrics',
    summary: 'Figures for Prometheus',
    reply: 'text/plain',
    handle: system.metrics,
  },
  {
    method: 'GET',
    path: '/metrics',
    summary: 'Figures for Prometheus, where it looks first',
    reply: 'text/plain',
    handle: system.metrics,
  },
];
