import { test } from 'tap';
import { formatProblems } from '../../hooks/problem.ts';
import { deepFreeze } from './deep-freeze.ts';
import { readSpec } from './read-spec.ts';

/** A spec that is refused. */
interface Refusal {
  readonly spec: unknown;
  /** All of its problems, as one message. */
  readonly expected: string;
  readonly reason: string;
}

/** A test for each spec: its problems are the expected ones, and no others. */
export function testRefusals(refusals: readonly Refusal[]): void {
  for (const { spec, expected, reason } of refusals) {
    test(`${reason}: refused`, async (t) => {
      t.equal(formatProblems(readSpec(deepFreeze(structuredClone(spec))).problems ?? []), expected);
    });
  }
}

export const git = { repository: 'https://example.com/a.git', branch: 'main' };
export const source = { name: 'a', git };
export const view = { name: 'all', sources: ['a'] };

/** A valid spec, to be changed in one place. */
export const typed = { sources: [source], registries: [view] };

/** The valid spec with a change of its source. */
export const sourceOf = (change: object) => ({ ...typed, sources: [{ ...source, ...change }] });

/** A spec of the oldest form with a change of its entry. */
export const inlineOf = (change: object) => ({ registries: [{ ...source, ...change }] });

/** The valid spec with one provider, changed. */
export const oauth = (provider: object) => ({
  ...typed,
  authConfig: {
    mode: 'oauth',
    oauth: { providers: [{ name: 'p', issuerUrl: 'https://i', audience: 'a', ...provider }] },
  },
});
