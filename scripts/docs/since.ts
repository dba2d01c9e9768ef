/**
 * The first ToolHive release whose resource had a field (stacklok/toolhive: tags of
 * cmd/thv-operator/api/v1alpha1/mcpregistry_types.go). A field that is not named is as old as the one it is in.
 */
export const since: Readonly<Record<string, string>> = {
  displayName: 'v0.2.17',
  enforceServers: 'v0.3.6',
  registries: 'v0.6.7',
  'registries[].git.auth': 'v0.9.2',
  'registries[].pvcRef': 'v0.6.10',
  'registries[].sources': 'v0.17.0',
  'registries[].claims': 'v0.17.0',
  databaseConfig: 'v0.6.9',
  'databaseConfig.maxMetaSize': 'v0.17.0',
  'databaseConfig.dynamicAuth': 'v0.17.0',
  'databaseConfig.dbAppUserPasswordSecretRef': 'v0.6.14',
  'databaseConfig.dbMigrationUserPasswordSecretRef': 'v0.6.14',
  authConfig: 'v0.6.15',
  'authConfig.publicPaths': 'v0.17.0',
  'authConfig.authz': 'v0.17.0',
  telemetryConfig: 'v0.17.0',
  monitoring: 'here',
  sources: 'v0.17.0',
  'sources[].pvcRef': 'here',
  podTemplateSpec: 'v0.6.9',
  configYAML: 'v0.17.0',
  volumes: 'v0.17.0',
  volumeMounts: 'v0.17.0',
  pgpassSecretRef: 'v0.17.0',
  imagePullSecrets: 'v0.26.0',
};
