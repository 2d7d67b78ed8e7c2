/** What a script may do. Told of only where there is a sandbox: mcp/server.ts knows their names. */
import * as z from 'zod';

export const sandboxShape = {
  isolation: z
    .enum(['none', 'sandbox'])
    .optional()
    .describe(
      'sandbox: no network (true opens it), reads only `directory`, writes only its job folder.',
    ),
  network: z.boolean().optional(),
  write: z.enum(['none', 'work', 'directory']).optional(),
  gpu: z.boolean().optional(),
};
