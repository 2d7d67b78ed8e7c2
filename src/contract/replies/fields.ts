/** The kinds of fields that replies are made of. */
import * as z from 'zod';

export const bytes = z.int().min(0);
export const time = z.iso.datetime();
export const seconds = z.number();
export const jobId = z.string().describe('Id of the job.');
export const text = z.string();
export const names = z.array(z.string());
export const flag = z.boolean();
export const processId = z.int().min(1);
export const exitCode = z.int().nullable().describe('Null when there is none to know.');
export const waitsFor = text
  .optional()
  .describe('What a job waits for that has not started, and who holds it.');
export const waitingForInput = text.describe('Its prompt, while the script waits for input.');
export const resultValue = z
  .unknown()
  .describe('Any JSON value that the script stated as its result.');
export const shortResultValue = z
  .unknown()
  .optional()
  .describe('What it stated as its result, where that is short.');

/** What a reply may have beside what was asked for. */
export const remarks = {
  notes: names.optional().describe('Parameters that were ignored, or limited.'),
};

/** A reply, or a part that several replies have: a type of this name in the OpenAPI document. */
export function named<Shape extends z.core.$ZodLooseShape>(
  id: string,
  description: string,
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape).meta({ id, description });
}
