import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { TSchema } from '@sinclair/typebox';
import { test } from 'tap';
import { Values } from '../../scripts/chart/values.ts';
import { components } from '../../scripts/components/component.ts';
import { Settings } from '../../src/settings/settings.ts';
import { valuesOf } from '../support/manifests.ts';
import {
  buildFolder,
  buildOverlay,
  canonical,
  chartRefusal,
  helm,
  kustomize,
  type Level,
  namesOf,
  notesOf,
  notRestricted,
  onlyOf,
  type Rendered,
  refusalBeside,
  renderChart,
  without,
} from '../support/render.ts';

const skip = without('helm', helm);
const skipComparison = skip || without('kustomize', kustomize);

const children = Object.fromEntries(components.map(({ name }) => [name, { enabled: true }]));
const childComponents = components.map(({ name }) => name);
const secured = {
  tls: { enabled: true },
  auth: { token: { enabled: true }, mtls: { enabled: true } },
  networkPolicy: { enabled: true },
  serviceMonitor: { enabled: true },
  prometheusRule: { enabled: true },
  grafanaDashboard: { enabled: true },
};
const securing = ['tls', 'auth-token', 'mtls', 'hook-network-policy', 'hook-monitoring'];
const standalone = { metacontroller: { standalone: { enabled: true } } };
const clusterWide = 'metacontroller-bindings/cluster-wide';

/** Values with fields of their own. */
const nullable = Object.entries<TSchema>(Values.properties)
  .filter(([, schema]) => !('default' in schema))
  .map(([value]) => value);

interface Choice {
  readonly reason: string;
  readonly values: object;
  readonly overlay: Level;
}
const choices: readonly Choice[] = [
  { reason: 'nothing chosen', values: {}, overlay: { resources: [clusterWide] } },
  {
    reason: 'everything that goes with the Service',
    values: {
      ...secured,
      children,
      explain: { enabled: true },
      crdGuard: { enabled: true },
      compositeController: { apiVersion: 'v1beta1' },
    },
    overlay: {
      resources: [clusterWide, 'metacontroller-bindings/endpoint-secrets'],
      components: [...securing, ...childComponents, 'explain', 'crd-guard', 'v1beta1'],
    },
  },
  {
    reason: 'a Metacontroller of its own',
    values: { ...standalone, children, explain: { enabled: true } },
    overlay: { components: ['standalone', ...childComponents, 'explain'] },
  },
  {
    reason: 'leaving',
    values: { compositeController: { finalize: false } },
    overlay: { resources: [clusterWide], components: ['leave'] },
  },
];

/** An object without what a release of Helm adds to it. */
function asWithoutHelm(object: Rendered): Rendered {
  const { kind, metadata } = object;
  const { labels: _, annotations = {}, ...rest } = metadata;
  const { 'helm.sh/resource-policy': __, ...others } = annotations;
  const ownLabels = Object.entries(metadata.labels ?? {}).filter(
    ([key]) => !key.startsWith('app.kubernetes.io/') && key !== 'helm.sh/chart',
  );
  const result = structuredClone({
    ...object,
    metadata: { ...rest, labels: Object.fromEntries(ownLabels), annotations: others },
  });
  if (kind === 'Deployment') delete result.spec.template.spec.containers[0].imagePullPolicy;
  // The pod of `helm test` may connect as well.
  if (kind === 'NetworkPolicy') result.spec.ingress[0].from.splice(1);
  return result;
}

