/** Results as MCP carries them. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { JobError } from '../../core/job-error.ts';

/** Clients show the model either of the two forms, so each carries everything. */
export function structured(value: object): CallToolResult {
  return {
    content: [{ type: 'text', text: JSON.stringify(value) }],
    structuredContent: value as Record<string, unknown>,
  };
}

export function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] };
}

/** Adds what is to be said about the arguments: to the `notes` of an object, else as a last line. */
export function withNotes(reply: CallToolResult, notes: readonly string[]): CallToolResult {
  if (notes.length === 0) return reply;
  const value = reply.structuredContent as { notes?: string[] } | undefined;
  const noted = value && { ...value, notes: [...(value.notes ?? []), ...notes] };
  const [first, ...rest] = reply.content;
  if (first?.type !== 'text') return reply;
  const isJson = noted && first.text === JSON.stringify(value);
  const said = isJson ? JSON.stringify(noted) : `${first.text}\n(${notes.join('; ')})`;
  const whole = { ...reply, content: [{ ...first, text: said }, ...rest] };
  return noted ? { ...whole, structuredContent: noted } : whole;
}

/** A call that could not be carried out: a sentence the model can act on. */
export function problem(error: unknown, onFault: (error: unknown) => void): CallToolResult {
  if (error instanceof JobError) return { ...text(error.message), isError: true };
  onFault(error);
  const message = error instanceof Error ? error.message : String(error);
  const sentence = `python-mcp failed unexpectedly: ${message}. Details are in logs/server.log of its home folder.`;
  return { ...text(sentence), isError: true };
}
