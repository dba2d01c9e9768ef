import { describe, type Problem } from './problem.ts';
import type { Provider } from './spec/auth.ts';
import { type Git, InlineSourceKind, type RegistryEntry, type Source, SourceKind } from './spec/source.ts';
import type { MCPRegistrySpec } from './spec.ts';

const typedFields = ['sources', 'registries', 'databaseConfig', 'authConfig', 'telemetryConfig'] as const;

/**
 * The rules that a schema can't tell: which fields go together, and that names are unique and known.
 *
 * @param spec a spec that satisfies its schema
 * @returns problems in spec order
 */
export function ruleProblems(spec: MCPRegistrySpec): Problem[] {
  return [...pathProblems(spec), ...sourceListProblems(spec), ...entryProblems(spec), ...authProblems(spec)];
}

/** The raw path excludes the typed one, and one of them is needed (design: "Spec"). */
function pathProblems(spec: MCPRegistrySpec): Problem[] {
  const typed = typedFields.filter((field) => spec[field] !== undefined);
  if (spec.configYAML) {
    return typed.length === 0
      ? []
      : [
          {
            field: 'spec.configYAML',
            message: `can't be combined with ${typed.map((field) => `spec.${field}`).join(', ')}: keep either the whole configuration or the typed fields`,
          },
        ];
  }
  if (spec.registries?.length) return [];
  return [
    typed.length === 0
      ? { field: 'spec', message: 'says nothing to serve: set configYAML, or sources and registries' }
      : { field: 'spec.registries', message: 'is required: list at least one view of the sources' },
  ];
}

function sourceListProblems({ sources = [] }: MCPRegistrySpec): Problem[] {
  return [
    ...sources.flatMap((source, index) => sourceProblems(source, `spec.sources[${index}]`, SourceKind)),
    ...duplicates(sources, 'spec.sources'),
    ...sources
      .map((source, index) => ({ source, index }))
      .filter(({ source }) => source.managed)
      .slice(1)
      .map(({ index }) => ({
        field: `spec.sources[${index}].managed`,
        message: 'is one too many: a registry may have one managed source',
      })),
  ];
}

function entryProblems({ sources, registries = [] }: MCPRegistrySpec): Problem[] {
  const known = new Set(sources?.map(({ name }) => name));
  const problems = registries.flatMap((entry, index) => {
    const field = `spec.registries[${index}]`;
    return sources?.length ? viewProblems(entry, field, known) : inlineProblems(entry, field);
  });
  return [...problems, ...duplicates(registries, 'spec.registries')];
}

function viewProblems(entry: RegistryEntry, field: string, known: ReadonlySet<string>): Problem[] {
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
    known.has(name)
      ? []
      : [
          {
            field: `${field}.sources[${index}]`,
            message: `names ${describe(name)}, which is not in spec.sources (${[...known].join(', ')})`,
          },
        ],
  );
}

const sourceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** An entry of the oldest form is a source too, so its name has to be one as well. */
function inlineProblems(entry: RegistryEntry, field: string): Problem[] {
  if (entry.sources?.length) {
    return [
      { field: `${field}.sources`, message: 'names sources, but there is no spec.sources: list them there' },
    ];
  }
  const name = sourceName.test(entry.name)
    ? []
    : [
        {
          field: `${field}.name`,
          message: `must be at most 63 lower-case letters, digits and "-", with a letter or digit at both ends, found ${describe(entry.name)}`,
        },
      ];
  return [...name, ...sourceProblems(entry, field, InlineSourceKind)];
}

function sourceProblems(
  source: Source | RegistryEntry,
  field: string,
  kinds: readonly SourceKind[],
): Problem[] {
  const set = kinds.filter((kind) => (source as Source)[kind]);
  if (set.length !== 1) {
    const found = set.length === 0 ? 'none' : set.join(' and ');
    return [{ field, message: `must have exactly one of ${kinds.join(', ')}, found ${found}` }];
  }
  return [
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

function authProblems({ authConfig: auth }: MCPRegistrySpec): Problem[] {
  if (!auth) return [];
  if (auth.mode !== 'oauth') {
    return auth.authz
      ? [
          {
            field: 'spec.authConfig.authz',
            message: 'has no effect with mode anonymous: set mode to oauth or take it out',
          },
        ]
      : [];
  }
  const providers = auth.oauth?.providers ?? [];
  const field = 'spec.authConfig.oauth.providers';
  if (providers.length === 0) {
    return [{ field, message: 'is required with mode oauth: list at least one provider' }];
  }
  return [
    ...providers.flatMap((provider, index) => providerProblems(provider, `${field}[${index}]`)),
    ...duplicates(providers, field),
  ];
}

function providerProblems(provider: Provider, field: string): Problem[] {
  const pairs = [
    ['caCertRef', 'caCertPath'],
    ['authTokenRef', 'authTokenFile'],
  ] as const;
  return pairs.flatMap(([reference, path]) =>
    provider[reference] && provider[path]
      ? [{ field: `${field}.${path}`, message: `can't be combined with ${reference}: keep one of them` }]
      : [],
  );
}

function duplicates(items: readonly { readonly name: string }[], field: string): Problem[] {
  return items.flatMap(({ name }, index) => {
    const first = items.findIndex((item) => item.name === name);
    return first === index
      ? []
      : [
          {
            field: `${field}[${index}].name`,
            message: `is taken by ${field}[${first}]: ${describe(name)} must be unique`,
          },
        ];
  });
}
