import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { test } from 'tap';
import { comment, quote } from '../../../../src/cli/output/shell.ts';
import { podChanges } from '../../../../src/cli/takeover/pod-changes.ts';
import { threeWayMerge } from '../../../simulator/metacontroller/three-way-merge.ts';
import { cli } from '../../../support/cli.ts';
import { deepFreeze } from '../../../support/deep-freeze.ts';
import { root } from '../../../support/documents.ts';
import { numRuns, seed } from '../../../support/fuzz-runs.ts';
import { matchesGolden } from '../../../support/golden.ts';
import { goldenCases } from '../../../support/golden-cases.ts';
import { mutated } from '../../../support/mutated.ts';

const folder = `${root}test/fixtures/recordings/operator-made`;

/** A part of an object, as the tests walk it. */
// biome-ignore lint/suspicious/noExplicitAny: the objects are JSON, and a wrong step fails its test.
type Json = any;

/** What the operator made, by kind. */
const made = deepFreeze(
  Object.fromEntries(
    readdirSync(folder).map((file) => {
      const object = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      return [object.kind, object];
    }),
  ),
) as Readonly<Record<string, Json>>;

/** The objects of the operator with a change, as `kubectl get -o json` prints them. */
function list(
  change: (objects: Record<string, Json>) => void = () => {},
  more: readonly object[] = [],
): string {
  const objects = structuredClone(made) as Record<string, Json>;
  change(objects);
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...Object.values(objects), ...more] });
}

const of = (objects: Record<string, Json>, kind: string): Json => objects[kind];
const containerOf = (objects: Record<string, Json>) =>
  of(objects, 'Deployment')['spec']['template']['spec']['containers'][0];

const pod = (imageID: string, name = 'registry-api', app = 'production-api') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'mcp-system',
    labels: { 'app.kubernetes.io/component': 'registry-api', 'app.kubernetes.io/name': app },
  },
  status: { containerStatuses: [{ name, imageID }] },
});

const operator = (image: string, name = 'thv') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'tools' },
  spec: { replicas: 2, template: { spec: { containers: [{ name: 'manager', image }] } } },
});

/** That of the registry. */
const uid = 'e9682410-e6a3-4a45-85f9-5d440b476ee5';
const digest = `sha256:${'0a'.repeat(32)}`;
const isShell = (script: string) => spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' }).stderr;

test('the scripts for what the operator made', async (t) => {
  const stdin = list(undefined, [
    pod(`ghcr.io/stacklok/thv-registry-api@${digest}`),
    operator('ghcr.io/stacklok/toolhive/operator:v0.44.0'),
  ]);
  for (const [name, flags] of [
    ['takeover', []],
    ['rollback', ['--rollback']],
  ] as const) {
    const { code, out, err } = await cli(['takeover', ...flags, '-f', '-'], { stdin });
    t.strictSame({ code, err, shell: isShell(out) }, { code: 0, err: '', shell: '' }, name);
    matchesGolden(t, `cli/takeover/${name}.sh`, out);
  }
});

test('--write-to writes both, for somebody to run', async (t) => {
  const target = join(t.testdir(), 'to', 'here');
  const result = await cli(['takeover', '-f', folder, '--write-to', target]);
  const files = ['takeover.sh', 'rollback.sh'].map((name) => join(target, name));
  t.strictSame(result, { code: 0, out: '', err: files.map((file) => `wrote ${file}\n`).join('') });
  for (const file of files) t.equal(statSync(file).mode & 0o111, 0o111);
  t.equal(readFileSync(files[0] as string, 'utf8'), (await cli(['takeover', '-f', folder])).out);
  t.equal(
    readFileSync(files[1] as string, 'utf8'),
    (await cli(['takeover', '--rollback', '-f', folder])).out,
  );
  t.match(await cli(['takeover', '-f', folder, '--write-to', '/dev/null/x']), {
    code: 2,
    err: /^error: the scripts can't be written to \/dev\/null\/x: /,
  });
});

