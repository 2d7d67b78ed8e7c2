/** The text that lists of jobs are searched by. */

/** Upper and lower case are one. */
export function fold(text: string): string {
  return text.toLowerCase();
}
