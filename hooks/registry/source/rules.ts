import { compile } from '../../contract/compile.ts';
import { type JsonObject, listOf, objectOf } from '../../json.ts';
import { describe, type Problem, shorten } from '../../problem.ts';
import { claimProblems } from '../claim-problems.ts';
import { exactlyOneOf, hasAnyOf, hasExactlyOneOf } from '../common-rules.ts';
import { brokenRulesWithin, type Rule, withRules } from '../rule.ts';
import { InlineSourceKind, SourceKind } from './kinds.ts';
import { namespaceRules } from './namespaces.ts';
import { RegistryEntry, Source } from './schema.ts';

const isSource = compile(Source);
const isEntry = compile(RegistryEntry);

/** A source has one kind. */
export const sourceRules = [exactlyOneOf(SourceKind)];

const oneManaged: Rule<readonly unknown[]> = {
  message: 'has more than one managed source: a registry may have one',
  cel: 'self.filter(source, has(source.managed)).size() <= 1',
  check: (sources, field) =>
    sources
      .map((source, index) => ({ source, field: `${field}[${index}].managed` }))
      .filter(({ source }) => isSource.Check(source) && source.managed)
      .slice(1)
      .map(({ field }) => ({
        field,
        message: 'a registry can have one managed source: remove this one',
      })),
};

/** What holds of the list of sources, of whose items nothing is known. */
export const sourceListRules = [oneManaged, ...namespaceRules];

type CheckEntry = (entry: RegistryEntry, field: string) => readonly Problem[];

interface EntryRule {
  readonly message: string;
  /** What must hold of an `entry` of `self.registries`. */
  readonly cel: string;
  /** How each entry that satisfies its schema is checked. */
  readonly check: (spec: JsonObject) => CheckEntry;
}

/** With `spec.sources`, each entry of `registries` is a view of them. */
const viewRule = ({ message, cel, check }: EntryRule): Rule<JsonObject> => ({
  field: '.registries',
  message,
  cel: `!(has(self.sources) && self.sources.size() > 0) || ${everyEntry(cel)}`,
  check: (spec) => !hasSources(spec) || checkEntries(spec, check(spec)),
});

/** In the oldest form, without `spec.sources`, each entry is a source as well. */
const inlineRule = ({ message, cel, check }: EntryRule): Rule<JsonObject> => ({
  field: '.registries',
  message,
  cel: `(has(self.sources) && self.sources.size() > 0) || ${everyEntry(cel)}`,
  check: (spec) => hasSources(spec) || checkEntries(spec, check(spec)),
});

const hasSources = ({ sources }: JsonObject) => listOf(sources).length > 0;

const everyEntry = (cel: string) => `!has(self.registries) || self.registries.all(entry, ${cel})`;

const checkEntries = ({ registries }: JsonObject, check: CheckEntry): Problem[] =>
  listOf(registries).flatMap((entry, index) =>
    isEntry.Check(entry) ? check(entry, `spec.registries[${index}]`) : [],
  );

/** A kind that an entry holds. Its sources are not checked then: the user has to turn it into a source. */
const inlineKindOf = (entry: RegistryEntry) => InlineSourceKind.find((kind) => entry[kind]);

/**
 * Whether an entry names sources. In the oldest form, nothing else of it is checked then: the user has to turn it into a
 * view.
 */
const namesSources = ({ sources = [] }: RegistryEntry) => sources.length > 0;

const sourceInsideView = 'a source inside a view: move it to spec.sources and name it in sources';
const nameOne = 'name at least one of spec.sources';

const viewRules = [
  viewRule({
    message: `has ${sourceInsideView}`,
    cel: `!(${hasAnyOf('entry', InlineSourceKind)})`,
    check: () => (entry, field) => {
      const kind = inlineKindOf(entry);
      return kind ? [{ field: `${field}.${kind}`, message: `is ${sourceInsideView}` }] : [];
    },
  }),
  viewRule({
    message: `has a view without sources: ${nameOne}`,
    cel: 'has(entry.sources) && entry.sources.size() > 0',
    check: () => (entry, field) =>
      inlineKindOf(entry) || namesSources(entry)
        ? []
        : [{ field: `${field}.sources`, message: `is required: ${nameOne}` }],
  }),
  viewRule({
    message: 'has a view that names a source which is not in spec.sources: list it there or remove it',
    cel: '!has(entry.sources) || entry.sources.all(name, self.sources.exists(source, source.name == name))',
    check: (spec) => {
      const { names, text } = sourceNames(spec);
      return (entry, field) =>
        (inlineKindOf(entry) ? [] : (entry.sources ?? [])).flatMap((name, index) =>
          names.has(name)
            ? []
            : [
                {
                  field: `${field}.sources[${index}]`,
                  message: `names ${describe(name)}, which is not in spec.sources (${text}): list it there or remove it`,
                },
              ],
        );
    },
  }),
];

/** The names of `spec.sources`, and how a message lists them. */
function sourceNames({ sources }: JsonObject): {
  readonly names: ReadonlySet<string>;
  readonly text: string;
} {
  const names = listOf(sources).flatMap((source) => {
    const { name } = objectOf(source);
    return typeof name === 'string' ? [name] : [];
  });
  const shown = names.slice(0, 20).map((name) => shorten(name, 63));
  return { names: new Set(names), text: shorten(shown.join(', '), 300) };
}

const oneInlineKind = exactlyOneOf(InlineSourceKind);
const InlineSource = withRules(RegistryEntry, [oneInlineKind]);

const noSources = 'names sources, but there is no spec.sources: list them there';

const inlineRules = [
  inlineRule({
    message: noSources,
    cel: '!has(entry.sources) || entry.sources.size() == 0',
    check: () => (entry, field) =>
      namesSources(entry) ? [{ field: `${field}.sources`, message: noSources }] : [],
  }),
  inlineRule({
    message: `${oneInlineKind.message} in each entry while there is no spec.sources`,
    cel: `(has(entry.sources) && entry.sources.size() > 0) || ${hasExactlyOneOf('entry', InlineSourceKind)}`,
    check: () => (entry, field) => (namesSources(entry) ? [] : brokenRulesWithin(InlineSource, entry, field)),
  }),
];

/** In the oldest form, they are checked with the rest of the source. */
const viewClaims: Rule<JsonObject> = {
  check: (spec) =>
    hasSources(spec)
      ? checkEntries(spec, ({ claims }, field) => claimProblems(claims, `${field}.claims`))
      : [],
};

/** How `sources` and `registries` fit together. They are about the whole spec, of which nothing is known. */
export const viewsAndSourcesRules: readonly Rule<JsonObject>[] = [...viewRules, ...inlineRules, viewClaims];
