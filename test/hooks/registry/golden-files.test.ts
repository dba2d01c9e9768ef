import { test } from 'tap';
import { parse } from 'yaml';
import { type GoldenCase, goldenCases, type Output, outputOf } from '../../support/golden-cases.ts';
import {
  isInPod,
  keyReferences,
  keysRead,
  namedFiles,
  serverContainer,
  variable,
} from '../../support/pod-files.ts';

/** Files that the server reads, with what names them. */
const filesRead = (output: Output) => {
  const files = namedFiles(output.config);
  for (const arg of serverContainer(output).args ?? []) {
    const [, path] = /^--config=(.+)$/.exec(arg) ?? [];
    if (path) files.set(path, 'args');
  }
  const pgpass = variable(output, 'PGPASSFILE')?.value;
  if (pgpass) files.set(pgpass, 'PGPASSFILE');
  return files;
};

const missingFiles = (output: Output) =>
  [...filesRead(output).keys()].filter((path) => !isInPod(output, path));

for (const { name, desired } of goldenCases) {
  test(`${name}: every file that the configuration names is in its container`, async (t) => {
    const output = outputOf(desired);
    t.ok(filesRead(output).size > 0);
    for (const [path, field] of filesRead(output)) t.ok(isInPod(output, path), `${path} (${field})`);
  });
}

for (const { name, registry, desired } of goldenCases) {
  test(`${name}: every key that the registry refers to is read by its pod`, async (t) => {
    const read = keysRead(outputOf(desired));
    for (const { field, name, key } of keyReferences(registry.spec)) {
      const passedOver =
        (isDynamic(registry) && /\.db\w+PasswordSecretRef$/.test(field)) || hasPathBefore(registry, field);
      t.equal(read.has(`${name}/${key}`), !passedOver, `${name}/${key} (${field})`);
    }
  });

  test(`${name}: every variable that the server needs is set, and no password that it would refuse`, async (t) => {
    const output = outputOf(desired);
    const { database, issuers } = readConfig(output);
    const { databaseConfig = {}, pgpassSecretRef } = registry.spec as {
      databaseConfig?: Record<string, { name: string; key: string }>;
      pgpassSecretRef?: object;
    };
    t.equal(variable(output, 'THV_REGISTRY_WATCH_NAMESPACE')?.value, registry.metadata.namespace);
    t.ok(variable(output, 'THV_REGISTRY_LEADER_ELECTION_ID')?.value);
    t.equal(variable(output, 'PGPASSFILE') !== undefined, pgpassSecretRef !== undefined);

    for (const [field, variableName] of [
      ['dbAppUserPasswordSecretRef', 'THV_REGISTRY_DATABASE_PASSWORD'],
      ['dbMigrationUserPasswordSecretRef', 'THV_REGISTRY_DATABASE_MIGRATIONPASSWORD'],
    ] as const) {
      const ref = database['dynamicAuth'] ? undefined : databaseConfig[field];
      t.strictSame(
        variable(output, variableName),
        ref && { name: variableName, valueFrom: { secretKeyRef: ref } },
        variableName,
      );
    }

    const insecure = issuers.some(
      (issuer) =>
        issuer.protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname),
    );
    if (insecure) t.equal(variable(output, 'THV_REGISTRY_INSECURE_URL')?.value, 'true');
  });
}

/** Whether a provider has the file at a path, so that the reference is not read. */
function hasPathBefore({ spec }: GoldenCase['registry'], field: string): boolean {
  const [, index, name] = /^spec\.authConfig\.oauth\.providers\.(\d+)\.(\w+)$/.exec(field) ?? [];
  const { oauth } = (spec['authConfig'] ?? {}) as {
    oauth?: { providers: readonly Record<string, unknown>[] };
  };
  const provider = oauth?.providers[Number(index)];
  const paths: Record<string, string> = { caCertRef: 'caCertPath', authTokenRef: 'authTokenFile' };
  return provider !== undefined && provider[paths[name ?? ''] ?? ''] !== undefined;
}

const isDynamic = ({ spec }: GoldenCase['registry']) =>
  (spec['databaseConfig'] as { dynamicAuth?: object } | undefined)?.dynamicAuth !== undefined;

