import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { CliError } from '../../../src/cli/cli-error.ts';
import { runPlugin } from '../../../src/cli/kubectl/plugin.ts';
import { runKubectl } from '../../../src/cli/kubectl/run-kubectl.ts';
import { matchesGolden } from '../../support/golden.ts';
import { NAME, NAMESPACE, ourCrd, type Printed, SickCluster } from './sick-cluster.ts';

/** The kubectl of a user: answers `get` with files, by the first resource, and keeps its arguments. */
const fake = `#!/bin/sh
here=\${0%/*}
for argument; do printf '%s\\n' "$argument"; done >>"$here/calls"
echo >>"$here/calls"
name=\${2%%[,./]*}
case $1$* in
  get*app.kubernetes.io/name\\ in*) name=metacontroller ;;
  get*-n\\ default\\ --field-selector*) name=of-controllers ;;
  get*-n\\ *-o*) name=hook ;;
  api-versions*) name=api-versions ;;
esac
[ "$2" = pods,persistentvolumeclaims,events ] && name=helpful
if [ -e "$here/$name" ]; then exec /bin/cat "$here/$name"; fi
echo "Error from server (Forbidden): $name" >&2
exit 1
`;

interface Answers {
  /** What kubectl prints, by what it is asked for; what is not there fails. */
  readonly [name: string]: string | undefined;
}

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The arguments of each call of kubectl. */
  readonly calls: readonly (readonly string[])[];
}

async function plugin(t: Test, args: readonly string[], answers: Answers, now: Date): Promise<Run> {
  const given = Object.fromEntries(
    Object.entries(answers).flatMap(([name, text]) => (text ? [[name, text]] : [])),
  );
  const folder = t.testdir({ kubectl: fake, ...given });
  chmodSync(join(folder, 'kubectl'), 0o755);
  const printed = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({
    isTerminal: false,
    write: (text: string) => {
      printed[name] += text;
    },
  });
  const code = await runPlugin(args, {
    ...{ out: sink('out'), err: sink('err'), environment: { PATH: folder }, now: () => now },
    readStdin: async () => {
      throw new Error('standard input is not read');
    },
  });
  const file = join(folder, 'calls');
  const calls = existsSync(file) ? readFileSync(file, 'utf8').split('\n\n').slice(0, -1) : [];
  return { code, ...printed, calls: calls.map((call) => call.split('\n')) };
}

const listOf = (items: readonly Printed[]) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2);

/** What a cluster answers. */
async function answersOf(sick: SickCluster): Promise<Answers> {
  const objects = sick.print();
  const ofKind = (...kinds: string[]) => listOf(objects.filter(({ kind }) => kinds.includes(kind)));
  const others = ['Pod', 'Event', 'PersistentVolumeClaim'];
  return {
    compositecontrollers: ofKind('CompositeController'),
    customresourcedefinitions: JSON.stringify(ourCrd()),
    mcpregistries: listOf(objects.filter(({ kind }) => ![...others, 'CompositeController'].includes(kind))),
    helpful: ofKind(...others),
    'of-controllers': listOf([]),
    hook: listOf([]),
    metacontroller: listOf([]),
    'api-versions': 'apps/v1\nmetacontroller.k8s.io/v1alpha1\nv1\n',
  };
}

const required =
  'mcpregistries.toolhive.stacklok.dev,configmaps,serviceaccounts,roles.v1.rbac.authorization.k8s.io,rolebindings.v1.rbac.authorization.k8s.io';

async function crashing(t: Test): Promise<SickCluster> {
  const sick = new SickCluster(t);
  sick.cluster.changeNodes({ starts: () => false });
  sick.container = { state: { waiting: { reason: 'ErrImageNeverPull' } } };
  await sick.apply(undefined, 120);
  return sick;
}

test('doctor asks kubectl for all that it can use, shows each command, and says what is wrong', async (t) => {
  const sick = await crashing(t);
  const { code, out, err, calls } = await plugin(t, ['doctor'], await answersOf(sick), sick.now);
  t.equal(code, 1);
  matchesGolden(t, 'doctor/kubectl.txt', `${out}\n${err}`);
  t.strictSame(calls, [
    ['get', 'compositecontrollers.metacontroller.k8s.io', '-o', 'json'],
    ['get', 'customresourcedefinitions/mcpregistries.toolhive.stacklok.dev', '-o', 'json'],
    ['get', `${required},deployments.v1.apps,services`, '--show-managed-fields', '-o', 'json'],
    ['get', 'pods,persistentvolumeclaims,events', '-o', 'json'],
    [
      ...['get', 'events', '-n', 'default'],
      ...['--field-selector', 'involvedObject.kind=CompositeController', '-o', 'json'],
    ],
    ['get', 'pods', '-n', 'mcpregistry-hook', '-o', 'json'],
    [
      ...['get', 'pods', '-A', '-l'],
      ...['app.kubernetes.io/name in (metacontroller,metacontroller-helm)', '-o', 'json'],
    ],
  ]);
});

