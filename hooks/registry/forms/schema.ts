import { type Static, Type } from '@sinclair/typebox';
import { DataKey, ObjectName, OneOf, SpecObject } from '../fields/common.ts';
import type { Rule } from '../rule.ts';
import { withRules } from '../rule.ts';
import { DEFAULT_FILE } from '../source/kind.ts';
import { sourceKinds } from '../source/kinds.ts';
import { Format } from '../source/schema.ts';

/** The fields that hold the source, for each `type`; of two, the first one is read. */
export const blocksOf = {
  configmap: ['configMapRef', 'configmap'],
  git: ['git'],
  api: ['api'],
} as const;

const fields = SpecObject(
  {
    type: Type.Optional(
      OneOf(['configmap', 'git', 'api'], {
        description: 'Which of the fields below is read.',
        default: 'configmap',
      }),
    ),
    format: Type.Optional(Format),
    configmap: Type.Optional(
      SpecObject(
        {
          name: ObjectName('Name of the ConfigMap.'),
          key: Type.Optional(DataKey('Key in the ConfigMap.', { default: DEFAULT_FILE })),
        },
        { description: 'The same as configMapRef, which wins; as the releases before v0.6.6 wrote it.' },
      ),
    ),
    configMapRef: Type.Optional(sourceKinds.configMapRef.schema),
    git: Type.Optional(sourceKinds.git.schema),
    api: Type.Optional(sourceKinds.api.schema),
  },
  {
    description:
      'The one source of a registry, as the first releases had it: it becomes a source and a view, both with the name of the MCPRegistry. Excludes sources and registries; new manifests have these.',
  },
);
type SingleFields = Static<typeof fields>;

/** The type of a source. Left out, it is the one that the API server stored with the CRD of each release. */
export const typeOf = ({ type = 'configmap' }: SingleFields) => type;

const given = (source: SingleFields, type: keyof typeof blocksOf): boolean =>
  blocksOf[type].some((block) => source[block] !== undefined);

/** stacklok/toolhive v0.6.6: cmd/thv-operator/api/v1alpha1/mcpregistry_types.go, the rule of MCPRegistry. */
const hasItsBlock: Rule<SingleFields> = {
  message:
    'must have the field that type names: configMapRef with type configmap (the default), git with git, api with api',
  cel: "!has(self.type) || self.type == 'configmap' ? has(self.configMapRef) || has(self.configmap) : (self.type == 'git' ? has(self.git) : has(self.api))",
  check: (source, field) => {
    const type = typeOf(source);
    if (given(source, type)) return [];
    const [block] = blocksOf[type];
    const other = (['configmap', 'git', 'api'] as const).find((one) => given(source, one));
    return other
      ? [
          {
            field: `${field}.type`,
            message: `is ${type}${source.type ? '' : ' (the default)'}, but there is no ${block}: set it to ${other}, or add ${block}`,
          },
        ]
      : [{ field: `${field}.${block}`, message: `is required with type ${type}: set it to an object` }];
  },
};

/** The one source of ToolHive v0.2.17 to v0.6.6 (cmd/thv-operator/api/v1alpha1/mcpregistry_types.go, MCPRegistrySource). */
export const SingleSource = withRules(fields, [hasItsBlock]);
export type SingleSource = Static<typeof SingleSource>;
