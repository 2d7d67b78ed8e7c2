/**
 * What the engine answers to a request that is no tool call. Problems are data: the engine is a bundle
 * of its own, and its errors would be of a class that nobody outside knows.
 */
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

export type Answer<T> = { result: T } | { problem: string };

/** @throws ProtocolError with the sentence for the caller */
export function resultOf<T>(answer: Answer<T>): T {
  if ('result' in answer) return answer.result;
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, answer.problem);
}