test('what is said to change is what a merge changes', (t) => {
  const templates = [
    made['Deployment'],
    ...goldenCases.flatMap(({ desired }) => desired.children?.byKind.Deployment ?? []),
  ] as unknown as readonly Json[];
  let changing = 0;
  for (const before of templates) {
    for (const after of templates) {
      const merged = threeWayMerge(before as never, undefined, after as never) as Json;
      const { changes } = podChanges(before, after);
      const isSame = isDeepStrictEqual(merged.spec.template, before.spec.template);
      if (isSame !== (changes.length === 0)) t.fail(changes.join('; '));
      if (changes.length > 0) changing += 1;
      if (podChanges(merged, after).changes.length > 0) t.fail('a second time, nothing changes');
    }
  }
  t.ok(changing > 1000);
  t.end();
});

test('each golden case is taken over, and pods that are as desired stay as they are', async (t) => {
  for (const { name, registry, desired } of goldenCases) {
    const owner = { apiVersion: registry.apiVersion, kind: 'MCPRegistry', name: registry.metadata.name };
    const items = [
      { ...registry, metadata: { ...registry.metadata, uid, generation: 1 } },
      ...(desired.children?.all ?? []).map((child) => ({
        ...child,
        metadata: { ...child.metadata, ownerReferences: [{ ...owner, uid, controller: true }] },
      })),
    ];
    const { code, out, err } = await cli(['takeover', '-f', '-'], { stdin: JSON.stringify(items) });
    t.strictSame({ code, err, shell: isShell(out) }, { code: 0, err: '', shell: '' }, name);
    t.match(out, '\n#   Its pods stay as they are.\n', name);
    t.match(out, `\ntake ${registry.metadata.namespace} ${registry.metadata.name} ${uid} \\\n`, name);
    t.equal(
      out.includes("it can't go back to the operator"),
      registry.spec['configYAML'] === undefined,
      name,
    );
  }
});

const blocked: readonly {
  readonly reason: string;
  readonly change: (objects: Record<string, Json>) => void;
  readonly why: string;
}[] = [
  {
    reason: 'the hook would not make its children',
    change: (objects) => {
      objects['MCPRegistry'] = {
        ...of(objects, 'MCPRegistry'),
        spec: { configYAML: 'a: [' },
      } as unknown;
    },
    why: 'spec.configYAML: must be YAML: line 1, column 5: Flow sequence in block collection must be sufficiently indented and end with a ]',
  },
  {
    reason: 'the name of its Service would be too long',
    change: (objects) => {
      for (const object of Object.values(objects)) {
        const metadata = object['metadata'];
        metadata.name = metadata.name.replace('production', 'p'.repeat(60));
      }
    },
    why: `metadata.name: may have at most 59 characters, since the Service "${'p'.repeat(56)}…" may have 63, found 60: create the registry under a shorter name`,
  },
  {
    reason: 'a child is missing, which may only have been left out of the input',
    change: (objects) => {
      delete objects['ConfigMap'];
    },
    why: 'ConfigMap production-registry-server-config is not in the input: get that kind as well; if the cluster does not have it, let the operator make it first',
  },
  {
    reason: 'a child of another registry of that name, which was deleted',
    change: (objects) => {
      of(objects, 'Service')['metadata']['ownerReferences'][0].uid = 'old';
    },
    why: 'Service production-api belongs to MCPRegistry "production" (uid "old"): delete it, or find out why',
  },
  {
    reason: 'somebody made an object of that name',
    change: (objects) => {
      delete (of(objects, 'Role')['metadata'] as Partial<Json>)['ownerReferences'];
    },
    why: 'Role production-registry-api has no owner: delete it, or find out who made it',
  },
  {
    reason: 'a child is about to go',
    change: (objects) => {
      of(objects, 'Service')['metadata']['deletionTimestamp'] = 'now';
    },
    why: 'Service production-api is being deleted: wait until it is made again',
  },
  {
    reason: 'the registry itself is about to go, and the operator has to finish that',
    change: (objects) => {
      of(objects, 'MCPRegistry')['metadata']['deletionTimestamp'] = '2026-11-24T05:00:00Z';
    },
    why: 'it is being deleted: let the operator finish that first',
  },
  {
    reason: 'a manifest has no uid, which is the value of the label',
    change: (objects) => {
      of(objects, 'MCPRegistry')['metadata']['uid'] = '$(id)';
    },
    why: 'it has no metadata.uid: give it as it is in the cluster, as kubectl get -o json prints it',
  },
  {
    reason: 'an image that the hook would not take can not be its setting',
    change: (objects) => {
      containerOf(objects)['image'] = 'Not an:image';
    },
    why: 'no setting of the hook keeps what Deployment production-api has: REGISTRY_API_IMAGE is "Not an:image": it must be an image reference with a tag or a digest',
  },
  {
    reason: 'an operator of the first releases selected the pods by other labels',
    change: (objects) => {
      of(objects, 'Deployment')['spec']['selector'] = {
        matchLabels: { app: 'a' },
      };
    },
    why: 'Deployment production-api selects its pods by {"matchLabels":{"app":"a"}}, which nobody can change: delete the Deployment with --cascade=orphan in a maintenance window, and let the operator make it again',
  },
];

