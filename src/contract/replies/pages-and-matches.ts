/** Output of a job as programs read it: pages with exact offsets, and what a search found. */
import * as z from 'zod';
import { bytes, flag, named, remarks, text } from './fields.ts';

const skipped = z.strictObject({
  from: bytes.describe('First byte that is gone.'),
  to: bytes.describe('First byte behind them.'),
});

const content = {
  text: text.optional().describe('The bytes, when they are UTF-8.'),
  base64: text.optional().describe('The bytes, when they are not.'),
  skipped: skipped
    .optional()
    .describe('What lay directly before these bytes and is gone: the output passed its limit.'),
};

const cursor = z.string().regex(/^c\d+-\d+$/);
const ended = flag.describe('Nothing will be added any more.');
const stream = z.enum(['stdout', 'stderr']).describe('The stream it is of.');

export const StreamPage = named('StreamPage', 'A page of one stream.', {
  stream: z.enum(['stdout', 'stderr', 'environment']).describe('The stream it is of.'),
  from: bytes.describe('Offset of its first byte.'),
  next: bytes.describe('Offset of the byte after it: read on from there.'),
  size: bytes.describe('Size of the stream, bytes.'),
  ended,
  ...content,
  ...remarks,
});

export const Segment = named('Segment', 'Bytes of one stream.', {
  stream,
  from: bytes.describe('Offset of its first byte.'),
  next: bytes.describe('Offset of the byte after it.'),
  ...content,
});

export const OrderedPage = named('OrderedPage', 'A page of both streams, in their order.', {
  stream: z.literal('both').describe('Always both.'),
  from: cursor.describe('Where it begins.'),
  next: cursor.describe('Where it ends: read on from there.'),
  size: cursor.describe('End of the output.'),
  ended,
  segments: z.array(Segment).describe('In the order in which they became visible.'),
  ...remarks,
});

export const OutputReply = z.union([StreamPage, OrderedPage]);

export const SearchMatch = named('SearchMatch', 'A place in the output.', {
  stream,
  offset: bytes.describe('Of the first byte that matches.'),
  line_offset: bytes.describe('Of the first byte of line.'),
  line: text.describe('Its line, at most 400 characters of it, as the script wrote it.'),
});

export const SearchReply = named('SearchReply', 'What a search found.', {
  matches: z.array(SearchMatch).describe('In order.'),
  searched_to: bytes.describe('Offset up to which was looked.'),
  next: bytes.nullable().describe('Offset to go on at; null when all was searched.'),
  ...remarks,
});

export const LineReply = named('LineReply', 'A line of a stream, and where it is.', {
  stream,
  line: z.int().min(1).describe('Its number, from 1.'),
  offset: bytes.describe('Of its first byte.'),
  next: bytes
    .nullable()
    .describe('Not there yet: ask again with from=next and from_line=line. Null when it is.'),
  exact: flag.describe('false: lines before it are gone, so its number is not known.'),
  ...remarks,
});

export type LineReply = z.infer<typeof LineReply>;
export type StreamPage = z.infer<typeof StreamPage>;
export type OrderedPage = z.infer<typeof OrderedPage>;
export type Segment = z.infer<typeof Segment>;
export type SearchMatch = z.infer<typeof SearchMatch>;
export type SearchReply = z.infer<typeof SearchReply>;
