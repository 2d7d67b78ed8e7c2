/** Saved scripts, as replies show them. */
import * as z from 'zod';
import { named, names, remarks, text, time } from './fields.ts';

export const Script = named('Script', 'A saved script.', {
  name: text.describe('To run it by.'),
  path: text.describe('Its file.'),
  description: text.nullable().describe('First line of its docstring.'),
  dependencies: names.describe('Packages that its inline metadata names.'),
  requires_python: text.nullable().describe('Versions that its inline metadata names.'),
  modified_at: time.describe('When it was saved.'),
  problem: text.optional().describe('Why its metadata cannot be used.'),
});

export const ScriptsReply = named('ScriptsReply', 'What is saved.', {
  scripts: z.array(Script).describe('By name.'),
  ...remarks,
});

export const ScriptReply = named('ScriptReply', 'A saved script with its text.', {
  name: text.describe('To run it by.'),
  path: text.describe('Its file.'),
  source: text.describe('Its code.'),
});

export const SaveScriptReply = named('SaveScriptReply', 'Where a script was saved.', {
  written: z.literal(true).describe('Always true.'),
  path: text.describe('Its file.'),
  message: text.describe('What was done.'),
  ...remarks,
});

export type ScriptView = z.infer<typeof Script>;
export type SaveReply = z.infer<typeof SaveScriptReply>;