const compared = (objects: readonly Rendered[]) =>
  objects
    .filter(({ kind, metadata }) => kind !== 'Namespace' && !metadata.annotations?.['helm.sh/hook'])
    .map((object) => {
      const plain = asWithoutHelm(object);
      return { name: `${plain.kind} ${plain.metadata.name}`, text: canonical(plain) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));

for (const { reason, values, overlay } of choices) {
  test(`chart and manifests apply the same: ${reason}`, { skip: skipComparison }, (t) => {
    const ofChart = compared(renderChart(values));
    const ofManifests = compared(buildOverlay([overlay]));
    t.strictSame(
      ofChart.map(({ name }) => name),
      ofManifests.map(({ name }) => name),
    );
    for (const [index, { name, text }] of ofChart.entries()) t.equal(text, ofManifests[index]?.text, name);
    t.end();
  });
}

test('another release in another namespace: the URLs follow, the CompositeController keeps its name', {
  skip,
}, (t) => {
  const objects = renderChart({ ...secured, explain: { enabled: true } }, 'second', 'elsewhere');
  const controller = onlyOf(objects, 'CompositeController');
  const host = 'second-mcpregistry-hook.elsewhere.svc';
  t.equal(controller.metadata.name, 'mcpregistry');
  t.equal(controller.spec.endpointConfigs[0].host, host);
  t.strictSame(
    new Set(valuesOf(controller.spec.hooks, 'url').map((url) => String(url).replace(/\/[^/]*$/, ''))),
    new Set([`https://${host}`]),
  );
  t.strictSame(onlyOf(objects, 'Certificate', 'mcpregistry-hook').spec.dnsNames, [host]);
  const pods = onlyOf(objects, 'Deployment').spec.template.metadata.labels;
  for (const selector of [
    onlyOf(objects, 'Service').spec.selector,
    onlyOf(objects, 'Deployment').spec.selector.matchLabels,
    onlyOf(objects, 'PodDisruptionBudget').spec.selector.matchLabels,
    onlyOf(objects, 'NetworkPolicy').spec.podSelector.matchLabels,
  ]) {
    t.match(pods, selector);
  }
  t.strictSame(
    objects.filter(({ metadata }) => ![undefined, 'elsewhere'].includes(metadata.namespace)),
    [],
  );
  t.end();
});

test('a user name and a password, as the overlay has them', { skip: skipComparison }, (t) => {
  const read = (objects: readonly Rendered[]) => {
    const { env, volumeMounts } = onlyOf(objects, 'Deployment').spec.template.spec.containers[0];
    return {
      env: env.filter(({ name }: Rendered) => name === 'AUTH_BASIC_FILE'),
      mounts: volumeMounts.filter(({ name }: Rendered) => name === 'auth'),
      volumes: onlyOf(objects, 'Deployment').spec.template.spec.volumes.filter(
        ({ name }: Rendered) => name === 'auth',
      ),
      basicAuth: onlyOf(objects, 'CompositeController').spec.endpointConfigs[0].basicAuth,
    };
  };
  t.strictSame(
    read(renderChart({ tls: { enabled: true }, auth: { basic: { enabled: true } } })),
    read(buildFolder('overlays/basic')),
  );
  t.end();
});

test('rights in single namespaces', { skip }, (t) => {
  const rbac = { scope: 'namespace', allowedNamespaces: ['team-a', 'team-b'] };
  const bindings = (objects: readonly Rendered[]) =>
    namesOf(objects).filter((name) => /^\w+Binding/.test(name));
  t.strictSame(bindings(renderChart({ rbac })), [
    'ClusterRoleBinding /mcpregistry-metacontroller-watch',
    'RoleBinding team-a/mcpregistry-metacontroller-manage',
    'RoleBinding team-b/mcpregistry-metacontroller-manage',
  ]);
  t.strictSame(bindings(renderChart({ rbac, ...standalone })), [
    'ClusterRoleBinding /mcpregistry-hook-watch',
    'RoleBinding mcpregistry-hook/mcpregistry-hook-leader-election',
    'RoleBinding team-a/mcpregistry-hook-manage',
    'RoleBinding team-b/mcpregistry-hook-manage',
  ]);
  t.strictSame(bindings(renderChart({ rbac: { create: false } })), []);
  t.end();
});

test('Metacontroller may read its credentials, where it has some', { skip }, (t) => {
  const token = { enabled: true };
  const cases = [
    { reason: 'no credentials', values: {}, bound: false },
    { reason: 'a token', values: { auth: { token } }, bound: true },
    { reason: 'a password', values: { auth: { basic: { enabled: true } } }, bound: true },
    {
      reason: 'a certificate',
      values: { tls: { enabled: true }, auth: { mtls: { enabled: true } } },
      bound: true,
    },
    {
      reason: 'not if it is told',
      values: { auth: { token }, rbac: { endpointSecrets: false } },
      bound: false,
    },
    {
      reason: 'rights that somebody else binds',
      values: { auth: { token }, rbac: { create: false } },
      bound: false,
    },
  ];
  const serviceAccount = { name: 'mc', namespace: 'mc-system' };
  for (const { reason, values, bound } of cases) {
    const name = 'mcpregistry-metacontroller-endpoint-secrets';
    const found = renderChart({ ...values, metacontroller: { serviceAccount } })
      .filter(({ metadata }) => metadata.name === name)
      .map(({ kind, rules, roleRef, subjects }) => ({ kind, rules, role: roleRef?.name, subjects }));
    t.strictSame(
      found,
      bound
        ? [
            {
              kind: 'ClusterRole',
              rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['list', 'watch'] }],
              role: undefined,
              subjects: undefined,
            },
            {
              kind: 'ClusterRoleBinding',
              rules: undefined,
              role: name,
              subjects: [{ kind: 'ServiceAccount', ...serviceAccount }],
            },
          ]
        : [],
      reason,
    );
  }
  t.end();
});

