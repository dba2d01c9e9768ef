import { compile } from '../../contract/compile.ts';
import { listOf } from '../../json.ts';
import { describe, type Problem, shorten } from '../../problem.ts';
import { dnsLabel, isDnsLabel } from '../../text/dns-names.ts';
import { type Git, InlineSourceKind, RegistryEntry, Source, SourceKind } from '../spec/source.ts';
import { durationProblems, urlProblems } from './go.ts';
import { duplicates, type Fields, nameOf } from './parts.ts';

const isSource = compile(Source);
const isEntry = compile(RegistryEntry);

/** Each source has one kind and a name of its own. */
export function sourceProblems({ sources }: Fields): Problem[] {
  const items = listOf(sources);
  return [
    ...items.flatMap((source, index) =>
      isSource.Check(source) ? kindProblems(source, `spec.sources[${index}]`, SourceKind) : [],
    ),
    ...duplicates(items, 'name', 'spec.sources'),
    ...items
      .map((source, index) => ({ source, index }))
      .filter(({ source }) => isSource.Check(source) && source.managed)
      .slice(1)
      .map(({ index }) => ({
        field: `spec.sources[${index}].managed`,
        message: 'is one too many: a registry may have one managed source',
      })),
  ];
}

/** Each entry is a view of known sources or, in the oldest form, holds its own. */
export function entryProblems({ sources, registries }: Fields): Problem[] {
  const entries = listOf(registries);
  const names = listOf(sources).flatMap(nameOf);
  const known = {
    names: new Set(names),
    told: shorten(
      names
        .slice(0, 20)
        .map((name) => shorten(name, 63))
        .join(', '),
      300,
    ),
  };
  return [
    ...entries.flatMap((entry, index) => {
      if (!isEntry.Check(entry)) return [];
      const field = `spec.registries[${index}]`;
      return listOf(sources).length > 0 ? viewProblems(entry, field, known) : inlineProblems(entry, field);
    }),
    ...duplicates(entries, 'name', 'spec.registries'),
  ];
}

/** The names of `spec.sources`, and how a message tells them. */
interface Known {
  readonly names: ReadonlySet<string>;
  readonly told: string;
}

function viewProblems(entry: RegistryEntry, field: string, known: Known): Problem[] {
  const inline = InlineSourceKind.find((kind) => entry[kind]);
  if (inline) {
    return [
      {
        field: `${field}.${inline}`,
        message: 'is a source inside a view: move it to spec.sources and name it in sources',
      },
    ];
  }
  if (!entry.sources?.length) {
    return [{ field: `${field}.sources`, message: 'is required: name at least one of spec.sources' }];
  }
  return entry.sources.flatMap((name, index) =>
    known.names.has(name)
      ? []
      : [
          {
            field: `${field}.sources[${index}]`,
            message: `names ${describe(name)}, which is not in spec.sources (${known.told})`,
          },
        ],
  );
}

/** An entry of the oldest form is a source too, so its name has to be one as well. */
function inlineProblems(entry: RegistryEntry, field: string): Problem[] {
  if (entry.sources?.length) {
    return [
      { field: `${field}.sources`, message: 'names sources, but there is no spec.sources: list them there' },
    ];
  }
  const name = isDnsLabel(entry.name)
    ? []
    : [
        {
          field: `${field}.name`,
          message: `must be ${dnsLabel.expects}, found ${describe(entry.name)}`,
        },
      ];
  return [...name, ...kindProblems(entry, field, InlineSourceKind)];
}

function kindProblems(
  source: Source | RegistryEntry,
  field: string,
  kinds: readonly SourceKind[],
): Problem[] {
  const set = kinds.filter((kind) => (source as Source)[kind]);
  if (set.length !== 1) {
    const found = set.length === 0 ? 'none' : set.join(' and ');
    return [{ field, message: `must have exactly one of ${kinds.join(', ')}, found ${found}` }];
  }
  const { url } = source as Source;
  return [
    ...durationProblems(source.syncPolicy?.interval, `${field}.syncPolicy.interval`, true),
    ...(source.api ? urlProblems(source.api.endpoint, `${field}.api.endpoint`) : []),
    ...(url ? urlProblems(url.endpoint, `${field}.url.endpoint`) : []),
    ...durationProblems(url?.timeout, `${field}.url.timeout`),
    ...(source.git ? gitProblems(source.git, `${field}.git`) : []),
    ...(source.pvcRef ? pathInVolumeProblems(source.pvcRef.path, `${field}.pvcRef.path`) : []),
  ];
}

function gitProblems(git: Git, field: string): Problem[] {
  const refs = (['branch', 'tag', 'commit'] as const).filter((ref) => git[ref] !== undefined);
  if (refs.length === 1) return [];
  const found = refs.length === 0 ? 'none' : refs.join(' and ');
  return [{ field, message: `must have exactly one of branch, tag and commit, found ${found}` }];
}

function pathInVolumeProblems(path: string | undefined, field: string): Problem[] {
  return path?.split('/').includes('..')
    ? [{ field, message: `must stay inside the volume: take out "..", found ${describe(path)}` }]
    : [];
}
