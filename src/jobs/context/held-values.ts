/** Values of a job that are never stored: they live in the process that accepted it, until its start. */
export interface HeldValues {
  env: Record<string, string>;
  stdin: string | null;
}
