/** Errors as problem details (RFC 9457): one shape, one stable code each, a sentence that helps. */
import { JobError, type JobErrorCode } from '../../core/job-error.ts';

/** What can be wrong with a request itself, beside what the engine refuses. */
type RequestErrorCode =
  | 'token_in_address'
  | 'unauthorized'
  | 'forbidden_host'
  | 'forbidden_origin'
  | 'forbidden_site'
  | 'not_found'
  | 'unknown_artifact'
  | 'method_not_allowed'
  | 'job_running'
  | 'too_large'
  | 'unsupported_media_type'
  | 'range_not_satisfiable'
  | 'upgrade_required'
  | 'too_many_streams';

export type ProblemCode = JobErrorCode | RequestErrorCode;

export interface Problem {
  type: string;
  title: string;
  status: number;
  /** What was wrong and what to do next. */
  detail: string;
  code: ProblemCode;
}

export const STATUS_OF = {
  invalid_request: 400,
  token_in_address: 400,
  unauthorized: 401,
  forbidden_host: 403,
  forbidden_origin: 403,
  forbidden_site: 403,
  not_found: 404,
  unknown_job: 404,
  unknown_artifact: 404,
  method_not_allowed: 405,
  job_not_running: 409,
  job_running: 409,
  too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  interpreter_unavailable: 422,
  environment_failed: 422,
  upgrade_required: 426,
  internal: 500,
  unavailable: 501,
  too_many_streams: 503,
  storage: 507,
} as const satisfies Record<ProblemCode, number>;

/** Thrown by routes for what only HTTP knows. */
export class RequestError extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, detail: string) {
    super(detail);
    this.name = 'RequestError';
    this.code = code;
  }
}

export function problem(code: ProblemCode, detail: string): Problem {
  return {
    type: `urn:python-mcp:problem:${code}`,
    title: titleOf(code),
    status: STATUS_OF[code],
    detail,
    code,
  };
}

/** Faults of ours are told without their insides; those go to the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof JobError || error instanceof RequestError) {
    return problem(error.code, error.message);
  }
  return problem(
    'internal',
    'Something went wrong in the server. logs/server.log in the home folder says what.',
  );
}

function titleOf(code: ProblemCode): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