test('what chooses cluster and namespace is passed on, each as one argument whatever it holds', async (t) => {
  const sick = await crashing(t);
  const answers = await answersOf(sick);
  const evil = 'a b; touch c $(id)';
  const args = [
    'doctor',
    '-n',
    evil,
    '--context',
    evil,
    '--kubeconfig',
    '-x',
    '--request-timeout=1s',
    '--as',
    'me',
  ];
  const one = await plugin(t, args, answers, sick.now);
  const connection = [`--context=${evil}`, '--kubeconfig=-x', '--as=me', '--request-timeout=1s'];
  t.strictSame(one.calls[0], [
    'get',
    'compositecontrollers.metacontroller.k8s.io',
    ...connection,
    '-o',
    'json',
  ]);
  t.strictSame(one.calls[2]?.slice(2), [
    ...connection,
    `--namespace=${evil}`,
    ...['--show-managed-fields', '-o', 'json'],
  ]);
  t.match(one.err, "'--namespace=a b; touch c $(id)'");

  const all = await plugin(t, ['doctor', '-A'], answers, sick.now);
  t.strictSame(
    all.calls.map((call) => call.slice(2)),
    [
      ['-o', 'json'],
      ['-o', 'json'],
      ['-A', '--show-managed-fields', '-o', 'json'],
      ['-A', '-o', 'json'],
    ],
    'all pods are among those of all namespaces',
  );
  t.equal(all.out, one.out);
});

test('that Metacontroller can not start the controller is said in the namespace default', async (t) => {
  const sick = await crashing(t);
  const involvedObject = { kind: 'CompositeController', name: 'mcpregistry' };
  const event: Printed = {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'default' } },
    ...{ involvedObject, reason: 'CreateError', message: 'no', lastTimestamp: '2026-11-24T00:00:20Z' },
  };
  const answers = { ...(await answersOf(sick)), 'of-controllers': listOf([event]) };
  const { out } = await plugin(t, ['doctor', '-n', NAMESPACE, '-o', 'json'], answers, sick.now);
  t.match(JSON.parse(out).cluster, [{ reason: 'CreateError' }]);
});

test('names and the format are those of doctor', async (t) => {
  const sick = await crashing(t);
  const answers = await answersOf(sick);
  const json = await plugin(t, ['doctor', '-o', 'json', NAME], answers, sick.now);
  t.equal(json.code, 1);
  t.match(JSON.parse(json.out), { registries: [{ namespace: NAMESPACE, name: NAME }], notLookedAt: [] });
  const other = await plugin(t, ['doctor', 'other'], answers, sick.now);
  t.equal(other.code, 2);
  t.match(other.err, 'error: there is no MCPRegistry other in the input: check name and namespace\n');
});

test('optional kinds that are registered are asked for as well, and the hook where its URL says', async (t) => {
  const sick = new SickCluster(t, { kinds: ['HTTPRoute', 'PodDisruptionBudget'] });
  const [controller] = sick.controllers as [
    Printed & { spec: { hooks: { sync: { webhook: { url: string } } } } },
  ];
  controller.spec.hooks.sync.webhook.url = 'https://hook.elsewhere.svc:8443/sync';
  await sick.apply();
  const { code, calls } = await plugin(t, ['doctor'], await answersOf(sick), sick.now);
  t.equal(code, 0);
  t.equal(
    calls[2]?.[1],
    `${required},deployments.v1.apps,services,poddisruptionbudgets.v1.policy,httproutes.v1.gateway.networking.k8s.io`,
  );
  t.strictSame(calls[5], ['get', 'pods', '-n', 'elsewhere', '-o', 'json']);
});

