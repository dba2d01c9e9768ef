import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { finalize } from '../../hooks/finalize.ts';
import { isObject } from '../../hooks/json.ts';
import { sync } from '../../hooks/sync.ts';
import { crd } from '../../scripts/crd/crd.ts';
import { version } from '../../src/version.ts';
import { documentOf } from '../support/documents.ts';
import { goldenCases } from '../support/golden-cases.ts';
import { manifestText, valuesOf } from '../support/manifests.ts';
import { podOf, relatedOf } from '../support/pods.ts';
import { changed, context, edited, recorded, withOurChildren } from '../support/requests.ts';

const folder = new URL('../../manifests/gitops/', import.meta.url);
const customization = new URL('argocd/resource_customizations/toolhive.stacklok.dev/MCPRegistry/', folder);

/** A registry as the API server has it after a call. */
function stored(request: HookRequest, answer: (request: HookRequest) => { status: unknown }): object {
  const { apiVersion, kind, metadata, spec } = request.parent;
  const { name, namespace, generation, deletionTimestamp } = metadata;
  return {
    ...{ apiVersion, kind },
    metadata: { name, namespace, generation, ...(deletionTimestamp ? { deletionTimestamp } : {}) },
    spec,
    status: answer(request).status,
  };
}
const afterSync = (request: HookRequest) => stored(request, (each) => sync(each, context));

const ready = withOurChildren(recorded('create', 5));
const running = changed(ready, ({ parent }) => {
  parent.status = JSON.parse(JSON.stringify(sync(ready, context).status));
});
const withPods = (request: HookRequest, status: object, pods: readonly object[]) =>
  changed(request, (copy) => {
    const deployment = copy.children['Deployment.apps/v1']?.['production-api'] as unknown as {
      status: object;
    };
    Object.assign(deployment.status, status);
    copy.related = relatedOf(
      pods.map((parts, index) => podOf(request, { name: `pod-${index}`, ...parts })),
    ) as never;
  });
const crashing = {
  containers: [
    {
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, message: 'boom' } },
      restartCount: 1,
    },
  ],
};
const isReady = { conditions: [{ type: 'Ready', status: 'True' }] };
const statusless = (request: HookRequest) => {
  const { status: _, ...registry } = afterSync(request) as { status: unknown };
  return registry;
};

/** The registries of Argo CD's test of the script, each as the hook leaves it. */
const registries: Readonly<Record<string, { readonly reason: string; readonly registry: object }>> = {
  'no-status': { reason: 'nobody has looked at it yet', registry: statusless(ready) },
  'old-generation': {
    reason: 'the status is of the spec before',
    registry: { ...afterSync(edited(running, {})), status: running.parent.status },
  },
  'not-ready': { reason: 'a new registry', registry: afterSync(recorded('create', 1)) },
  ready: { reason: 'its pods serve the spec', registry: afterSync(running) },
  'rolling-out': {
    reason: 'old pods serve',
    registry: afterSync(
      edited(running, { ...(running.parent.spec as object), authConfig: { publicPaths: ['/metrics'] } }),
    ),
  },
  'pods-failing': {
    reason: 'pods fail, which may pass',
    registry: afterSync(
      withPods(ready, { replicas: 1, updatedReplicas: 1, readyReplicas: 0, unavailableReplicas: 1 }, [
        crashing,
      ]),
    ),
  },
  'one-pod-failing': {
    reason: 'one of two pods fails, and the other one serves',
    registry: afterSync(
      withPods(running, { replicas: 2, updatedReplicas: 2, readyReplicas: 1, unavailableReplicas: 1 }, [
        isReady,
        crashing,
      ]),
    ),
  },
  stuck: {
    reason: 'the rollout is stuck',
    registry: afterSync(
      withPods(
        ready,
        {
          ...{ replicas: 1, updatedReplicas: 1, readyReplicas: 0, unavailableReplicas: 1 },
          conditions: [
            {
              type: 'Progressing',
              status: 'False',
              reason: 'ProgressDeadlineExceeded',
              message: 'timed out',
            },
          ],
        },
        [crashing],
      ),
    ),
  },
  invalid: { reason: 'the spec is invalid', registry: afterSync(edited(running, { sources: [] })) },
  terminating: {
    reason: 'it is being deleted',
    registry: stored(recorded('delete', 1), (request) => finalize(request, context)),
  },
};

