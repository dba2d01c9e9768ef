import { isDeepStrictEqual } from 'node:util';
import { test } from 'tap';
import { hookComponents, notWithStandalone } from '../../scripts/components/hook-components.ts';
import { valuesOf } from '../support/manifests.ts';
import {
  buildFolder,
  buildOverlay,
  canonical,
  kustomize,
  namesOf,
  notRestricted,
  onlyOf,
  type Rendered,
  without,
} from '../support/render.ts';

const skip = without('kustomize', kustomize);
const withService = ['explain', ...hookComponents].filter(
  (name) => name !== 'standalone' && name !== 'leave',
);
const onLoopback = ['explain', ...hookComponents].filter(
  (name) => !notWithStandalone.some((each) => each === name),
);
const urlsOf = (objects: readonly Rendered[]) =>
  valuesOf(onlyOf(objects, 'CompositeController').spec.hooks, 'url');
const renamed = { namespace: 'elsewhere', namePrefix: 'my-' };

test('another namespace and prefix: the URLs follow, the CompositeController keeps its name', {
  skip,
}, (t) => {
  const objects = buildOverlay([renamed, { components: withService }]);
  const controller = onlyOf(objects, 'CompositeController');
  const host = 'my-mcpregistry-hook.elsewhere.svc';
  t.strictSame(
    { name: controller.metadata.name, namespace: controller.metadata.namespace },
    { name: 'mcpregistry', namespace: undefined },
    'its name is a part of finalizers, and it is in no namespace',
  );
  t.strictSame(
    urlsOf(objects)
      .map((url) => String(url).replace(/\?.*/, ''))
      .sort(),
    ['customize', 'finalize', 'sync'].map((hook) => `https://${host}/${hook}`),
  );
  t.strictSame(controller.spec.endpointConfigs, [
    {
      host,
      caBundle: { configMapRef: { name: 'mcpregistry-hook-ca', namespace: 'elsewhere', key: 'ca.crt' } },
      authorization: {
        secretRef: { name: 'mcpregistry-hook-client', namespace: 'metacontroller', key: 'token' },
      },
      clientTLS: {
        secretRef: { name: 'mcpregistry-hook-client', namespace: 'metacontroller' },
        certKey: 'tls.crt',
        privateKeyKey: 'tls.key',
      },
    },
  ]);
  t.strictSame(onlyOf(objects, 'Certificate', 'mcpregistry-hook').spec.dnsNames, [host]);
  t.equal(onlyOf(objects, 'Service').metadata.name, 'my-mcpregistry-hook');
  t.strictSame(
    objects
      .map(({ metadata }) => metadata.namespace)
      .filter((namespace) => namespace !== undefined && namespace !== 'elsewhere'),
    [],
    'nothing stays in the namespace of before',
  );
  t.end();
});

test('the authority changes late, with the same key, and before the last certificate of the old one', {
  skip,
}, (t) => {
  const objects = buildOverlay([{ components: ['tls'] }]);
  const authority = onlyOf(objects, 'Certificate', 'mcpregistry-hook-ca').spec;
  const certificate = onlyOf(objects, 'Certificate', 'mcpregistry-hook').spec;
  t.strictSame(
    {
      duration: authority.duration,
      renewBefore: authority.renewBefore,
      rotationPolicy: authority.privateKey.rotationPolicy,
    },
    // Without the policy, cert-manager makes a new key at each renewal since v1.18.
    { duration: '87600h', renewBefore: '2160h', rotationPolicy: 'Never' },
  );
  t.ok(Number.parseInt(authority.renewBefore, 10) >= Number.parseInt(certificate.duration, 10));
  t.end();
});

test('a namespace of others keeps its labels, and is not among what is deleted', { skip }, (t) => {
  const before = buildOverlay([renamed, { components: ['hook-address'] }]);
  t.equal(onlyOf(before, 'Namespace').metadata.name, 'elsewhere');
  for (const components of [
    ['hook-address', 'without-namespace'],
    ['without-namespace', 'hook-address'],
  ]) {
    t.strictSame(
      namesOf(buildOverlay([renamed, { components }])),
      namesOf(before.filter(({ kind }) => kind !== 'Namespace')),
      components.join(', '),
    );
  }
  t.end();
});

