/** Runs first in the bundle: zod compiles no code for schemas that are used once at start-up. */
import { config } from 'zod/v4/core';

config({ jitless: true });