test('values reach the pods', { skip }, (t) => {
  const objects = renderChart({
    replicaCount: 3,
    image: { repository: 'registry.example/hook', digest: `sha256:${'a'.repeat(64)}`, pullPolicy: 'Always' },
    imagePullSecrets: [{ name: 'pull' }],
    commonLabels: { team: 'a' },
    serviceAccount: { name: 'other', annotations: { b: 'c' } },
    resources: { requests: { cpu: '1' }, limits: null },
    nodeSelector: { disk: 'fast' },
    tolerations: [{ operator: 'Exists' }],
    affinity: { nodeAffinity: {} },
    topologySpreadConstraints: [{ maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
    priorityClassName: 'high',
    podAnnotations: { d: 'e' },
    podLabels: { f: 'g' },
    extraEnv: [{ name: 'H', value: 'i' }],
    extraVolumes: [{ name: 'j', emptyDir: {} }],
    extraVolumeMounts: [{ name: 'j', mountPath: '/j' }],
    extraObjects: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '{{ .Release.Name }}-extra' }, data: {} },
    ],
    config: { BODY_LIMIT_BYTES: 33_554_432, METRICS_REGISTRY_NAMES: true, SHUTDOWN_GRACE_SECONDS: 60 },
  });
  const { replicas, template } = onlyOf(objects, 'Deployment').spec;
  const { containers, ...pod } = template.spec;
  const [{ env, image, imagePullPolicy, resources, volumeMounts }] = containers;
  t.strictSame(
    { replicas, env, image, imagePullPolicy, resources, volumeMounts },
    {
      replicas: 3,
      env: [
        { name: 'HOST', value: '0.0.0.0' },
        { name: 'PORT', value: '8080' },
        { name: 'BODY_LIMIT_BYTES', value: '33554432' },
        { name: 'METRICS_REGISTRY_NAMES', value: 'true' },
        { name: 'SHUTDOWN_GRACE_SECONDS', value: '60' },
        { name: 'H', value: 'i' },
      ],
      image: `registry.example/hook@sha256:${'a'.repeat(64)}`,
      imagePullPolicy: 'Always',
      resources: { requests: { cpu: '1', memory: '128Mi' } },
      volumeMounts: [{ name: 'j', mountPath: '/j' }],
    },
  );
  t.match(pod, {
    serviceAccountName: 'other',
    imagePullSecrets: [{ name: 'pull' }],
    nodeSelector: { disk: 'fast' },
    tolerations: [{ operator: 'Exists' }],
    affinity: { nodeAffinity: {} },
    topologySpreadConstraints: [{ maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
    priorityClassName: 'high',
    volumes: [{ name: 'j', emptyDir: {} }],
    // As long as calls are accepted, then 10 s for those in flight, and 5 s.
    terminationGracePeriodSeconds: 75,
  });
  t.match(template.metadata, { annotations: { d: 'e' }, labels: { team: 'a', f: 'g' } });
  t.notOk('helm.sh/chart' in template.metadata.labels, 'a new release of the chart alone rolls no pod');
  t.match(onlyOf(objects, 'ServiceAccount').metadata, { name: 'other', annotations: { b: 'c' } });
  t.equal(onlyOf(objects, 'ConfigMap').metadata.name, 'mcpregistry-hook-extra');
  t.ok(
    objects
      .filter(({ kind }) => !['ConfigMap', 'Pod'].includes(kind))
      .every(({ metadata }) => metadata.labels.team === 'a'),
    'every object has the common labels',
  );
  t.end();
});

test('pods name a port for their metrics only where Prometheus gets to it, and is not told of it twice', {
  skip,
}, (t) => {
  const cases: { reason: string; values: object; scrape: string; port?: string; host?: string }[] = [
    { reason: 'nothing chosen', values: {}, scrape: 'true', port: '8080' },
    { reason: 'a ServiceMonitor', values: { serviceMonitor: { enabled: true } }, scrape: 'false' },
    { reason: 'a NetworkPolicy alone', values: { networkPolicy: { enabled: true } }, scrape: 'false' },
    {
      reason: 'the hook listens on the loopback interface, and its metrics on all',
      values: { ...standalone, prometheusRule: { enabled: true } },
      ...{ scrape: 'true', port: '9090', host: '0.0.0.0' },
    },
    {
      reason: 'a PodMonitor',
      values: { ...standalone, serviceMonitor: { enabled: true } },
      ...{ scrape: 'false', host: '0.0.0.0' },
    },
  ];
  for (const { reason, values, scrape, port, host } of cases) {
    const { metadata, spec } = onlyOf(renderChart(values), 'Deployment').spec.template;
    const [{ env, ports }] = spec.containers;
    t.equal(metadata.annotations['prometheus.io/scrape'], scrape, reason);
    if (port) {
      t.equal(metadata.annotations['prometheus.io/port'], port, reason);
      t.equal(ports.filter((each: Rendered) => String(each.containerPort) === port).length, 1, reason);
    }
    t.equal(env.find(({ name }: Rendered) => name === 'METRICS_HOST')?.value, host, reason);
    const names = env.map(({ name }: Rendered) => name);
    t.equal(new Set(names).size, names.length, reason);
  }
  t.end();
});

test('a Metacontroller of its own: a PodMonitor, since there is no Service', { skip }, (t) => {
  const objects = renderChart({ ...standalone, serviceMonitor: { enabled: true, interval: '15s' } });
  const monitor = onlyOf(objects, 'PodMonitor');
  t.doesNotThrow(() => new PodMonitor(monitor).validate());
  t.strictSame(
    objects.filter(({ kind }) => kind === 'ServiceMonitor'),
    [],
  );
  const { metadata, spec } = onlyOf(objects, 'Deployment').spec.template;
  t.match(metadata.labels, monitor.spec.selector.matchLabels);
  t.strictSame(monitor.spec.podMetricsEndpoints, [
    { port: 'metrics', path: '/metrics', interval: '15s', honorLabels: true },
    { port: 'mc-metrics', path: '/metrics', interval: '15s' },
  ]);
  const ports = spec.containers.flatMap((container: Rendered) => container.ports);
  for (const { port } of monitor.spec.podMetricsEndpoints) {
    t.equal(ports.filter(({ name }: Rendered) => name === port).length, 1, port);
  }
  t.end();
});

test('the definition stays when the release goes, unless it is told otherwise', { skip }, (t) => {
  const definition = (values: object) =>
    onlyOf(renderChart(values), 'CustomResourceDefinition').metadata.annotations;
  t.strictSame(definition({}), { 'helm.sh/resource-policy': 'keep' });
  t.equal(definition({ crds: { keep: false } }), undefined);
  t.notOk(namesOf(renderChart({ crds: { enabled: false } })).some((name) => /^Custom/.test(name)));
  t.end();
});

test('roles are aggregated one by one', { skip }, (t) => {
  for (const [value, role] of [
    ['aggregateToView', 'mcpregistry-view'],
    ['aggregateToEdit', 'mcpregistry-edit'],
    ['aggregateToAdmin', 'mcpregistry-admin'],
  ] as const) {
    const aggregated = renderChart({ rbac: { [value]: false } }).filter(
      ({ kind, metadata }) =>
        kind === 'ClusterRole' && Object.keys(metadata.labels).some((key) => key.includes('aggregate-to')),
    );
    t.equal(aggregated.length, 2, value);
    t.notOk(
      aggregated.some(({ metadata }) => metadata.name === role),
      value,
    );
  }
  t.end();
});

test('pods of the chart meet the level "restricted", and no image has a moving tag', { skip }, (t) => {
  for (const values of [secured, standalone]) {
    const objects = renderChart(values);
    const templates = [
      onlyOf(objects, 'Deployment').spec.template,
      ...objects.filter(({ kind }) => kind === 'Pod'),
    ];
    for (const template of templates) {
      t.strictSame(notRestricted(template), []);
      for (const { image } of template.spec.containers) t.match(image, /:v\d+\.\d+\.\d+$/);
    }
  }
  t.end();
});

test('wrong values are refused with what to do', { skip }, (t) => {
  const cases = [
    { reason: 'a misspelt value', values: { replicas: 3 }, says: /replicas/ },
    { reason: 'a misspelt setting', values: { config: { LOGLEVEL: 'info' } }, says: /LOGLEVEL/ },
    { reason: 'a setting out of its range', values: { config: { MAX_CALLS: 0 } }, says: /MAX_CALLS/ },
    {
      reason: 'a setting that another value decides',
      values: { config: { TLS_KEY_FILE: '/a' } },
      says: /TLS_KEY_FILE/,
    },
    {
      reason: 'a kind that there is not',
      values: { children: { cronJob: { enabled: true } } },
      says: /cronJob/,
    },
    {
      reason: 'the name is part of the finalizer',
      values: { compositeController: { name: 'a' } },
      says: /name/,
    },
    ...['a.b', '1a', 'a-', 'A', 'a'.repeat(64)].map((fullnameOverride) => ({
      reason: `no name of a Service: ${fullnameOverride}`,
      values: { fullnameOverride },
      says: /fullnameOverride/,
    })),
    ...['abc', '', '50 %', '2', -1].map((minAvailable) => ({
      reason: `no number and no percentage: ${minAvailable}`,
      values: { podDisruptionBudget: { minAvailable } },
      says: /minAvailable/,
    })),
    { reason: 'a tag that moves', values: { image: { tag: 'latest' } }, says: /tag/ },
    ...['latest', ''].map((tag) => ({
      reason: `a tag of Metacontroller that moves: ${tag}`,
      values: { metacontroller: { standalone: { image: { tag } } } },
      says: /tag/,
    })),
    ...['PORT', 'HOST', 'METRICS_PORT', 'AUTH_BEARER_FILE'].map((name) => ({
      reason: `a variable that other values decide: ${name}`,
      values: { extraEnv: [{ name, value: '1' }] },
      says: /extraEnv/,
    })),
    ...nullable.map((value) => ({
      reason: `what the templates read is taken out: ${value}`,
      values: { [value]: null },
      says: new RegExp(`missing property '${value}'|${value} is required`),
    })),
    {
      reason: 'what the templates read is taken out, further down',
      values: { auth: { token: null } },
      says: /missing property 'token'|token is required/,
    },
    {
      reason: 'labels that are no selector',
      values: { compositeController: { labelSelector: { team: 'a' } } },
      says: /labelSelector.*team|team.*labelSelector/s,
    },
    {
      reason: 'an operator that Metacontroller does not know',
      values: {
        compositeController: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'Gt' }] } },
      },
      says: /matchExpressions/,
    },
    {
      reason: 'credentials on the loopback interface',
      values: { ...standalone, auth: { token: { enabled: true } } },
      says: /auth\.token\.enabled has no use with metacontroller\.standalone\.enabled/,
    },
    {
      reason: 'alerts on metrics that no Prometheus gets to',
      values: { prometheusRule: { enabled: true }, networkPolicy: { enabled: true } },
      says: /prometheusRule\.enabled needs serviceMonitor\.enabled=true with networkPolicy\.enabled/,
    },
    {
      reason: 'two kinds of Authorization',
      values: { auth: { token: { enabled: true }, basic: { enabled: true } } },
      says: /Metacontroller sends one of the two/,
    },
    {
      reason: 'a certificate without TLS',
      values: { auth: { mtls: { enabled: true } } },
      says: /needs tls\.enabled=true/,
    },
    {
      reason: 'no namespace',
      values: { rbac: { scope: 'namespace' } },
      says: /rbac\.allowedNamespaces is empty/,
    },
  ];
  for (const { reason, values, says } of cases) t.match(chartRefusal(values), says, reason);
  t.equal(chartRefusal({}), '');
  for (const values of [
    { fullnameOverride: 'a-1' },
    { podDisruptionBudget: { minAvailable: '50%' } },
    { podDisruptionBudget: { minAvailable: 2 } },
    { image: { tag: 'v1' } },
    { extraEnv: [{ name: 'NODE_OPTIONS', value: '' }] },
    { resources: { limits: null } },
  ]) {
    t.equal(chartRefusal(values), '', JSON.stringify(values));
  }
  t.end();
});

