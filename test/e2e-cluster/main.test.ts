import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { deepFreeze } from '../support/deep-freeze.ts';
import type { ClusterObject } from './kubectl.ts';
import { readRequirements } from './requirements.ts';
import { type WatchEvent, WriteCounter } from './writes.ts';

test('without a cluster it says what is missing, all at once, and ends with 2', (t) => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', main], {
    encoding: 'utf8',
    env: { PATH: t.testdir({}), E2E_HOOK: 'here', METACONTROLLER: '/nowhere/metacontroller' },
  });
  t.equal(status, 2);
  t.equal(stdout, '');
  t.equal(
    stderr,
    [
      "test:e2e can't run.",
      '- E2E_HOOK is "local" or "cluster" (the default).',
      '- METACONTROLLER /nowhere/metacontroller is not a program that can be run.',
      '- There is no kubectl on the PATH.',
      'CONTRIBUTING.md, "A cluster", says how it is run.',
      '',
    ].join('\n'),
  );
  t.end();
});

/** What a cluster has, by the arguments of `kubectl get`. */
interface Cluster {
  readonly nodes: readonly object[];
  readonly customresourcedefinitions: readonly object[];
  readonly registries?: readonly object[];
  readonly namespaces: readonly object[];
}

const named = (name: string, rest: object = {}) => ({ metadata: { name, ...rest } });
const kwok = { annotations: { 'kwok.x-k8s.io/node': 'fake' } };
const METACONTROLLER = 'compositecontrollers.metacontroller.k8s.io';
const MCPREG = 'mcpregistries.toolhive.stacklok.dev';

const clusters: readonly {
  readonly reason: string;
  readonly cluster: Cluster;
  readonly local: boolean;
  readonly wanted: ReturnType<typeof readRequirements> | readonly RegExp[];
}[] = [
  {
    reason: 'a cluster with Metacontroller is all that it needs',
    cluster: {
      nodes: [named('a')],
      customresourcedefinitions: [named(METACONTROLLER)],
      namespaces: [named('default')],
    },
    local: false,
    wanted: {
      found: {
        kubeconfig: '/a/file',
        hook: 'cluster',
        image: undefined,
        metacontroller: undefined,
        simulated: false,
      },
    },
  },
  {
    reason: 'a hook that runs on this machine needs no node that runs it',
    cluster: {
      nodes: [named('a', kwok)],
      customresourcedefinitions: [named(METACONTROLLER), named(MCPREG)],
      registries: [],
      namespaces: [named('mcpregistry-hook')],
    },
    local: true,
    wanted: {
      found: {
        kubeconfig: '/a/file',
        hook: 'local',
        image: undefined,
        metacontroller: undefined,
        simulated: true,
      },
    },
  },
  {
    reason: 'registries of other people are never touched',
    cluster: {
      nodes: [named('a', kwok)],
      customresourcedefinitions: [named(MCPREG)],
      registries: [named('theirs', { namespace: 'team-a' })],
      namespaces: [named('mcp-e2e-taken'), named('mcpregistry-hook'), named('team-a')],
    },
    local: false,
    wanted: [
      /^The cluster has no Metacontroller: https:/,
      /^The cluster has registries already \(1, such as team-a\/theirs\)\./,
      /^The cluster has a namespace mcpregistry-hook already\./,
      /^Namespaces of an earlier run are left: kubectl delete namespace mcp-e2e-taken$/,
      /^No node of the cluster runs containers \(kwok\), .* set E2E_HOOK=local/,
    ],
  },
];

