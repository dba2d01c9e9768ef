import { test } from 'tap';
import { deepFreeze } from './deep-freeze.ts';
import { readSpec } from './read-spec.ts';
import { git, oauth } from './refusals.ts';

/** A valid spec that is warned about. */
interface WarnedSpec {
  readonly spec: unknown;
  /** All of its warnings, each as `<reason>: <field>: <message>`. */
  readonly expected: readonly string[];
  readonly reason: string;
}

/** A test for each spec: its warnings are the expected ones, and no others. */
export function testWarnings(specs: readonly WarnedSpec[]): void {
  for (const { spec, expected, reason } of specs) {
    test(`${reason}: ${expected.length === 0 ? 'not warned about' : 'warned about'}`, async (t) => {
      const { registry, problems } = readSpec(deepFreeze(structuredClone(spec)));
      t.strictSame(problems, undefined, 'the spec is valid');
      t.strictSame(
        registry?.warnings.map(({ reason: kind, field, message }) => `${kind}: ${field}: ${message}`),
        expected,
      );
    });
  }
}

const claims = { team: 'x' };
export const claimedSource = { name: 'a', git, claims };
export const claimedView = { name: 'all', sources: ['a'], claims };
export const { authConfig } = oauth({});
export const authz = { roles: { superAdmin: [{ group: 'admins' }] } };

/** A spec without warnings, to be changed in one place. */
export const quiet = {
  sources: [claimedSource],
  registries: [claimedView],
  authConfig: { ...authConfig, authz },
};

/** The spec without warnings, with another `authConfig`. */
export const authOf = (change: object) => ({ ...quiet, authConfig: { ...quiet.authConfig, ...change } });

/** The spec without warnings with some sources, each with claims, in its view. */
export const sourcesOf = (...sources: readonly object[]) => {
  const named = sources.map((source, index) => ({ name: `s${index}`, claims, ...source }));
  return {
    ...quiet,
    sources: named,
    registries: [{ ...claimedView, sources: named.map(({ name }) => name) }],
  };
};
