import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { test } from 'tap';
import { type ChildKind, childKinds } from '../../../hooks/children/child-kinds.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import { finalize } from '../../../hooks/finalize.ts';
import { sync } from '../../../hooks/sync.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { changed, context, recorded, withOurChildren } from '../../support/requests.ts';

const models = { ConfigMap, Service, ServiceAccount, Deployment, Role, RoleBinding };
const identity = { name: 'production', namespace: 'mcp-system' };
const spec = {
  registries: [{ name: 'a', configMapRef: { name: 'catalog', key: 'registry.json' } }],
  imagePullSecrets: [{ name: 'pull' }],
};
const build = (given: object = {}, to = identity) =>
  buildDesired(to, { ...spec, ...given }, context.defaults);

test('the six children satisfy the schemas of Kubernetes', async (t) => {
  for (const child of build().children?.all ?? []) {
    const Model = models[child.kind as keyof typeof models];
    t.doesNotThrow(() => new Model(child as never).validate(), child.kind);
  }
  t.strictSame(
    build().children?.all.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    [
      'ConfigMap/production-registry-server-config',
      'ServiceAccount/production-registry-api',
      'Role/production-registry-api',
      'RoleBinding/production-registry-api',
      'Deployment/production-api',
      'Service/production-api',
    ],
  );
});

test('each child is what its row in the table says', async (t) => {
  for (const { apiVersion, kind, metadata } of build().children?.all ?? []) {
    const row = childKinds[kind as ChildKind];
    t.strictSame(
      { apiVersion, name: metadata.name },
      { apiVersion: row.apiVersion, name: row.nameOf(identity) },
    );
    t.match(row.resource, kind.toLowerCase());
  }
});

test('nothing empty, null or undefined is sent, but for what says something by being there', async (t) => {
  const visit = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) {
      t.ok(value || value === false || path.includes('.apiGroups.'), path);
      return;
    }
    t.ok(Object.keys(value).length > 0 || path.endsWith('.emptyDir'), path);
    for (const [key, item] of Object.entries(value)) visit(item, `${path}.${key}`);
  };
  visit(build().children?.all, 'children');
});

const template = (given: object = {}, defaults = context.defaults) => {
  const deployment = buildDesired(identity, { ...spec, ...given }, defaults).children?.byKind.Deployment;
  return {
    hash: deployment?.metadata.annotations?.['toolhive.stacklok.dev/template-hash'],
    text: JSON.stringify(deployment),
  };
};

test('the template hash changes with the template and with nothing else', async (t) => {
  const { hash } = template();
  const cases = [
    { other: template({ displayName: 'Other' }), same: true, reason: 'a name for people changes no pod' },
    { other: template({ enforceServers: true }), same: true, reason: 'operators of servers read that' },
    {
      other: template({ authConfig: { publicPaths: ['/x'] } }),
      same: false,
      reason: 'another configuration',
    },
    { other: template({ imagePullSecrets: [] }), same: false, reason: 'another pull secret' },
    { other: template({}, { ...context.defaults, image: 'other:1' }), same: false, reason: 'another image' },
    { other: template({}, { ...context.defaults, healthPort: 8080 }), same: false, reason: 'another probe' },
  ];
  for (const { other, same, reason } of cases) t.equal(other.hash === hash, same, reason);
});

test('the pull secrets of every registry come after its own, in the pod and in its ServiceAccount', async (t) => {
  const cases = [
    { reason: 'without the setting, its own', own: ['pull'], all: [], expected: ['pull'] },
    { reason: 'without its own, those of all', own: [], all: ['b', 'a'], expected: ['b', 'a'] },
    { reason: 'its own first', own: ['pull'], all: ['a', 'b'], expected: ['pull', 'a', 'b'] },
    { reason: 'none twice', own: ['pull', 'b'], all: ['a', 'b'], expected: ['pull', 'b', 'a'] },
    { reason: 'none at all: no field', own: [], all: [], expected: undefined },
  ];
  for (const { reason, own, all, expected } of cases) {
    const defaults = deepFreeze({ ...context.defaults, imagePullSecrets: all });
    const given = deepFreeze({ ...spec, imagePullSecrets: own.map((name) => ({ name })) });
    const children = buildDesired(identity, given, defaults).children?.byKind;
    const fields = expected?.map((name) => ({ name }));
    t.strictSame(children?.ServiceAccount?.imagePullSecrets, fields, reason);
    t.strictSame(children?.Deployment.spec.template.spec?.imagePullSecrets, fields, reason);
  }
});

test('a name that begins with a digit is refused, since its Service would be, and what runs is left as it is', async (t) => {
  const problem = {
    field: 'metadata.name',
    message:
      'must begin with a letter, since it begins the name of a Service, which Kubernetes before 1.36 refuses otherwise (RFC 1035), found "1st": create the registry under another name',
  };
  t.strictSame(build({}, { ...identity, name: '1st' }).problems, [problem]);

  const named = changed(withOurChildren(recorded('create', 5)), ({ parent, children }) => {
    parent.metadata.name = '1st';
    const groups = Object.values(children) as Record<string, { metadata: { name: string } }>[];
    for (const child of groups.flatMap((group) => Object.values(group))) {
      child.metadata.name = child.metadata.name.replace('production', '1st');
    }
  });
  const { status, children } = sync(named, context);
  t.equal(status.phase, 'Failed');
  t.ok(status.message.endsWith(`${problem.field}: ${problem.message}`), status.message);
  t.strictSame(
    children.map(({ kind }) => kind).sort(),
    ['ConfigMap', 'Deployment', 'Role', 'RoleBinding', 'Service', 'ServiceAccount'],
    'each is answered, so none is deleted',
  );
  t.equal(finalize(named, context).children.length, 4, 'and it can be deleted');
});

test('a name that is too long for a child, or no DNS label, is refused', async (t) => {
  const problems = (name: string) => build({}, { ...identity, name }).problems;
  t.strictSame(problems('a'.repeat(59)), undefined, 'the longest name');
  t.strictSame(problems('a'.repeat(60)), [
    {
      field: 'metadata.name',
      message: `may have at most 59 characters, since the Service "${'a'.repeat(56)}…" may have 63, found 60: create the registry under a shorter name`,
    },
  ]);
  t.strictSame(problems('a.b'), [
    {
      field: 'metadata.name',
      message:
        'must hold no ".", since it begins the name of a Service, found "a.b": create the registry under another name',
    },
  ]);
});

test('a label of a long name is cut short, its name is not', async (t) => {
  const [configMap] = build({}, { ...identity, name: 'a'.repeat(59) }).children?.all ?? [];
  const label = configMap?.metadata.labels?.['app.kubernetes.io/name'] ?? '';
  t.equal(configMap?.metadata.name, `${'a'.repeat(59)}-registry-server-config`);
  t.equal(label.length, 63);
  t.match(label, /^a{54}-[0-9a-f]{8}$/);
});