test('the command of the document shows that one kustomization renames the CompositeController', {
  skip,
}, (t) => {
  const names = (levels: Parameters<typeof buildOverlay>[0]) =>
    onlyOf(buildOverlay(levels), 'CompositeController').metadata.name;
  t.equal(names([{ ...renamed, components: ['hook-address'] }]), 'my-mcpregistry');
  t.equal(names([renamed, { components: ['hook-address'] }]), 'mcpregistry');
  t.end();
});

test('another namespace and prefix, standalone: the rights are bound to the renamed account', {
  skip,
}, (t) => {
  const objects = buildOverlay([renamed, { components: onLoopback.filter((name) => name !== 'namespaced') }]);
  for (const [kind, name, role] of [
    ['ClusterRoleBinding', 'mcpregistry-hook-watch', 'my-mcpregistry-metacontroller-watch'],
    ['ClusterRoleBinding', 'mcpregistry-hook-manage', 'my-mcpregistry-metacontroller-manage'],
    ['RoleBinding', 'mcpregistry-hook-leader-election', 'mcpregistry-hook-leader-election'],
  ] as const) {
    const { roleRef, subjects } = onlyOf(objects, kind, name);
    t.equal(roleRef.name, role, name);
    t.strictSame(subjects, [{ kind: 'ServiceAccount', name: 'my-mcpregistry-hook', namespace: 'elsewhere' }]);
  }
  t.ok(namesOf(objects).includes('Role elsewhere/mcpregistry-hook-leader-election'));
  t.end();
});

test('components combine in any order', { skip }, (t) => {
  const build = (components: readonly string[]) => buildOverlay([{ components }]).map(canonical).sort();
  const isFree = (name: string) => name !== 'namespaced' && name !== 'without-definition';
  const leaving = [...withService.filter(isFree), 'leave'];
  t.ok(isDeepStrictEqual(build([...leaving].reverse()), build(leaving)), 'those that use the Service');
  const alone = onLoopback.filter(isFree);
  t.ok(isDeepStrictEqual(build([...alone].reverse()), build(alone)), 'standalone and what goes with it');
  t.end();
});

test('standalone is reached on the loopback interface alone, and namespaced binds it nowhere', {
  skip,
}, (t) => {
  const objects = buildOverlay([{ components: ['standalone', 'explain'] }]);
  const controller = onlyOf(objects, 'CompositeController');
  t.ok(urlsOf(objects).every((url) => String(url).startsWith('http://127.0.0.1:8080/')));
  t.strictSame(
    objects.filter(({ kind }) => kind === 'Service'),
    [],
  );
  const { template } = onlyOf(objects, 'Deployment').spec;
  const [hook, metacontroller] = template.spec.containers;
  t.strictSame(
    hook.env.filter(({ name }: Rendered) => name === 'HOST'),
    [{ name: 'HOST', value: '127.0.0.1' }],
  );
  t.match(
    hook.env.filter(({ name }: Rendered) => name.startsWith('METRICS_')),
    [
      { name: 'METRICS_HOST', value: '0.0.0.0' },
      { name: 'METRICS_PORT', value: template.metadata.annotations['prometheus.io/port'] },
    ],
    'but for its metrics',
  );
  t.equal(hook.volumeMounts, undefined, 'the hook gets no token');
  const selector = metacontroller.args.find((arg: string) => arg.startsWith('--target-label-selector='));
  const [, key = '', value] = selector.split('=');
  t.equal(controller.metadata.labels[key], value, 'Metacontroller selects our CompositeController');
  const bound = (all: readonly Rendered[]) =>
    namesOf(all).filter((name) => name.startsWith('ClusterRoleBinding'));
  t.strictSame(bound(objects), [
    'ClusterRoleBinding /mcpregistry-hook-manage',
    'ClusterRoleBinding /mcpregistry-hook-watch',
  ]);
  t.strictSame(bound(buildOverlay([{ components: ['standalone', 'namespaced'] }])), [
    'ClusterRoleBinding /mcpregistry-hook-watch',
  ]);
  t.end();
});