for (const { reason, cluster, local, wanted } of clusters) {
  test(reason, async (t) => {
    const folder = t.testdir({
      'nodes.json': JSON.stringify({ items: cluster.nodes }),
      'customresourcedefinitions.json': JSON.stringify({ items: cluster.customresourcedefinitions }),
      [`${MCPREG}.json`]: JSON.stringify({ items: cluster.registries }),
      'namespaces.json': JSON.stringify({ items: cluster.namespaces }),
    });
    // It gives what a file has, as kubectl does for `get <kind>`.
    const kubectl = join(folder, 'kubectl');
    writeFileSync(kubectl, `#!/bin/sh\n[ "$1" = version ] || exec cat "${folder}/$2.json"\n`);
    chmodSync(kubectl, 0o755);
    const path = process.env['PATH'];
    t.teardown(() => {
      process.env['PATH'] = path;
    });
    process.env['PATH'] = `${folder}:${path}`;
    const found = readRequirements({
      ...process.env,
      KUBECONFIG: '/a/file',
      E2E_HOOK: local ? 'local' : '',
      E2E_IMAGE: '',
      METACONTROLLER: '',
    });
    if (!Array.isArray(wanted)) t.strictSame(found, wanted);
    else t.match(found, { missing: wanted });
    if ('missing' in found) t.equal(found.missing.length, (wanted as readonly RegExp[]).length);
  });
}

const metadata = { namespace: 'n', uid: '1', labels: { 'toolhive.stacklok.io/registry-name': 'r' } };
const deployment = (rest: Partial<ClusterObject>, more: Partial<ClusterObject['metadata']> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { ...metadata, name: 'r-api', resourceVersion: '1', ...more },
  ...rest,
});
const registry = (status?: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'toolhive.stacklok.dev/v1alpha1',
  kind: 'MCPRegistry',
  metadata: { namespace: 'n', uid: '2', name: 'r' },
  ...(status && { status }),
});

const counted: readonly {
  readonly reason: string;
  readonly events: readonly WatchEvent[];
  readonly wanted: { readonly status: number; readonly children: number };
}[] = [
  {
    reason: 'a child that is made, changed and deleted was written three times',
    events: [
      { type: 'ADDED', object: deployment({ spec: { replicas: 1 } }) },
      { type: 'MODIFIED', object: deployment({ spec: { replicas: 2 } }, { resourceVersion: '2' }) },
      { type: 'DELETED', object: deployment({ spec: { replicas: 2 } }, { resourceVersion: '3' }) },
    ],
    wanted: { status: 0, children: 3 },
  },
  {
    reason: 'what the controller of Deployments writes is not the write of a child',
    events: [
      { type: 'ADDED', object: deployment({ spec: {} }) },
      {
        type: 'MODIFIED',
        object: deployment(
          { spec: {}, status: { replicas: 1 } },
          {
            resourceVersion: '2',
            generation: 2,
            managedFields: [{}],
            annotations: { 'deployment.kubernetes.io/revision': '1' },
          },
        ),
      },
    ],
    wanted: { status: 0, children: 1 },
  },
  {
    reason: 'a label that Metacontroller puts back is one write more, also of an object that had lost it',
    events: [
      { type: 'ADDED', object: deployment({}) },
      { type: 'MODIFIED', object: deployment({}, { labels: {} }) },
      { type: 'MODIFIED', object: deployment({}) },
    ],
    wanted: { status: 0, children: 3 },
  },
  {
    reason: 'a registry without a status, and one whose finalizer alone changes, is no write of a status',
    events: [
      { type: 'ADDED', object: registry() },
      { type: 'MODIFIED', object: registry({ phase: 'Pending' }) },
      { type: 'MODIFIED', object: registry({ phase: 'Pending' }) },
      { type: 'DELETED', object: registry({ phase: 'Terminating' }) },
    ],
    wanted: { status: 1, children: 0 },
  },
  {
    reason: 'what is of no registry, and what a watch says of itself, is not counted',
    events: [
      { type: 'ADDED', object: deployment({}, { labels: {} }) },
      { type: 'BOOKMARK', object: deployment({}) },
    ],
    wanted: { status: 0, children: 0 },
  },
];

for (const { reason, events, wanted } of counted) {
  test(reason, async (t) => {
    const counter = new WriteCounter();
    for (const event of deepFreeze(events)) counter.take(event);
    t.strictSame(counter.of('n', 'r'), wanted);
    t.strictSame(counter.of('n', 'another'), { status: 0, children: 0 });
  });
}