test('a CompositeController that still finalizes is not deleted', { skip }, (t) => {
  const live = (release: string, namespace: string, hooks: object) => ({
    metadata: {
      annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
    },
    spec: { hooks },
  });
  const own = ['mcpregistry-hook', 'mcpregistry-hook'] as const;
  const cases = [
    {
      reason: 'ours, with finalizers that nobody would take off',
      found: live(...own, { sync: {}, finalize: {} }),
      says: /finalize=false first/,
    },
    { reason: 'ours, that has let go', found: live(...own, { sync: {} }), says: /^$/ },
    {
      reason: 'that of another release',
      found: live('other', 'mcpregistry-hook', { finalize: {} }),
      says: /^$/,
    },
    {
      reason: 'one of the same name elsewhere',
      found: live('mcpregistry-hook', 'other', { finalize: {} }),
      says: /^$/,
    },
    { reason: 'one that nobody installed with Helm', found: { metadata: {}, spec: {} }, says: /^$/ },
    { reason: 'none', found: {}, says: /^$/ },
  ];
  for (const { reason, found, says } of cases) {
    t.match(
      refusalBeside(found, 'CompositeController', { compositeController: { enabled: false } }),
      says,
      reason,
    );
  }
  t.end();
});

test('a definition of somebody else is left alone, and one of ours is not deleted with its registries', {
  skip,
}, (t) => {
  const live = (release: string, more: object = {}) => ({
    metadata: {
      annotations: {
        ...{ 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': 'mcpregistry-hook' },
        ...more,
      },
    },
  });
  const kept = { 'helm.sh/resource-policy': 'keep' };
  const off = { crds: { enabled: false } };
  const cases = [
    {
      reason: 'theirs: both ways, and what is to be done before the first',
      found: live('toolhive'),
      values: {},
      says: /belongs to the release toolhive .*crds\.enabled=false, and put.*upgrade with crds\.keep=true first.*crds\.takeOwnership=true/s,
    },
    { reason: 'theirs, and we bring none', found: live('toolhive'), values: off, says: /^$/ },
    {
      reason: 'ours, which nothing keeps',
      found: live('mcpregistry-hook'),
      values: off,
      says: /Helm would delete it, and every registry with it.*crds\.keep=true first/s,
    },
    { reason: 'ours, which is kept', found: live('mcpregistry-hook', kept), values: off, says: /^$/ },
    { reason: 'ours, and it stays', found: live('mcpregistry-hook'), values: {}, says: /^$/ },
    { reason: 'one without annotations', found: { metadata: {} }, values: off, says: /^$/ },
    { reason: 'none', found: {}, values: off, says: /^$/ },
  ];
  for (const { reason, found, values, says } of cases) {
    t.match(refusalBeside(found, 'CustomResourceDefinition', values), says, reason);
  }
  t.end();
});

test('the notes have the next command that works, and no other', { skip }, (t) => {
  const token = { token: { enabled: true, clientSecret: { namespace: 'mc', key: 'k' } } };
  const scoped = (...allowedNamespaces: string[]) => ({ rbac: { scope: 'namespace', allowedNamespaces } });
  const quickstart = /kubectl apply -k .*examples\/quickstart/;
  const plain = notesOf({});
  t.match(plain, quickstart);
  t.match(plain, /To leave/);
  const cases = [
    {
      reason: 'registries that do not match are finalized',
      values: { compositeController: { labelSelector: { matchLabels: { team: 'a' } } } },
      says: [/does not match it is finalized: its servers and all of\nits children are deleted/, quickstart],
    },
    {
      reason: 'both Secrets of a token, with the names and the key of the values',
      values: { auth: token },
      says: [
        /kubectl -n mcpregistry-hook create secret generic mcpregistry-hook-auth --from-literal=tokens="\$token"\n/,
        /kubectl -n mc create secret generic mcpregistry-hook-client --from-literal=k="\$token"\n/,
      ],
      saysNot: [/answers everybody/, /may list and watch all Secrets/],
    },
    {
      reason: 'both Secrets of a password',
      values: { auth: { basic: { enabled: true } } },
      says: [
        /create secret generic mcpregistry-hook-auth --from-literal=users="metacontroller:\$password"\n/,
        /create secret generic mcpregistry-hook-client --from-literal=username=metacontroller --from-literal=password="\$password"\n/,
      ],
    },
    {
      reason: 'both Secrets of certificates',
      values: { tls: { enabled: true }, auth: { mtls: { enabled: true } } },
      says: [
        /create secret generic metacontroller-client-ca --from-file=ca\.crt=/,
        /create secret generic mcpregistry-hook-client --from-file=tls\.crt=/,
      ],
    },
    {
      reason: 'one Secret for Metacontroller with the keys of both ways',
      values: { tls: { enabled: true }, auth: { token: { enabled: true }, mtls: { enabled: true } } },
      says: [
        /\n {2}kubectl -n metacontroller create secret generic mcpregistry-hook-client --from-literal=token="\$token" --from-file=tls\.crt=client\.crt --from-file=tls\.key=client\.key\n/,
      ],
    },
    {
      reason: 'a Secret that Metacontroller may not read',
      values: { auth: token, rbac: { endpointSecrets: false } },
      says: [/may list and watch all Secrets/],
    },
    {
      reason: 'the quickstart is in a namespace where nothing may be written',
      values: scoped('team-a', 'team-b'),
      says: [/looked after in team-a, team-b, and nowhere else/, /mcp-quickstart/],
      saysNot: [quickstart],
    },
    { reason: 'that namespace is allowed', values: scoped('mcp-quickstart'), says: [quickstart] },
    {
      reason: 'nobody calls the hook',
      values: { compositeController: { enabled: false } },
      says: [/nobody looks\nafter registries/],
      saysNot: [quickstart, /To leave/],
    },
    {
      reason: 'leaving',
      values: { compositeController: { finalize: false } },
      says: [/uninstalling strands none of them/],
      saysNot: [quickstart, /To leave/],
    },
  ];
  for (const { reason, values, says, saysNot = [] } of cases) {
    const notes = notesOf(values);
    for (const each of says) t.match(notes, each, reason);
    for (const each of saysNot) t.notMatch(notes, each, reason);
    t.notMatch(notes, /\n{3}|<no value>/, `${reason}: no gaps`);
    t.notMatch(notes, /\n {2}.*\n\S/, `${reason}: an empty line after commands`);
  }
  t.end();
});

test('there is a value for each setting that no other value decides, and for each optional kind', (t) => {
  const settings = Object.keys(Values.properties['config']?.['properties']);
  t.strictSame(
    Object.keys(Settings.properties)
      .filter((name) => !settings.includes(name))
      .sort(),
    [
      ...['AUTH_BASIC_FILE', 'AUTH_BEARER_FILE', 'HOST', 'METRICS_HOST', 'METRICS_PORT', 'PORT'],
      ...['TLS_CERT_FILE', 'TLS_CLIENT_CA_FILE', 'TLS_CLIENT_NAMES', 'TLS_KEY_FILE'],
    ],
  );
  t.strictSame(Object.keys(Values.properties['children']?.['properties']), childComponents);
  t.end();
});
