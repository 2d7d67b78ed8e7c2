/** Who cells of the command line are from. */
export const ORIGIN = { tool: 'session', client: { name: 'cli', version: null } };
