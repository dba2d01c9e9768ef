import { type Static, Type } from '@sinclair/typebox';
import { accountAndPodRules, serviceAccountRules } from './account/rules.ts';
import { ServiceAccount } from './account/schema.ts';
import { auditAndPodRules } from './audit/rules.ts';
import { AuditConfig } from './audit/schema.ts';
import { authAndPodRules, authRules } from './auth/rules.ts';
import { AuthConfig } from './auth/schema.ts';
import { exactlyOneOf, keyedBy } from './common-rules.ts';
import { databaseAndPodRules, databaseRules } from './database/rules.ts';
import { DatabaseConfig } from './database/schema.ts';
import { Expose } from './expose/schema.ts';
import {
  FreeForm,
  List,
  LocalObjectReference,
  SecretKeyRef,
  SpecObject,
  sentenceList,
  TEXT_LIMIT,
} from './fields/common.ts';
import { formRules } from './forms/rules.ts';
import { SingleSource } from './forms/schema.ts';
import { Monitoring } from './monitoring/schema.ts';
import { isNeeded } from './needed-rules.ts';
import { NetworkPolicy } from './network/schema.ts';
import { pathRules } from './path-rules.ts';
import { podRules } from './pod-rules.ts';
import { withRules } from './rule.ts';
import { autoscalingRules, replicasOrAutoscaling } from './scaling/rules.ts';
import { Autoscaling, DisruptionBudget, Replicas } from './scaling/schema.ts';
import { serviceRules } from './service/rules.ts';
import { Service } from './service/schema.ts';
import { InlineSourceKind, SourceKind } from './source/kinds.ts';
import { sourceListRules, sourceRules, viewsAndSourcesRules } from './source/rules.ts';
import { Filter, RegistryEntry, Source, SyncPolicy } from './source/schema.ts';
import { telemetryRules } from './telemetry/rules.ts';
import { TelemetryConfig } from './telemetry/schema.ts';

const Volumes = keyedBy(
  'name',
  List(
    FreeForm('A volume, as in a pod.', {
      name: Type.String({ description: 'Name of the volume.', maxLength: TEXT_LIMIT }),
    }),
    { description: 'Volumes added to the pod, each with a name of its own.' },
  ),
);

const VolumeMounts = keyedBy(
  'mountPath',
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
    },
  ),
);

const Sources = withRules(
  keyedBy(
    'name',
    Type.Array(withRules(Source, sourceRules), {
      description: `Where entries come from: at most 20 sources, each with a name and exactly one of ${sentenceList(SourceKind, 'and')}.`,
      maxItems: 20,
    }),
  ),
  sourceListRules,
);

const Registries = keyedBy(
  'name',
  Type.Array(RegistryEntry, {
    description: `What the server serves: at most 100 views, each with a name and the names of its sources. In the oldest form, without spec.sources, each holds its one source itself, as ${sentenceList(InlineSourceKind, 'or')}; see defaultSource.`,
    maxItems: 100,
  }),
);

const onlyWithSource =
  'Read with source only: each of sources, and of registries that hold theirs, has its own.';

/**
 * The spec of an MCPRegistry: the fields of all ToolHive releases from v0.2.17 on, which had it first (stacklok/toolhive:
 * cmd/thv-operator/api), in one schema for both versions. Each section has its fields in `schema.ts` and what these can't express in `rules.ts`.
 */
export const MCPRegistrySpec = withRules(
  SpecObject(
    {
      configYAML: Type.Optional(
        Type.String({
          description:
            'The whole config.yaml of the registry server, passed on byte for byte. It is kept in a ConfigMap: name files for credentials and mount them with volumes and volumeMounts. Excludes sources, registries, source, databaseConfig, authConfig, telemetryConfig and auditConfig.',
          maxLength: 262_144,
        }),
      ),
      volumes: Type.Optional(Volumes),
      volumeMounts: Type.Optional(VolumeMounts),
      pgpassSecretRef: Type.Optional(
        withRules(
          SecretKeyRef(
            'A pgpass file in a Secret. An init container copies it to where the server may read it with mode 0600, which libpq demands and a Secret volume cannot give.',
          ),
          [isNeeded],
        ),
      ),
      imagePullSecrets: Type.Optional(
        List(LocalObjectReference, {
          description: 'Secrets for pulling images, set on the pod and on its ServiceAccount.',
        }),
      ),
      displayName: Type.Optional(
        Type.String({
          description: 'Name to display; the server does not receive it.',
          maxLength: TEXT_LIMIT,
        }),
      ),
      enforceServers: Type.Optional(
        Type.Boolean({
          description:
            'Read by operators of MCPServer objects: images must be listed in a registry of the namespace.',
          default: false,
        }),
      ),
      sources: Type.Optional(Sources),
      registries: Type.Optional(Registries),
      defaultSource: Type.Optional(
        Type.Boolean({
          description:
            'Whether entries of registries that hold their sources come after a source and a view named default, which discovers the MCP servers of the namespace, as in the releases that had such entries. It is not added if an entry has that name.',
          default: true,
        }),
      ),
      source: Type.Optional(SingleSource),
      syncPolicy: Type.Optional({
        ...SyncPolicy,
        description: `When source is read again; every 30m by default. ${onlyWithSource}`,
      }),
      filter: Type.Optional({
        ...Filter,
        description: `Which entries of source are served. ${onlyWithSource}`,
      }),
      databaseConfig: Type.Optional(withRules(DatabaseConfig, databaseRules)),
      authConfig: Type.Optional(withRules(AuthConfig, authRules)),
      telemetryConfig: Type.Optional(withRules(TelemetryConfig, telemetryRules)),
      auditConfig: Type.Optional(AuditConfig),
      podTemplateSpec: Type.Optional(
        FreeForm(
          'A PodTemplateSpec, merged over the pod template of the registry server as a strategic merge patch: containers, volumes and variables are matched by name, what is set here wins, and null takes a field out. The container of the server is registry-api; any other is a sidecar.',
          {},
        ),
      ),
      replicas: Type.Optional(Replicas),
      autoscaling: Type.Optional(withRules(Autoscaling, autoscalingRules)),
      disruptionBudget: Type.Optional(
        withRules(DisruptionBudget, [exactlyOneOf(['minAvailable', 'maxUnavailable'])]),
      ),
      service: Type.Optional(withRules(Service, serviceRules)),
      serviceAccount: Type.Optional(withRules(ServiceAccount, serviceAccountRules)),
      networkPolicy: Type.Optional(NetworkPolicy),
      expose: Type.Optional(Expose),
      monitoring: Type.Optional(Monitoring),
    },
    { description: 'What the registry serves and how.' },
  ),
  [
    ...pathRules,
    replicasOrAutoscaling,
    ...formRules,
    ...viewsAndSourcesRules,
    ...databaseAndPodRules,
    ...authAndPodRules,
    ...accountAndPodRules,
    ...auditAndPodRules,
    ...podRules,
  ],
);
export type MCPRegistrySpec = Static<typeof MCPRegistrySpec>;
