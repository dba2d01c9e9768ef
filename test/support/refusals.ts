import { type Test, test } from 'tap';
import { formatProblems, type Problem } from '../../hooks/problem.ts';
import { readInput } from '../../src/cli/input/read-input.ts';
import { validateRegistries } from '../../src/cli/validate/validate-registries.ts';
import { deepFreeze } from './deep-freeze.ts';
import { located } from './located.ts';
import { NAME, readSpec } from './read-spec.ts';
import { context } from './requests.ts';

/** A spec that is refused. */
interface Refusal {
  readonly spec: unknown;
  /** All of its problems, as one message. */
  readonly expected: string;
  readonly reason: string;
}

/** A test for each spec: its problems are the expected ones, and no others, and the command line finds each in its line. */
export function testRefusals(refusals: readonly Refusal[]): void {
  for (const { spec, expected, reason } of refusals) {
    test(`${reason}: refused`, async (t) => {
      const problems = readSpec(deepFreeze(structuredClone(spec))).problems ?? [];
      t.equal(formatProblems(problems), expected);
      await testLines(t, spec, problems);
    });
  }
}

/** `validate` reports each field that has a problem, at its line in a file that holds the spec. */
async function testLines(t: Test, spec: unknown, problems: readonly Problem[]): Promise<void> {
  const metadata = { name: NAME, namespace: 'default' };
  const manifest = { apiVersion: 'toolhive.stacklok.dev/v1beta1', kind: 'MCPRegistry', metadata, spec };
  const { text, lineOf } = located(manifest);
  const err = { write: () => undefined, isTerminal: false };
  const input = { readStdin: async () => Buffer.from(text), err };
  const { objects } = await readInput({ files: ['-'], namespace: 'default' }, input);
  const findings = validateRegistries(objects, [], context.defaults);
  // Of two problems of a field, the first is reported.
  const firsts = new Map(problems.toReversed().map((problem) => [problem.field, problem.message]));
  t.strictSame(
    [...firsts].map(([field, message]) => {
      const found = findings.find((each) => each.field === field);
      return [field, found?.message.startsWith(message), found?.place.line];
    }),
    [...firsts].map(([field]) => [field, true, lineOf(field)]),
    'validate finds them in their lines',
  );
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