test('with hook-network-policy alone, no Prometheus is told of a port that it does not get to', {
  skip,
}, (t) => {
  const scraped = (components: readonly string[]) =>
    onlyOf(buildOverlay([{ components }]), 'Deployment').spec.template.metadata.annotations[
      'prometheus.io/scrape'
    ];
  t.equal(scraped([]), 'true');
  t.equal(scraped(['hook-network-policy']), 'false');
  t.end();
});

test('leave takes the finalize hook out and changes nothing else', { skip }, (t) => {
  const before = buildOverlay([]);
  const after = buildOverlay([{ components: ['leave'] }]);
  const controller = onlyOf(before, 'CompositeController');
  delete controller.spec.hooks.finalize;
  controller.metadata.labels['mcpregistry-hook/leaving'] = 'true';
  t.strictSame(after, before);
  t.end();
});

test('to leave changes the CompositeController alone, and keeps the definition out of what is deleted', {
  skip,
}, (t) => {
  const leaving = ['leave', 'without-definition'];
  const own = [renamed, { components: withService }];
  const ownAlone = [{ components: ['standalone', 'explain'] }];
  const cases = [
    {
      reason: 'plain manifests',
      before: buildFolder('.'),
      after: buildFolder('overlays/leave'),
    },
    {
      reason: 'standalone, whose Metacontroller has to take the finalizers off',
      before: buildFolder('overlays/standalone'),
      after: buildFolder('overlays/leave-standalone'),
    },
    {
      reason: 'an overlay with another namespace and everything that goes with the Service',
      before: buildOverlay(own),
      after: buildOverlay([...own, { components: leaving }]),
    },
    {
      reason: 'an overlay with standalone',
      before: buildOverlay(ownAlone),
      after: buildOverlay([...ownAlone, { components: leaving }]),
    },
  ];
  for (const { reason, before, after } of cases) {
    const controller = onlyOf(before, 'CompositeController');
    delete controller.spec.hooks.finalize;
    controller.metadata.labels = { ...controller.metadata.labels, 'mcpregistry-hook/leaving': 'true' };
    t.strictSame(
      after.map(canonical).sort(),
      before
        .filter(({ kind }) => kind !== 'CustomResourceDefinition')
        .map(canonical)
        .sort(),
      reason,
    );
  }
  t.strictSame(
    onlyOf(cases[1]?.after ?? [], 'Deployment').spec.template.spec.containers.map(
      ({ name }: Rendered) => name,
    ),
    ['hook', 'metacontroller'],
  );
  t.end();
});

test('pods meet the level "restricted", and no image has a moving tag', { skip }, (t) => {
  for (const components of [withService, onLoopback]) {
    const { template } = onlyOf(buildOverlay([{ components }]), 'Deployment').spec;
    t.strictSame(notRestricted(template), [], components.join(' '));
    for (const { image } of template.spec.containers) t.match(image, /:v\d+\.\d+\.\d+$/);
  }
  const { template } = onlyOf(buildOverlay([]), 'Deployment').spec;
  const [hook] = template.spec.containers;
  const cases = [
    {
      reason: 'no securityContext',
      change: () => delete hook.securityContext,
      found: ['hook: allowPrivilegeEscalation', 'hook: capabilities'],
    },
    {
      reason: 'a volume of the node',
      change: () => (template.spec.volumes = [{ name: 'a', hostPath: { path: '/' } }]),
      found: ['volume a', 'hook: allowPrivilegeEscalation', 'hook: capabilities'],
    },
  ];
  for (const { reason, change, found } of cases) {
    change();
    t.strictSame(notRestricted(template), found, reason);
  }
  t.end();
});
