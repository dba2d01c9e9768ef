import type { FinalizeAnswer, SyncAnswer } from '../../hooks/contract/answer.ts';

const childrenTexts = new WeakMap<object, string>();

/** Keeps the JSON text of children, which are nine tenths of an answer. They must not change any more. */
export function keepText(children: SyncAnswer['children'], text: string): void {
  childrenTexts.set(children, text);
}

/** An answer as JSON text, the same as that of `JSON.stringify`. Children whose text is kept are not written again. */
export function writeAnswer(answer: SyncAnswer | FinalizeAnswer): string {
  const fields = Object.entries(answer).map(([key, value]) => {
    const known = value === answer.children ? childrenTexts.get(answer.children) : undefined;
    return `"${key}":${known ?? JSON.stringify(value)}`;
  });
  return `{${fields.join(',')}}`;
}