for (const { reason, change, why } of blocked) {
  test(`${reason}: the registry is left out, and the script stops before it does anything`, async (t) => {
    const { code, out, err } = await cli(['takeover', '-f', '-'], { stdin: list(change) });
    t.equal(code, 1);
    t.match(err, why);
    const said = out.split('\n').filter((line) => line.startsWith('#     '));
    t.match(said.map((line) => line.slice(6)).join(' '), why.replaceAll(/ +/g, ' '));
    t.match(out, '\n#   IT CAN NOT BE TAKEN OVER, and is left out below:\n');
    t.notMatch(out, /^take /m);
    t.match(
      out,
      "fail '1 of 1 registries can'\\''t be taken over: see the top of this script. LEAVE_BLOCKED=yes takes the others'\n",
    );
    t.equal(isShell(out), '');
  });
}

const notes: readonly {
  readonly reason: string;
  readonly change: (objects: Record<string, Json>) => void;
  readonly more?: readonly object[];
  readonly flags?: readonly string[];
  readonly finds: RegExp;
  readonly not?: true;
}[] = [
  {
    reason: 'a tag that names a release is kept',
    change: (objects) => Object.assign(containerOf(objects), { image: 'x.example/server:v1.4.0' }),
    finds: /name: REGISTRY_API_IMAGE\n +value: "x\.example\/server:v1\.4\.0"\n/,
  },
  {
    reason: 'pods that run two images of one tag have no image to pin',
    change: () => {},
    more: [pod(`a@${digest}`), pod(`a@${digest.replaceAll('0a', '0b')}`)],
    finds: /value: "ghcr\.io\/stacklok\/thv-registry-api:latest"\n/,
  },
  {
    reason: 'the pods of others say nothing',
    change: () => {},
    more: [pod(`a@${digest}`, 'sidecar'), pod(`a@${digest}`, 'registry-api', 'other-api')],
    finds: /value: "ghcr\.io\/stacklok\/thv-registry-api:latest"\n/,
  },
  {
    reason: 'a server before v1.1.0 answers its probes on the port of the API',
    change: (objects) => {
      const probe = containerOf(objects)['readinessProbe']['httpGet'];
      probe.port = 8080;
    },
    finds: /name: REGISTRY_API_HEALTH_PORT\n +value: "8080"\n/,
  },
  {
    reason: 'the pull secrets of the operator are those of the hook',
    change: (objects) => {
      const spec = of(objects, 'Deployment')['spec']['template']['spec'] as unknown as Record<string, object>;
      spec['imagePullSecrets'] = [{ name: 'a' }, { name: 'b' }];
    },
    finds: /name: IMAGE_PULL_SECRETS\n +value: "a,b"\n/,
  },
  {
    reason: "an image that the spec names is not the operator's",
    change: (objects) => {
      Object.assign(containerOf(objects), { image: 'x.example/own:v1' });
      const spec = of(objects, 'MCPRegistry')['spec']['podTemplateSpec']['spec'] as unknown as {
        containers: object[];
      };
      Object.assign(spec.containers[0] as object, { image: 'x.example/own:v1' });
    },
    finds: /REGISTRY_API_IMAGE/,
    not: true,
  },
  {
    reason: 'a variable that was left in the pod stays in it',
    change: (objects) =>
      void (containerOf(objects)['env'] as unknown as object[]).push({ name: 'OLD', value: 'x' }),
    finds: /^# {5}spec\.containers\[registry-api\]\.env\[OLD\]$/m,
  },
  {
    reason: 'nothing would serve during a rollout that removes first',
    change: (objects) =>
      Object.assign(of(objects, 'Deployment')['spec'] as object, { strategy: { type: 'Recreate' } }),
    finds: /^# +its Deployment has the strategy Recreate: nothing serves while its pods roll$/m,
  },
  {
    reason: 'one pod of which one may be missing',
    change: (objects) =>
      Object.assign(of(objects, 'Deployment')['spec'] as object, {
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      }),
    finds: /^# +its Deployment has maxUnavailable 1: nothing may serve while its pods roll$/m,
  },
  {
    reason: 'a paused Deployment rolls nothing',
    change: (objects) => Object.assign(of(objects, 'Deployment')['spec'] as object, { paused: true }),
    finds: /^# +its Deployment is paused, so no pod rolls: kubectl rollout resume$/m,
  },
  {
    reason: 'a registry that serves nothing is waited for in vain',
    change: (objects) => Object.assign(of(objects, 'Deployment'), { status: {} }),
    finds: /^# +no pod of it is ready now: the script waits in vain while that is so$/m,
  },
  {
    reason: 'a port that somebody changed is corrected without a gap',
    change: (objects) => {
      of(objects, 'Service')['spec'].ports[0].port = 9090;
    },
    finds: /^# +Service production-api is corrected in two steps, because somebody else set .*9090/m,
  },
  {
    reason: 'a ConfigMap that nobody may change is made again',
    change: (objects) => {
      Object.assign(of(objects, 'ConfigMap'), { immutable: true, data: { 'config.yaml': 'old' } });
    },
    finds: /^# +ConfigMap production-registry-server-config is deleted and made again, because it was made/m,
  },
  {
    reason: 'a typed spec is refused by operators of today',
    change: (objects) => Object.assign(of(objects, 'MCPRegistry'), { spec: typedSpec }),
    finds: /^# +it can't go back to the operator: its spec has no configYAML/m,
  },
  {
    reason: 'an operator of v0.17 takes it back',
    change: (objects) => Object.assign(of(objects, 'MCPRegistry'), { spec: typedSpec }),
    more: [operator('ghcr.io/stacklok/toolhive/operator:v0.17.0')],
    finds: /it can't go back/,
    not: true,
  },
  {
    reason: 'the release of the operator may be said',
    change: (objects) => Object.assign(of(objects, 'MCPRegistry'), { spec: typedSpec }),
    flags: ['--operator-version', 'v0.17.0'],
    finds: /it can't go back/,
    not: true,
  },
  {
    reason: 'the operator is where its Deployment is',
    change: () => {},
    more: [operator('mirror.example/toolhive/operator@sha256:0')],
    finds: /^OPERATOR=\$\{OPERATOR:-thv\}\nOPERATOR_NAMESPACE=\$\{OPERATOR_NAMESPACE:-tools\}$/m,
  },
  {
    reason: 'a name that Kubernetes does not have is not written into a script',
    change: () => {},
    more: [operator('a/toolhive/operator:v0.1.0', "a'; touch x; '")],
    finds: /touch x/,
    not: true,
  },
  {
    reason: 'two operators are not told apart',
    change: () => {},
    more: [operator('a/toolhive/operator:v0.1.0', 'a'), operator('a/toolhive/operator:v0.1.0', 'b')],
    finds:
      /^# The Deployment of the operator, which was not in the input\.\nOPERATOR=\$\{OPERATOR:-toolhive-operator\}$/m,
  },
  {
    reason: 'what only the operator reads is said on one line, whatever it is called',
    change: (objects) => {
      const metadata = of(objects, 'Deployment')['metadata'] as unknown as {
        annotations: Record<string, string>;
      };
      metadata.annotations['toolhive.stacklok.io/x\nrm -rf /\r\u2028'] = '';
    },
    finds: /^# {5}the annotation toolhive\.stacklok\.io\/x rm -rf \/ of the Deployment$/m,
  },
];

