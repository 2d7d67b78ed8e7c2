/** Values of a job that are never stored: they live in the process that accepted it, until its start. */
/** What a run takes over from the terminal, or the pipe, of the process that started it. */
export interface AtTerminal {
  /** Tells of the screen; before the variables that were asked for. */
  env: Record<string, string>;
  /** An open descriptor that becomes the script's standard input; null = none. */
  stdin: number | null;
}

export interface HeldValues {
  env: Record<string, string>;
  stdin: string | null;
  /** Of a run that somebody started at a terminal. */
  started?: AtTerminal | undefined;
}
