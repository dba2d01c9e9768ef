import type { DesiredChildren } from '../../hooks/children/build-children.ts';
import type { FinalizeAnswer, SyncAnswer } from '../../hooks/contract/answer.ts';

/**
 * An answer as JSON text, the same as that of `JSON.stringify`.
 *
 * @param desired the children that the spec asks for: nine tenths of an answer that holds them, and not written again
 */
export function writeAnswer(answer: SyncAnswer | FinalizeAnswer, desired?: DesiredChildren): string {
  const textOf = (value: unknown) =>
    desired !== undefined && value === desired.all ? desired.text : JSON.stringify(value);
  const fields = Object.entries(answer).map(([key, value]) => `"${key}":${textOf(value)}`);
  return `{${fields.join(',')}}`;
}