const typedSpec = {
  sources: [{ name: 'a', managed: {} }],
  registries: [{ name: 'a', sources: ['a'] }],
  databaseConfig: { host: 'postgres' },
};

for (const { reason, change, more = [], flags = [], finds, not } of notes) {
  test(reason, async (t) => {
    const { code, out } = await cli(['takeover', ...flags, '-f', '-'], { stdin: list(change, more) });
    t.equal(code, 0);
    t[not ? 'notMatch' : 'match'](out, finds);
    const [head = ''] = out.split('\nset -eu\n');
    t.ok(
      head
        .split('\n')
        .filter(Boolean)
        .every((line) => line.startsWith('#')),
    );
    t.equal(isShell(out), '');
  });
}

test('settings that are given are kept, and those that are wrong are refused', async (t) => {
  const environment = { REGISTRY_API_IMAGE: 'x.example/new:v2', PORT: 'x' };
  const { out } = await cli(['takeover', '-f', folder], { environment });
  t.match(out, /name: REGISTRY_API_IMAGE\n +value: "x\.example\/new:v2"\nEND\n/);
  t.match(await cli(['takeover', '-f', folder], { environment: { REGISTRY_API_IMAGE: '$(x)' } }), {
    code: 2,
    out: '',
    err: 'error: invalid settings:\nREGISTRY_API_IMAGE is "$(x)": it must be an image reference with a tag or a digest\n',
  });
  t.match(await cli(['takeover', '-f', folder, '--operator-version', 'new']), {
    code: 2,
    err: /It must be a release such as v0\.44\.0\./,
  });
  t.strictSame(await cli(['takeover', '-f', '-'], { stdin: JSON.stringify(made['Service']) }), {
    code: 2,
    out: '',
    err: 'error: there is no MCPRegistry in the input: give what kubectl get mcpreg,deploy,svc,cm,sa,role,rolebinding,pods -A -o json prints\n',
  });
});