const refusals: readonly {
  readonly reason: string;
  readonly without: readonly string[];
  readonly more?: Answers;
  readonly code: number;
  /** Reasons of findings. */
  readonly found?: readonly string[];
  readonly notLookedAt?: readonly string[];
  readonly err?: RegExp;
}[] = [
  {
    reason: 'where the kind does not exist, Metacontroller is not installed',
    without: ['compositecontrollers'],
    more: { 'api-versions': 'apps/v1\nv1\n' },
    code: 1,
    found: ['ErrImageNeverPull', 'FinalizerStays', 'NotRegistered'],
    notLookedAt: [],
  },
  {
    reason: 'where CompositeControllers may not be read, nothing is said of them',
    without: ['compositecontrollers', 'customresourcedefinitions'],
    code: 1,
    found: ['ErrImageNeverPull'],
    notLookedAt: [
      'whether the registries are registered with Metacontroller: give compositecontrollers as well',
      'the CRD: give crd/mcpregistries.toolhive.stacklok.dev as well',
    ],
    err: /^Error from server \(Forbidden\): compositecontrollers$/m,
  },
  {
    reason: 'where one of the helpful kinds may not be read, the others are',
    without: ['helpful', 'events', 'hook', 'metacontroller'],
    more: { pods: 'pods', persistentvolumeclaims: listOf([]) },
    code: 1,
    found: ['ErrImageNeverPull'],
    notLookedAt: ['what Metacontroller says: give events as well'],
  },
  {
    reason: 'what is no JSON is no answer',
    without: [],
    more: { mcpregistries: 'not JSON' },
    code: 2,
    err: /error: kubectl printed something that is no JSON: see the command above\n$/,
  },
  {
    reason: 'without the registries there is nothing to say',
    without: ['mcpregistries'],
    code: 2,
    err: /error: kubectl could not read the registries and their children: see what it says above\n$/,
  },
];

for (const { reason, without, more = {}, code, found, notLookedAt, err } of refusals) {
  test(`doctor: ${reason}`, async (t) => {
    const sick = await crashing(t);
    const answers = await answersOf(sick);
    const { helpful } = answers;
    const left = Object.fromEntries(Object.entries(answers).filter(([name]) => !without.includes(name)));
    const own = Object.fromEntries(
      Object.entries(more).map(([name, text]) => [name, text === 'pods' ? helpful : text]),
    );
    const result = await plugin(t, ['doctor', '-o', 'json'], { ...left, ...own }, sick.now);
    t.equal(result.code, code, result.err);
    if (err) t.match(result.err, err);
    if (!found) return;
    const report = JSON.parse(result.out);
    const findings: { reason: string }[] = [...report.registries[0].findings, ...report.cluster];
    t.strictSame(
      findings.map((each) => each.reason),
      found,
    );
    t.strictSame(report.notLookedAt, notLookedAt);
  });
}

test('takeover reads the registries, their children and pods, and the operator, and passes on its own options', async (t) => {
  const sick = await crashing(t);
  const { calls, err } = await plugin(
    t,
    ['takeover', '-n', 'a', '--context=b', '--rollback'],
    await answersOf(sick),
    sick.now,
  );
  t.strictSame(calls, [
    [
      ...['get', `${required},deployments.v1.apps,services,pods`],
      ...['--context=b', '--namespace=a', '-o', 'json'],
    ],
    [
      ...['get', 'deployments.v1.apps', '--context=b'],
      ...['-A', '-l', 'app.kubernetes.io/name=toolhive-operator', '-o', 'json'],
    ],
  ]);
  t.match(err, '+ kubectl get mcpregistries.toolhive.stacklok.dev,');
  const refused = await plugin(t, ['takeover'], {}, sick.now);
  t.equal(refused.code, 2);
  t.match(refused.err, 'error: kubectl could not read the registries and their children');
});

test('a command line that can not be used: said, and exit code 2', async (t) => {
  const now = new Date();
  for (const args of [
    ['other'],
    ['doctor', '-n', 'a', '-A'],
    ['doctor', '-o', 'xml'],
    ['doctor', '--token=a'],
  ]) {
    const { code, out, err, calls } = await plugin(t, args, {}, now);
    t.strictSame({ code, out, calls }, { code: 2, out: '', calls: [] }, args.join(' '));
    t.match(err, /^error: .*\n(.*\n)?Try --help\.\n$/, err);
  }
  const help = await plugin(t, ['doctor', '--help'], {}, now);
  t.equal(help.code, 0);
  t.match(help.out, 'Usage: kubectl mcpreg doctor [options] [name...]');
});

const quiet = { err: { isTerminal: false, write: () => {} } };

test('without a kubectl in PATH: said, with where to get it', async (t) => {
  const environment = { PATH: t.testdir({}) };
  await t.rejects(
    runKubectl(['get'], { ...quiet, environment }),
    new CliError('there is no kubectl in PATH: install it (https://kubernetes.io/docs/tasks/tools/)'),
  );
  const folder = t.testdir({ kubectl: 'not for you' });
  chmodSync(join(folder, 'kubectl'), 0o644);
  await t.rejects(runKubectl(['get'], { ...quiet, environment: { PATH: folder } }), CliError);
});

test('a kubectl that prints more than can be read is ended', async (t) => {
  const folder = t.testdir({});
  writeFileSync(join(folder, 'kubectl'), '#!/bin/sh\nexec /usr/bin/yes\n', { mode: 0o755 });
  await t.rejects(
    runKubectl(['get'], { ...quiet, environment: { PATH: folder } }, 1024 * 1024),
    new CliError('kubectl printed more than 1 MiB: name a namespace with -n instead of -A'),
  );
});
