import type { DesiredByKind } from '../../hooks/children/child-kinds.ts';
import type { SyncAnswer } from '../../hooks/contract/answer.ts';
import type { BuildDesired, Desired } from '../../hooks/desired.ts';
import { keyOf, type Memo } from './memo.ts';

/**
 * Keeps what `buildDesired` returns in memory, because most calls come for a spec that has not changed. A call is
 * answered from memory if its arguments have the same content in the same key order.
 */
export function memoizeDesired(buildDesired: BuildDesired, memo: Memo): BuildDesired {
  return (identity, spec, defaults, registered) => {
    const build = () => buildDesired(identity, spec, defaults, registered);
    const input = textOf({
      ...{ name: identity.name, namespace: identity.namespace },
      ...{ defaults, registered, spec },
    });
    if (input === undefined) return build();
    const key = keyOf(input);
    const known = memo.get(key);
    if (known !== undefined) return read(known);
    const desired = build();
    memo.offer(key, write(desired));
    return desired;
  };
}

/**
 * The problems; or the warnings in the first line and then the text of the children. JSON text of `JSON.stringify` has
 * no line break.
 */
function write({ children, warnings, problems }: Desired): string {
  if (problems) return JSON.stringify(problems);
  return `${JSON.stringify(warnings)}\n${children.text}`;
}

/** The same as was written: built children are JSON with sorted keys. */
function read(written: string): Desired {
  const end = written.indexOf('\n');
  if (end < 0) return { problems: JSON.parse(written) };
  const text = written.slice(end + 1);
  const all: SyncAnswer['children'] = JSON.parse(text);
  // There is one child of each kind.
  const byKind = Object.fromEntries(all.map((child) => [child.kind, child])) as unknown as DesiredByKind;
  return { children: { all, byKind, text }, warnings: JSON.parse(written.slice(0, end)) };
}

/**
 * Content as text; undefined if other content may have the same text, or if it has none: a number that is infinite
 * (`1e999`) is written as null, and `JSON.stringify` fails on deep nesting.
 */
function textOf(content: object): string | undefined {
  try {
    const text = JSON.stringify(content);
    return text.includes('null') ? undefined : text;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