function readConfig({ config }: Output) {
  const { database, auth } = parse(config) as {
    database: Record<string, unknown>;
    auth: { oauth?: { providers: readonly { issuerUrl: string }[] } };
  };
  return { database, issuers: (auth.oauth?.providers ?? []).map(({ issuerUrl }) => new URL(issuerUrl)) };
}

test('without any one of its read-only mounts and its volumes, a file would be missing', async (t) => {
  for (const { name, desired } of goldenCases) {
    const output = outputOf(desired);
    const mounts = serverContainer(output).volumeMounts ?? [];
    for (const mount of mounts.filter(({ readOnly }) => readOnly)) {
      const { name: volume, mountPath } = mount;
      const without = { containers: mounts.filter((other) => other !== mount), volumes: volume };
      t.ok(missingFiles(changed(output, without.containers)).length > 0, `${name}: ${mountPath} has a use`);
      t.ok(missingFiles(changed(output, mounts, without.volumes)).length > 0, `${name}: ${volume} has a use`);
    }
  }
});

/** The output with other mounts of the server, and without a volume. */
function changed(output: Output, volumeMounts: readonly object[], volume?: string): Output {
  const spec = output.pod['spec'] as {
    containers: readonly { name: string }[];
    volumes: readonly { name: string }[];
  };
  return {
    ...output,
    pod: {
      ...output.pod,
      spec: {
        ...spec,
        containers: spec.containers.map((container) =>
          container.name === 'registry-api' ? { ...container, volumeMounts } : container,
        ),
        volumes: spec.volumes.filter(({ name }) => name !== volume),
      },
    },
  };
}

test('what the walk makes of a configuration and a pod', async (t) => {
  const file = '/etc/app/a/token';
  const config = `x: [{ tokenFile: ${file} }]`;
  const mount = { name: 'v', mountPath: '/etc/app' };
  const items = { items: [{ key: 'k', path: 'a/token' }] };
  const cases = [
    { mounts: [mount], volume: { secret: items }, found: true, reason: 'an item of that path' },
    { mounts: [], volume: { secret: items }, found: false, reason: 'it is not mounted' },
    { mounts: [mount], volume: { secret: {} }, found: false, reason: 'a key can hold no slash' },
    {
      mounts: [{ ...mount, mountPath: '/etc/ap' }],
      volume: { secret: items },
      found: false,
      reason: 'another folder that begins alike',
    },
    {
      mounts: [{ ...mount, mountPath: '/etc/app/a' }],
      volume: { secret: items },
      found: false,
      reason: 'the item would be a folder further down',
    },
    {
      mounts: [{ ...mount, mountPath: '/etc/app/a', subPath: 'a' }],
      volume: { secret: items },
      found: true,
      reason: 'a folder of the volume',
    },
    {
      mounts: [{ ...mount, mountPath: file, subPath: 'a/token' }],
      volume: { secret: items },
      found: true,
      reason: 'the file itself',
    },
    {
      mounts: [mount, { name: 'other', mountPath: '/etc/app/a' }],
      volume: { secret: items },
      found: false,
      reason: 'another mount hides it',
    },
    {
      mounts: [mount],
      volume: { projected: { sources: [{ secret: {} }, { configMap: items }] } },
      found: true,
      reason: 'an item of a projected volume',
    },
    { mounts: [mount], volume: { emptyDir: {} }, found: false, reason: 'nothing fills it' },
    {
      mounts: [mount],
      volume: { persistentVolumeClaim: {} },
      found: true,
      reason: 'anything may be in a claim',
    },
  ];
  for (const { mounts, volume, found, reason } of cases) {
    const output = {
      config,
      configMap: { metadata: { name: 'c' } },
      pod: {
        spec: {
          containers: [{ name: 'registry-api', volumeMounts: mounts }],
          volumes: [{ name: 'v', ...volume }],
        },
      },
    } as unknown as Output;
    t.strictSame([...namedFiles(config)], [[file, 'x/0/tokenFile']]);
    t.equal(isInPod(output, file), found, reason);
  }
});
