import { type Static, Type } from '@sinclair/typebox';
import { AuthConfig } from './spec/auth.ts';
import { FreeForm, List, LocalObjectReference, SecretKeyRef, SpecObject, TEXT_LIMIT } from './spec/common.ts';
import { crossFieldRules } from './spec/cross-field-rules.ts';
import { DatabaseConfig } from './spec/database.ts';
import { RegistryEntry, Source } from './spec/source.ts';
import { TelemetryConfig } from './spec/telemetry.ts';

const byKeys = (...keys: readonly string[]) => ({
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
});

/**
 * The spec of an MCPRegistry: the fields of the ToolHive releases from v0.6.7 on (stacklok/toolhive:
 * cmd/thv-operator/api), in one schema for both versions. Earlier releases had `spec.source`, which is not read.
 * `rules.ts` has the rules about fields that depend on each other.
 */
export const MCPRegistrySpec = SpecObject(
  {
    configYAML: Type.Optional(
      Type.String({
        description:
          'The whole config.yaml of the registry server, passed on byte for byte. It is kept in a ConfigMap: name files for credentials and mount them with volumes and volumeMounts. Excludes sources, registries, databaseConfig, authConfig and telemetryConfig.',
        maxLength: 262_144,
      }),
    ),
    volumes: Type.Optional(
      List(
        FreeForm('A volume, as in a pod.', {
          name: Type.String({ description: 'Name of the volume.', maxLength: TEXT_LIMIT }),
        }),
        { description: 'Volumes added to the pod, each with a name of its own.', ...byKeys('name') },
      ),
    ),
    volumeMounts: Type.Optional(
      List(
        FreeForm('A volume mount, as in a container.', {
          name: Type.String({ description: 'Name of the volume.', maxLength: TEXT_LIMIT }),
          mountPath: Type.String({
            description: 'Where the volume is in the container.',
            maxLength: TEXT_LIMIT,
          }),
        }),
        {
          description:
            'Volume mounts added to the container of the registry server, each with a path of its own.',
          ...byKeys('mountPath'),
        },
      ),
    ),
    pgpassSecretRef: Type.Optional(
      SecretKeyRef(
        'A pgpass file in a Secret. An init container copies it to where the server may read it with mode 0600, which libpq demands and a Secret volume cannot give.',
      ),
    ),
    imagePullSecrets: Type.Optional(
      List(LocalObjectReference, {
        description: 'Secrets for pulling images, set on the pod and on its ServiceAccount.',
      }),
    ),
    displayName: Type.Optional(
      Type.String({ description: 'Name to display; the server does not receive it.', maxLength: TEXT_LIMIT }),
    ),
    enforceServers: Type.Optional(
      Type.Boolean({
        description:
          'Read by operators of MCPServer objects: images must be listed in a registry of the namespace.',
        default: false,
      }),
    ),
    sources: Type.Optional(
      Type.Array(Source, {
        description:
          'Where entries come from: at most 20 sources, each with a name and exactly one of configMapRef, git, api, url, pvcRef, managed and kubernetes.',
        maxItems: 20,
        ...byKeys('name'),
        'x-kubernetes-validations': [
          {
            rule: 'self.filter(source, has(source.managed)).size() <= 1',
            message: 'has more than one managed source: a registry may have one',
          },
        ],
      }),
    ),
    registries: Type.Optional(
      Type.Array(RegistryEntry, {
        description:
          'What the server serves: at most 20 views, each with a name and the names of its sources. In the oldest form, without spec.sources, each holds its one source itself, as configMapRef, git, api or pvcRef.',
        maxItems: 20,
        ...byKeys('name'),
      }),
    ),
    databaseConfig: Type.Optional(DatabaseConfig),
    authConfig: Type.Optional(AuthConfig),
    telemetryConfig: Type.Optional(TelemetryConfig),
    podTemplateSpec: Type.Optional(
      FreeForm(
        'A PodTemplateSpec, merged over the pod template of the registry server as a strategic merge patch: containers, volumes and variables are matched by name, what is set here wins, and null takes a field out. The container of the server is registry-api; any other is a sidecar.',
        {},
      ),
    ),
  },
  { description: 'What the registry serves and how.', 'x-kubernetes-validations': crossFieldRules },
);
export type MCPRegistrySpec = Static<typeof MCPRegistrySpec>;