test('a registry whose image can not be kept does not decide the settings of the others', async (t) => {
  const other = JSON.parse(JSON.stringify(Object.values(made)).replaceAll('production', 'other')) as Json[];
  for (const { kind, spec } of other) {
    if (kind === 'Deployment') spec.template.spec.containers[0].image = 'Not an:image';
  }
  const { code, out } = await cli(['takeover', '-f', '-'], {
    stdin: list((objects) => {
      containerOf(objects)['image'] = 'x.example/server:v1';
    }, other),
  });
  t.equal(code, 1);
  t.match(out, /name: REGISTRY_API_IMAGE\n +value: "x\.example\/server:v1"\nEND\n/);
  t.strictSame(out.match(/^take .*(?= \S+ \\$)/gm), ['take mcp-system production']);
});

test('the way back knows how many pods the operator had, if that is a number of pods', async (t) => {
  for (const [replicas, expected] of [
    [3, 3],
    [1.5, 1],
    [0, 1],
    ['2; id', 1],
  ] as const) {
    const one: Json = operator('a/toolhive/operator:v0.1.0');
    one.spec.replicas = replicas;
    const { out } = await cli(['takeover', '--rollback', '-f', '-'], { stdin: list(undefined, [one]) });
    t.match(out, `\nOPERATOR_REPLICAS=\${OPERATOR_REPLICAS:-${expected}}\n`, String(replicas));
  }
});

test('a word of the shell is the text that it was made of', (t) => {
  const texts = [
    'a',
    '',
    "it's",
    '$(id)',
    '`id`',
    'a b',
    '-x',
    '~',
    '*',
    'a\nb',
    '"',
    '\\',
    '#',
    'a=b',
    '!!',
    "'",
  ];
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${texts.map(quote).join(' ')}`], {
    encoding: 'utf8',
  });
  t.strictSame(printed.split('\0').slice(0, -1), texts);
  t.equal(comment('a\nb\u0000c', 2), '#   a b c');
  t.ok(
    comment('word '.repeat(100))
      .split('\n')
      .every((line) => line.startsWith('# word') && line.length <= 118),
  );
  t.end();
});

/** A kubectl that notes its calls, and answers as a cluster would in which the hook works at once. */
const kubectl = `#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
  *'config current-context'*) echo trial ;;
  kustomize*) if [ "$BUILT" = no ]; then exit 1; else echo "kind: $BUILT"; fi ;;
  *"get $FAILS"*) exit 1 ;;
  *disruptionBudget*) ;;
  *'get crd mcpregistries.toolhive.stacklok.dev -o yaml'*) printf '  resourceVersion: "1"\\n  - name: v1beta1\\n' ;;
  *ENABLE_REGISTRY*name*) printf '%s' "$SWITCH" ;;
  *'.metadata.uid} {.metadata.finalizers}'*) printf '%s' "$ALL" ;;
  *metadata.uid*) printf '%s' "$REGISTRY_UID" ;;
  *labels.controller-uid*) for i in 1 2 3 4 5 6; do printf '%s\\n' "$CHILD_UID"; done ;;
  *managed-by*) echo mcpregistry-hook ;;
  *'range .metadata.finalizers'*) printf 'other\\nmcpregistry.toolhive.stacklok.dev/finalizer\\nmetacontroller.io/compositecontroller-mcpregistry\\n' ;;
  *'.metadata.finalizers}'*'{"\\n"}'*) printf '%s' "$OTHERS" ;;
  *'.metadata.finalizers}'*) echo '["mcpregistry.toolhive.stacklok.dev/finalizer"]' ;;
  *'.metadata.namespace}{" "}'*) printf 'mcp-system production\\n' ;;
  *'if not .spec.configYAML'*) printf '%s' "$TYPED" ;;
