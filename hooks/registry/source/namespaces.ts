import { compile } from '../../contract/compile.ts';
import { describe, type Problem } from '../../problem.ts';
import { dnsLabel } from '../../text/dns-names.ts';
import type { Rule } from '../rule.ts';
import { NAMESPACE_LIMIT } from './kinds/kubernetes.ts';
import { Source } from './schema.ts';

/**
 * The sources that a source is written as. A server puts what it discovers in one namespace in the place of all that the
 * source had, so that its namespaces take turns, and one without rights ends the whole source: each of several gets a
 * source of its own. One namespace alone keeps the name, and with it the entries that have been read.
 */
export function perNamespace(source: Source): readonly Source[] {
  const namespaces = source.kubernetes?.namespaces ?? [];
  return namespaces.length < 2
    ? [source]
    : namespaces.map((namespace) => ({
        ...source,
        name: nameFor(source, namespace),
        kubernetes: { ...source.kubernetes, namespaces: [namespace] },
      }));
}

/**
 * Sources as they are written, and the names by which a view has them.
 *
 * @param sources valid ones
 */
export function expandNamespaces(sources: readonly Source[]): {
  readonly sources: readonly Source[];
  /** @param names of the given sources */
  readonly namesOf: (names: readonly string[]) => readonly string[];
} {
  const written = new Map(sources.map((source) => [source.name, perNamespace(source)]));
  return {
    sources: [...written.values()].flat(),
    namesOf: (names) =>
      [...new Set(names)].flatMap((name) => (written.get(name) ?? []).map((source) => source.name)),
  };
}

const nameFor = ({ name }: Source, namespace: string) => `${name}-${namespace}`;

const isSource = compile(Source);

interface WrittenName {
  readonly name: string;
  /** What of the spec the name comes from. */
  readonly field: string;
  readonly made: boolean;
  /** The name of the source as the user gave it. */
  readonly source: string;
}

/** The names that a valid source is written by; none for one that is not. */
function writtenNames(source: unknown, field: string): WrittenName[] {
  if (!isSource.Check(source)) return [];
  const written = perNamespace(source);
  return written.length < 2
    ? [{ name: source.name, field, made: false, source: source.name }]
    : written.map(({ name }, index) => ({
        name,
        field: `${field}.kubernetes.namespaces[${index}]`,
        made: true,
        source: source.name,
      }));
}

/** The names of sources that are made of namespaces have to be names, and no other's. */
const namesFit: Rule<readonly unknown[]> = {
  check: (sources, field) => {
    const all = sources.flatMap((source, index) => writtenNames(source, `${field}[${index}]`));
    const owners = new Map<string, WrittenName>();
    // A name that the user gave is there before one that is made, wherever it is in the list.
    for (const one of [...all.filter(({ made }) => !made), ...all.filter(({ made }) => made)]) {
      if (!owners.has(one.name)) owners.set(one.name, one);
    }
    return all
      .filter(({ made }) => made)
      .flatMap((one): Problem[] => {
        const text = `becomes the source ${describe(one.name)}, `;
        const owner = owners.get(one.name);
        if (one.name.length > dnsLabel.maxLength) {
          const message = `${text}whose name may have at most ${dnsLabel.maxLength} characters, found ${one.name.length}: shorten the name of the source`;
          return [{ field: one.field, message }];
        }
        // Another rule is about a namespace that a source names twice.
        return owner === undefined || owner.source === one.source
          ? []
          : [
              {
                field: one.field,
                message: `${text}whose name ${owner.field} has: rename one of the two sources`,
              },
            ];
      });
  },
};

const notTooMany: Rule<readonly unknown[]> = {
  check: (sources, field) => {
    const found = sources
      .map((source) => (isSource.Check(source) ? (source.kubernetes?.namespaces?.length ?? 0) : 0))
      .reduce((sum, count) => sum + count, 0);
    return found <= NAMESPACE_LIMIT
      ? []
      : [
          {
            field,
            message: `may name at most ${NAMESPACE_LIMIT} namespaces together, found ${found}: remove some, or make a second registry`,
          },
        ];
  },
};

/** What holds of the namespaces of all sources, of which nothing is known. */
export const namespaceRules: readonly Rule<readonly unknown[]>[] = [notTooMany, namesFit];