interface HealthTest {
  readonly healthStatus: { readonly status: string; readonly message: string };
  readonly inputPath: string;
}
const { tests } = parse(readFileSync(new URL('health_test.yaml', customization), 'utf8')) as {
  tests: readonly HealthTest[];
};

test("Argo CD's test data is what the hook answers, and each has a test", (t) => {
  const testdata = (name: string) => new URL(`testdata/${name}.yaml`, customization);
  for (const [name, { reason, registry }] of Object.entries(registries)) {
    const text = stringify(registry, { lineWidth: 0, aliasDuplicateObjects: false });
    if (process.env['UPDATE_GOLDEN']) writeFileSync(testdata(name), text);
    t.equal(text, readFileSync(testdata(name), 'utf8'), `${name}: ${reason}`);
  }
  const names = Object.keys(registries);
  t.strictSame(
    tests.map(({ inputPath }) => inputPath),
    names.map((name) => `testdata/${name}.yaml`),
  );
  t.strictSame(
    readdirSync(new URL('testdata/', customization)).sort(),
    names.map((name) => `${name}.yaml`).sort(),
  );
  t.end();
});

/** A value as a Lua expression. */
function lua(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(lua).join(',')}}`;
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `[${lua(key)}]=${lua(item)}`)
      .join(',')}}`;
  }
  if (typeof value !== 'string') return value === null ? 'nil' : String(value);
  const escaped = [...Buffer.from(value)].map((byte) => `\\${String(byte).padStart(3, '0')}`);
  return `"${escaped.join('')}"`;
}

const glua = process.env['GLUA'] ?? 'glua';
const hasGlua = spawnSync(glua, ['-v']).status === 0;

test('the script says of each what its test says', {
  skip: hasGlua
    ? false
    : 'there is no glua: go install github.com/yuin/gopher-lua/cmd/glua@v1.1.2, or name it in GLUA',
}, (t) => {
  const script = readFileSync(new URL('health.lua', customization), 'utf8');
  const work = t.testdir();
  for (const { inputPath, healthStatus } of tests) {
    const registry = parse(readFileSync(new URL(inputPath, customization), 'utf8'));
    const file = join(work, 'health.lua');
    writeFileSync(
      file,
      `local function health(obj)\n${script}\nend\nlocal hs = health(${lua(registry)})\nprint(hs.status)\nio.write(hs.message)\n`,
    );
    const { stdout, stderr } = spawnSync(glua, [file], { encoding: 'utf8' });
    t.equal(stderr, '', inputPath);
    const [status, ...message] = stdout.split('\n');
    t.strictSame({ status, message: message.join('\n') }, healthStatus, inputPath);
  }
  t.end();
});

test('the ConfigMap of the document has the script', (t) => {
  const [, block = ''] =
    /```yaml\n([^`]*resource\.customizations\.health[^`]*)```/.exec(documentOf('docs/gitops.md').text) ?? [];
  const { data } = parse(block);
  t.equal(
    data['resource.customizations.health.toolhive.stacklok.dev_MCPRegistry'],
    readFileSync(new URL('health.lua', customization), 'utf8'),
  );
  t.end();
});

