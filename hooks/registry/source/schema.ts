import { type Static, Type } from '@sinclair/typebox';
import {
  Claims,
  DnsLabel,
  List,
  OneOf,
  SpecObject,
  Strings,
  sentenceList,
  TEXT_LIMIT,
  Text,
} from '../fields/common.ts';
import { PositiveGoDuration } from '../fields/go-duration.ts';
import { withRules } from '../rule.ts';
import { globProblems, goPattern } from './globs.ts';
import { inlineKindFields, kindFields, unsyncedKinds } from './kinds.ts';

/**
 * Globs as the server reads them. It excludes every entry where one is wrong, so both of its readers have to accept it:
 * the pattern here is the grammar of Go's path.Match (https://pkg.go.dev/path#Match), and `globs.ts` has the other.
 */
const Globs = (description: string) =>
  Type.Optional(
    withRules(
      List(
        Type.String({
          maxLength: TEXT_LIMIT,
          pattern: goPattern,
          expects:
            'a glob pattern with each "[" closed, whole ranges such as [a-z] in it, and no "\\" at its end',
        }),
        { description },
      ),
      [{ check: (globs, field) => globs.flatMap((glob, index) => globProblems(glob, `${field}[${index}]`)) }],
    ),
  );

const noEffect = `Has no effect for ${sentenceList(unsyncedKinds, 'and')}.`;

export const Format = OneOf(['toolhive', 'upstream'], {
  description:
    'Format of the registry file. Servers since v1.2 ignore it and read files in the upstream format only; older ones read the ToolHive format if it is left out.',
});

export const SyncPolicy = SpecObject(
  {
    interval: PositiveGoDuration(
      'How often the source is read again. The server looks for changes about every two minutes, in one source at a time: of several that are due, only in the one that changed longest ago.',
    ),
  },
  {
    description: `When the source is read again, also if its reference or URL has changed; every 30m by default. ${noEffect}`,
  },
);

export const Filter = SpecObject(
  {
    names: Type.Optional(
      SpecObject(
        {
          include: Globs(
            'Glob patterns of names to take. "*" matches "/" too; in "[…]" is one range, such as [a-z], or some characters, and "!" at its start negates.',
          ),
          exclude: Globs('Glob patterns of names to leave out, written as those of include.'),
        },
        { description: 'Filter by name.' },
      ),
    ),
    tags: Type.Optional(
      SpecObject(
        {
          include: Type.Optional(Strings('Tags to take.')),
          exclude: Type.Optional(Strings('Tags to leave out.')),
        },
        { description: 'Filter by tag.' },
      ),
    ),
  },
  {
    description: `Which entries of the source are served. A change takes effect when the content of the source changes; under a new name, the source is read at once. ${noEffect}`,
  },
);

/** What can be set for a source of any kind. */
const settings = {
  format: Type.Optional(Format),
  claims: Type.Optional(
    Claims(
      'Claims of the entries of this source. With authz, a token sees them if it carries each claim with one of its values; without claims, only a superAdmin sees them.',
    ),
  ),
  syncPolicy: Type.Optional(SyncPolicy),
  filter: Type.Optional(Filter),
};

/** Where entries come from. Exactly one of the kinds is set. */
export const Source = SpecObject(
  { name: DnsLabel('Name of the source, unique in this registry.'), ...settings, ...kindFields },
  {
    description:
      'Where entries come from: a name, exactly one kind of source, and what is done with its entries.',
  },
);
export type Source = Static<typeof Source>;

/** An entry of `registries`: a view of sources, or (oldest form, without `spec.sources`) a view with its source inline. */
export const RegistryEntry = SpecObject(
  {
    // What the server answers with 400, or does not find because it decodes a name twice; all else works if it is escaped.
    name: Text('Name of the view, unique in this registry, without white space and "%"; part of its URL.', {
      maxLength: 253,
      pattern: '^[^ \\t\\r\\n%]+$',
      expects: 'a name without white space and "%", which the server does not serve',
    }),
    sources: Type.Optional(
      Type.Array(Type.String({ maxLength: 63 }), {
        description: 'Names of the sources that this view serves, first match first.',
        maxItems: 20,
      }),
    ),
    ...settings,
    claims: Type.Optional(
      Claims(
        'Claims that open the view. With authz, a token may read it if it carries each claim with one of its values; without claims, only a superAdmin may. In the oldest form they are the claims of its entries as well.',
      ),
    ),
    ...inlineKindFields,
  },
  { description: 'A view that the server serves.' },
);
export type RegistryEntry = Static<typeof RegistryEntry>;