esac
`;

const runs: readonly {
  readonly reason: string;
  readonly script?: 'rollback.sh';
  readonly environment?: Readonly<Record<string, string>>;
  readonly code: number;
  readonly err: RegExp;
  /** What the calls that change something are. */
  readonly calls: RegExp;
}[] = [
  {
    reason: 'everything in its order',
    code: 0,
    err: /every registry is taken over/,
    calls:
      /^scale .*--replicas=0\nannotate .*keep\napply --server-side --force-conflicts -k mcpregistry-hook-takeover\nlabel --overwrite deployments\.apps\/production-api .* controller-uid=\S+\npatch .*"path":"\/metadata\/finalizers\/1","value":"mcpregistry\.toolhive\.stacklok\.dev\/finalizer"\}.*\nlabel --overwrite mcpregistries\S+ mcpregistry-hook=true\n$/,
  },
  {
    reason: 'an operator with a switch goes on without its controller for registries',
    environment: { SWITCH: 'ENABLE_REGISTRY' },
    code: 0,
    err: /every registry is taken over/,
    calls: /^set env deployments\.apps\/toolhive-operator ENABLE_REGISTRY=false\nannotate /,
  },
  {
    reason: 'without Metacontroller nothing is changed',
    environment: { FAILS: 'crd compositecontrollers' },
    code: 1,
    err: /error: Metacontroller is not installed/,
    calls: /^$/,
  },
  {
    reason: 'registries that the hook has, and that the selector would take from it, are in the way',
    environment: { OTHERS: 'ns/other ["metacontroller.io/compositecontroller-mcpregistry"]\n' },
    code: 1,
    err: /error: the hook has these registries already: give them the label mcpregistry-hook=true first: ns\/other/,
    calls: /^$/,
  },
  {
    reason: 'the operator is that of the whole cluster, and the plan may be for one namespace',
    environment: { ALL: `mcp-system/production ${uid} \nother/a b ["x"]\nother/b c \n` },
    code: 1,
    err: /^cluster: trial\nthis script does not have these registries, .*: other\/a\nother\/b\nerror: nobody would look after them once the operator is stopped: write the script for all namespaces \(kubectl get -A\)/,
    calls: /^$/,
  },
  {
    reason: 'a registry that was made again has another uid',
    environment: { ALL: 'mcp-system/production new \n' },
    code: 1,
    err: /or they were made again since it was written: mcp-system\/production\nerror: /,
    calls: /^$/,
  },
  {
    reason: 'who leaves registries without a controller says so',
    environment: { ALL: 'other/a b \n', LEAVE_BLOCKED: 'yes' },
    code: 0,
    err: /this script does not have these registries, .*: other\/a\n.*every registry is taken over/s,
    calls: /^scale /,
  },
  {
    reason: 'a registry that the hook has needs no operator, and one of the plan may be gone',
    environment: { ALL: 'other/a b ["metacontroller.io/compositecontroller-mcpregistry"]\n' },
    code: 0,
    err: /^cluster: trial\nmcp-system\/production: taking it over\n/,
    calls: /^scale /,
  },
  {
    reason: 'an operator that is not found could run',
    environment: { FAILS: 'deployments.apps/toolhive-operator' },
    code: 1,
    err: /error: there is no Deployment toolhive-system\/toolhive-operator: set OPERATOR/,
    calls: /^$/,
  },
  {
    reason: 'who knows that no operator runs says so',
    environment: { FAILS: 'deployments.apps/toolhive-operator', OPERATOR_STOPPED: 'yes' },
    code: 0,
    err: /every registry is taken over/,
    calls: /^annotate /,
  },
  {
    reason: 'a registry that was made again is another one',
    environment: { REGISTRY_UID: 'new' },
    code: 1,
    err: /error: mcp-system\/production is not the object that this script was written for/,
    calls: /mcpregistry-hook-takeover\n$/,
  },
  {
    reason: 'an operator that still runs takes the label off, and the registry stays its own',
    environment: { CHILD_UID: '' },
    code: 1,
    err: /error: mcp-system\/production: somebody takes the label controller-uid off its children again/,
    calls: /controller-uid=\S+\n$/,
  },
  {
    reason: 'a path that kustomize refuses',
    environment: { MANIFESTS: '/manifests' },
    code: 1,
    err: /error: MANIFESTS must be relative/,
    calls: /^$/,
  },
  {
    reason: 'without the manifests, as in an empty folder, the operator goes on',
    environment: { BUILT: 'no' },
    code: 1,
    err: /error: kustomize can't build the manifests of the hook from MANIFESTS=manifests: set it to their folder/,
    calls: /^$/,
  },
  {
    reason: 'manifests of something else would leave the registries without a controller',
    environment: { BUILT: 'Deployment', MANIFESTS: 'other' },
    code: 1,
    err: /error: MANIFESTS=other has no CompositeController: set it to the manifests of the hook/,
    calls: /^$/,
  },
  {
    reason: 'the way back, in its order',
    script: 'rollback.sh',
    environment: { SAVED: 'yes' },
    code: 0,
    err: /the operator has the registries again/,
    calls:
      /^delete compositecontrollers\S+ --ignore-not-found\npatch .*"path":"\/metadata\/finalizers\/2","value":"metacontroller\.io\/compositecontroller-mcpregistry"\}.*\nlabel --overwrite mcpregistries\S+ mcpregistry-hook-\nlabel --overwrite deployments\.apps\/production-api .* controller-uid-\nannotate .* metacontroller\.k8s\.io\/last-applied-configuration-\nannotate .*template-hash-\nreplace -f mcpregistry-crd\.before\.yaml\nscale deployments\.apps\/toolhive-operator --replicas=1\n$/,
  },
  {
    reason: 'a Metacontroller that has not seen the deletion would delete children',
    script: 'rollback.sh',
    environment: {
      SAVED: 'yes',
      OTHERS: 'mcp-system/production ["metacontroller.io/compositecontroller-mcpregistry"]',
    },
    code: 1,
    err: /error: Metacontroller still works for these: wait, and run this again: mcp-system\/production/,
    calls: /^delete .*\npatch .*\n$/,
  },
  {
    reason: 'without the CRD of the operator there is no way back',
    script: 'rollback.sh',
    code: 1,
    err: /error: there is no mcpregistry-crd\.before\.yaml: set CRD_BACKUP/,
    calls: /^$/,
  },
  {
    reason: 'a typed spec is not given to an operator that would drop it',
    script: 'rollback.sh',
    environment: { SAVED: 'yes', TYPED: 'mcp-system/typed ' },
    code: 1,
    err: /error: an operator after v0\.17 requires configYAML, and would drop the typed fields of these: mcp-system\/typed/,
    calls: /^$/,
  },
  {
    reason: 'an old operator keeps typed fields',
    script: 'rollback.sh',
    environment: { SAVED: 'yes', TYPED: 'mcp-system/typed ', OPERATOR_TAKES_TYPED_SPECS: 'yes' },
    code: 0,
    err: /the operator has the registries again/,
    calls: /^delete /,
  },
];

for (const { reason, script = 'takeover.sh', environment = {}, code, err, calls } of runs) {
  test(`${script} runs: ${reason}`, async (t) => {
    const target = t.testdir({ bin: { kubectl, sleep: '#!/bin/sh\n' }, calls: '' });
    for (const name of ['kubectl', 'sleep']) chmodSync(join(target, 'bin', name), 0o755);
    await cli(['takeover', '-f', folder, '--write-to', target]);
    if (environment['SAVED'])
      writeFileSync(join(target, 'mcpregistry-crd.before.yaml'), '  - name: v1beta1\n');
    const result = spawnSync('sh', [script], {
      cwd: target,
      encoding: 'utf8',
      env: {
        PATH: [join(target, 'bin'), process.env['PATH']].join(delimiter),
        CALLS: join(target, 'calls'),
        FAILS: 'nothing',
        BUILT: 'CompositeController',
        SWITCH: '',
        OTHERS: '',
        ALL: `mcp-system/production ${uid} ["mcpregistry.toolhive.stacklok.dev/finalizer"]\n`,
        TYPED: '',
        REGISTRY_UID: uid,
        CHILD_UID: uid,
        ...environment,
      },
    });
    t.equal(result.status, code, result.stderr);
    t.match(result.stderr, err);
    const changing = readFileSync(join(target, 'calls'), 'utf8')
      .split('\n')
      .map((call) => call.replace(/^--namespace=\S+ /, ''))
      .filter((call) => /^(?:apply|annotate|delete|label|patch|replace|scale|set) /.test(call));
    t.match(changing.map((call) => `${call}\n`).join(''), calls);
    if (script === 'takeover.sh' && code === 0) {
      t.equal(readFileSync(join(target, 'mcpregistry-crd.before.yaml'), 'utf8'), '  - name: v1beta1\n');
      t.notOk(existsSync(join(target, 'mcpregistry-crd.before.yaml.new')));
      t.match(
        readFileSync(join(target, 'mcpregistry-hook-takeover/kustomization.yaml'), 'utf8'),
        /^resources:\n {2}- "\.\.\/manifests"\napiVersion: kustomize/,
      );
    }
  });
}

test('whatever the objects hold, the scripts are shell, and what is said in them stays a comment', async (t) => {
  const hostile = fc.constantFrom(
    "a'; touch x; '",
    '$(touch x)',
    '`touch x`',
    'a\ntouch x\n',
    '-x',
    'END\ntouch x',
    '"',
  );
  const objects = Object.values(made);
  const inputs = fc
    .tuple(mutated(fc.constant([...objects, pod(`a@${digest}`)])), hostile, fc.nat())
    .map(([items, text, at]) => [JSON.stringify(items ?? []), text, at] as const);
  await fc.assert(
    fc.asyncProperty(inputs, async ([json, text, at]) => {
      // One of the names, images and other texts is hostile everywhere.
      const texts = [...new Set(json.match(/"[a-z][-a-z0-9./:]{3,}"/g) ?? ['""'])];
      const replaced = texts[at % texts.length] as string;
      const stdin = json.replaceAll(`:${replaced}`, `:${JSON.stringify(text)}`);
      for (const flags of [[], ['--rollback']]) {
        const { code, out, err } = await cli(['takeover', ...flags, '-f', '-'], { stdin });
        if (code === 2) return !/ is a bug /.test(err) && out === '';
        const [head = ''] = out.split('\nset -eu\n');
        const isHead = head.split('\n').every((line) => line === '' || line.startsWith('#'));
        if (!isHead || /^\s*touch/m.test(out)) return false;
      }
      return true;
    }),
    { numRuns: Math.ceil(numRuns / 10), ...seed },
  );
  t.pass();
});

test('the time grows with the number of registries, their children and their pods', async (t) => {
  const fleet = (count: number) => {
    const text = JSON.stringify([...Object.values(made), pod(`a@${digest}`)]);
    const items = Array.from({ length: count }, (_, index) =>
      JSON.parse(text.replaceAll('production', `r${index}`)),
    );
    return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: items.flat() });
  };
  const time = async (stdin: string) => {
    const begin = process.cpuUsage();
    const { code, out } = await cli(['takeover', '-f', '-'], { stdin });
    const { user, system } = process.cpuUsage(begin);
    t.equal(code, 0);
    t.match(out, `thv-registry-api@${digest}`);
    return (user + system) / 1000;
  };
  const [few, many] = [fleet(30), fleet(300)];
  await time(few);
  const before = await time(few);
  const after = await time(many);
  // Linear is 10, quadratic is 100.
  t.ok(after < 30 * Math.max(before, 3), `${before} ms for 30, ${after} ms for 300`);
});