test('nothing has to be ignored: what is in Git is what the API server has', (t) => {
  for (const { name, schema } of crd.spec.versions) {
    const properties = (schema.openAPIV3Schema as unknown as { properties: { spec: object } }).properties;
    t.strictSame(valuesOf(properties.spec, 'default'), [], `${name}: no field is filled in`);
  }
  t.strictSame(
    crd.spec.versions.map(({ subresources }) => 'status' in subresources),
    [true, true],
    'the status is apart, and not compared',
  );
  for (const { name, desired } of goldenCases) {
    for (const { kind, metadata } of desired.children?.all ?? []) {
      const marks = Object.keys({ ...metadata.labels, ...metadata.annotations }).filter(
        (key) => key === 'app.kubernetes.io/instance' || /argocd|toolkit\.fluxcd|helm/.test(key),
      );
      t.strictSame(marks, [], `${name}: the ${kind} is not taken for one of Git, and pruned`);
    }
  }
  t.end();
});

test('the CRD comes first, and the CompositeController when the hook is there', (t) => {
  const { resources, patches } = parse(manifestText('gitops/argocd/hook/kustomization.yaml')) as {
    resources: string[];
    patches: { target: { kind: string; name: string }; patch: string }[];
  };
  t.strictSame(resources, ['../../../base']);
  const waves = patches.map(({ target, patch }) => [
    target.kind,
    (parse(patch) as { value: Record<string, string> }[])[0]?.value['argocd.argoproj.io/sync-wave'],
  ]);
  t.strictSame(waves, [
    ['Namespace', '-2'],
    ['CustomResourceDefinition', '-2'],
    ['CompositeController', '2'],
  ]);
  for (const { target } of patches) {
    const file =
      { Namespace: 'namespace', CustomResourceDefinition: 'crd' }[target.kind] ?? 'composite-controller';
    const { metadata } = parse(manifestText(`base/${file}.yaml`));
    t.equal(metadata.name, target.name);
    t.equal(metadata.annotations, undefined, `${target.kind}: the patch replaces no annotation`);
  }
  t.end();
});

test('the examples name this release, and Flux waits', (t) => {
  const files = [
    'argocd/applications.yaml',
    'flux/hook.yaml',
    'flux/registries.yaml',
    'flux/helm-release.yaml',
  ];
  const objects = files.flatMap((file) =>
    parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')).map((document) => document.toJS()),
  );
  const ofThisProject = objects.filter((object) =>
    /mcpregistry-hook\/mcpregistry-hook|charts/.test(JSON.stringify(object)),
  );
  t.strictSame(
    ofThisProject.flatMap((object) => [...valuesOf(object, 'targetRevision'), ...valuesOf(object, 'tag')]),
    [`v${version}`, `v${version}`, version],
  );
  const kustomizations = objects.filter(({ kind }) => kind === 'Kustomization');
  t.strictSame(
    kustomizations.map(({ spec }) => [spec.wait, spec.prune]),
    [
      [true, true],
      [true, true],
    ],
  );
  const [release] = objects.filter(({ kind }) => kind === 'HelmRelease');
  t.equal(release.spec.releaseName, 'mcpregistry-hook', 'not with the namespace before it');
  t.strictSame(
    { install: release.spec.install, upgrade: release.spec.upgrade },
    {
      install: { createNamespace: true, strategy: { name: 'RetryOnFailure' } },
      upgrade: { strategy: { name: 'RetryOnFailure' } },
    },
    'nothing is uninstalled because it failed: that would delete a CompositeController with finalizers',
  );
  t.strictSame(kustomizations[1].spec.dependsOn, [{ name: kustomizations[0].metadata.name }]);
  const unpruned = ['crd', 'composite-controller'].map((name) => {
    const { kind, metadata } = parse(manifestText(`base/${name}.yaml`));
    return { kind, name: metadata.name };
  });
  t.strictSame(
    kustomizations[0].spec.patches.map(({ target }: { target: object }) => target),
    unpruned,
    'with the CRD all registries go, and without the CompositeController nobody takes their finalizers off',
  );
  for (const { patch } of kustomizations[0].spec.patches) {
    t.strictSame(parse(patch), [
      {
        ...{ op: 'add', path: '/metadata/annotations' },
        value: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
      },
    ]);
  }
  t.end();
});
