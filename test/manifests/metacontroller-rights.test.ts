import { test } from 'tap';
import { parse } from 'yaml';
import {
  type ChildKind,
  childKinds,
  isOptional,
  kindsOfChildren,
  optionalKinds,
} from '../../hooks/children/child-kinds.ts';
import { buildDesired } from '../../hooks/desired.ts';
import { manifestFolder, manifestText, withComponents } from '../support/manifests.ts';
import { context } from '../support/requests.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules: readonly Rule[];
}
interface Binding {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects: readonly unknown[];
}

const { objects } = manifestFolder('base/');
const roleOf = (text: string) => parse(text) as Role;
const watch = roleOf(manifestText('base/metacontroller-watch-role.yaml'));
const manage = roleOf(manifestText('base/metacontroller-manage-role.yaml'));
const { children } = buildDesired(
  { name: 'a', namespace: 'b' },
  { configYAML: 'sources: []' },
  context.defaults,
);
const registryRules = (children?.byKind.Role.rules ?? []).map(
  ({ apiGroups = [], resources = [], verbs }): Rule => ({ apiGroups, resources, verbs }),
);

/** One line for each right of some rules, `<verb> <resource>.<group>`, sorted; a right that is given twice is there once. */
const rightsOf = (rules: readonly Rule[]) =>
  [
    ...new Set(
      rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`)),
        ),
      ),
    ),
  ].sort();

const rule = (group: string, resources: string, verbs: string): Rule => ({
  apiGroups: [group],
  resources: resources.split(' '),
  verbs: verbs.split(' '),
});

/** The kinds that every registry has. */
const baseKinds = kindsOfChildren.filter((kind) => !isOptional(kind));

/** The same verbs on the resource of each kind of child. */
const onChildren = (kinds: readonly ChildKind[], verbs: string) =>
  kinds.map((kind) => {
    const { apiVersion, resource } = childKinds[kind];
    return rule(apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', resource, verbs);
  });
const watching = 'list watch';
const managing = 'get list watch create update patch delete';

test('Metacontroller holds every right that it gives to a registry', (t) => {
  const held = rightsOf(manage.rules);
  t.ok(registryRules.length > 0);
  for (const each of registryRules) {
    t.strictSame(
      rightsOf([each]).filter((right) => !held.includes(right)),
      [],
      JSON.stringify(each),
    );
  }
  t.end();
});

test('in the whole cluster it watches and writes events, and no more', (t) => {
  t.strictSame(
    rightsOf(watch.rules),
    rightsOf([
      rule(
        'metacontroller.k8s.io',
        'compositecontrollers decoratorcontrollers controllerrevisions',
        'list watch',
      ),
      rule('apiextensions.k8s.io', 'customresourcedefinitions', 'list watch'),
      rule('toolhive.stacklok.dev', 'mcpregistries', 'list watch'),
      ...onChildren(baseKinds, watching),
      rule('', 'events', 'create patch'),
    ]),
  );
  t.end();
});

test('where there are registries it writes them and their children, and no more than their Roles grant', (t) => {
  t.strictSame(
    rightsOf(manage.rules),
    rightsOf([
      rule('toolhive.stacklok.dev', 'mcpregistries', 'get update'),
      rule('toolhive.stacklok.dev', 'mcpregistries/status mcpregistries/finalizers', 'update'),
      ...onChildren(baseKinds, managing),
      ...registryRules,
    ]),
  );
  t.end();
});

test('a component adds the rights for its kind, and no others', (t) => {
  for (const kind of optionalKinds) {
    const roles = withComponents(objects, [childKinds[kind].optional?.component ?? '']) as unknown as Role[];
    for (const [role, verbs] of [
      [watch, watching],
      [manage, managing],
    ] as const) {
      const found = roles.find(({ metadata }) => metadata.name === role.metadata.name);
      t.strictSame(
        rightsOf(found?.rules ?? []),
        rightsOf([...role.rules, ...onChildren([kind], verbs)]),
        `${role.metadata.name}: ${kind}`,
      );
    }
  }
  t.end();
});

test('people of a namespace handle its registries as far as they handle the rest of it, and never the status', (t) => {
  const group = 'toolhive.stacklok.dev';
  const reads = [rule(group, 'mcpregistries', 'get list watch')];
  const writes = [
    rule(group, 'mcpregistries', 'create update patch delete'),
    rule(group, 'mcpregistries/scale', 'get update patch'),
  ];
  for (const { file, rules, reason } of [
    {
      file: 'view',
      rules: [...reads, rule(group, 'mcpregistries/status mcpregistries/scale', 'get')],
      reason: 'they read',
    },
    { file: 'edit', rules: [...reads, ...writes], reason: 'they write, and read the status as viewers' },
    {
      file: 'admin',
      rules: [
        ...reads,
        ...writes,
        rule(group, 'mcpregistries', 'deletecollection'),
        rule(group, 'mcpregistries/status', 'get'),
      ],
      reason: 'they delete all at once, as Kubernetes lets them for other objects',
    },
  ]) {
    const role = roleOf(manifestText(`base/${file}-role.yaml`));
    t.strictSame(rightsOf(role.rules), rightsOf(rules), `${file}: ${reason}`);
    t.strictSame(
      role.metadata,
      {
        name: `mcpregistry-${file}`,
        labels: { [`rbac.authorization.k8s.io/aggregate-to-${file}`]: 'true' },
      },
      file,
    );
  }
  t.end();
});

test('no ClusterRole gives rights beyond what its rules name', (t) => {
  const roles = [
    ...withComponents(
      objects,
      optionalKinds.map((kind) => childKinds[kind].optional?.component ?? ''),
    ).filter(({ kind }) => kind === 'ClusterRole'),
    roleOf(manifestText('metacontroller-bindings/endpoint-secrets/role.yaml')),
  ] as unknown as Role[];
  t.strictSame(
    roles.map(({ metadata }) => metadata.name),
    [
      'mcpregistry-metacontroller-watch',
      'mcpregistry-metacontroller-manage',
      'mcpregistry-view',
      'mcpregistry-edit',
      'mcpregistry-admin',
      'mcpregistry-metacontroller-endpoint-secrets',
    ],
  );
  for (const role of roles) {
    const { name } = role.metadata;
    t.strictSame(
      Object.keys(role).sort(),
      ['apiVersion', 'kind', 'metadata', 'rules'],
      `${name}: not aggregated`,
    );
    for (const each of role.rules) {
      t.strictSame(Object.keys(each).sort(), ['apiGroups', 'resources', 'verbs'], name);
      for (const word of ['*', 'escalate', 'bind', 'impersonate']) {
        t.notOk([...each.apiGroups, ...each.resources, ...each.verbs].includes(word), `${name}: ${word}`);
      }
    }
  }
  t.end();
});

test('the bindings give them to the ServiceAccount of Metacontroller', (t) => {
  const account = { kind: 'ServiceAccount', name: 'metacontroller', namespace: 'metacontroller' };
  for (const [folder, kind, name] of [
    ['watch', 'ClusterRoleBinding', watch.metadata.name],
    ['cluster-wide', 'ClusterRoleBinding', manage.metadata.name],
    ['namespace', 'RoleBinding', manage.metadata.name],
    ['endpoint-secrets', 'ClusterRoleBinding', 'mcpregistry-metacontroller-endpoint-secrets'],
  ] as const) {
    const binding = parse(manifestText(`metacontroller-bindings/${folder}/binding.yaml`)) as Binding;
    t.strictSame(
      binding,
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind,
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [account],
      },
      folder,
    );
  }
  for (const folder of ['cluster-wide', 'namespace']) {
    const { resources } = parse(manifestText(`metacontroller-bindings/${folder}/kustomization.yaml`)) as {
      resources: string[];
    };
    t.strictSame(resources, ['../watch', 'binding.yaml'], folder);
  }
  t.end();
});
