import { test } from 'tap';
import { podMonitor } from '../../../hooks/children/pod-monitor.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { context } from '../../support/requests.ts';

const identity = { name: 'a', namespace: 'n' };
const specOf = (container: object, monitoring: object = {}) =>
  deepFreeze({
    configYAML: 'a: 1',
    monitoring: { enabled: true, ...monitoring },
    podTemplateSpec: { spec: { containers: [{ name: 'registry-api', ...container }] } },
  });
const monitorOf = (spec: unknown, healthPort = context.defaults.healthPort) => {
  const { children, problems } = buildDesired(identity, spec, { ...context.defaults, healthPort });
  const monitor = children?.byKind.PodMonitor;
  if (!monitor) throw new Error(JSON.stringify(problems));
  return monitor;
};

const ports: { reason: string; container?: object; healthPort?: number; port: string }[] = [
  { reason: 'the internal port', port: 'internal' },
  {
    reason: 'that of the API, where a setting says that the server has no other',
    healthPort: 8080,
    port: 'http',
  },
  {
    reason: 'the internal port under the name that the user gave it',
    container: { ports: [{ containerPort: 8081, name: 'metrics' }] },
    port: 'metrics',
  },
  {
    reason: 'the internal port where the probe of the user asks it by its name',
    container: { readinessProbe: { httpGet: { path: '/readiness', port: 'internal' } } },
    port: 'internal',
  },
];

for (const { reason, container = {}, healthPort, port } of ports) {
  test(`Prometheus reads ${reason}`, async (t) => {
    t.strictSame(monitorOf(specOf(container), healthPort).spec, {
      podMetricsEndpoints: [{ path: '/metrics', port }],
      selector: {
        matchLabels: { 'app.kubernetes.io/component': 'registry-api', 'app.kubernetes.io/name': 'a-api' },
      },
    });
  });
}

test('there is a PodMonitor only where it is enabled', async (t) => {
  for (const monitoring of [undefined, {}, { enabled: false, interval: '1m', labels: { a: 'b' } }]) {
    const spec = { configYAML: 'a: 1', ...(monitoring && { monitoring }) };
    t.equal(buildDesired(identity, spec, context.defaults).children?.byKind.PodMonitor, undefined);
  }
});

test('it is as desired with the labels by which a Prometheus selects it', async (t) => {
  const desired = monitorOf(specOf({}, { labels: { release: 'x' } }));
  const { labels = {} } = desired.metadata;
  t.strictSame(Object.keys(labels), [...Object.keys(labels)].sort(), 'sorted');
  const isAsDesired = (observed: object) =>
    podMonitor.isAsDesired({ ...desired, ...observed } as never, desired, undefined);
  t.ok(isAsDesired({ metadata: { ...desired.metadata, labels: { ...labels, 'controller-uid': 'u' } } }));
  t.notOk(isAsDesired({ metadata: { ...desired.metadata, labels: { ...labels, release: 'y' } } }));
  t.notOk(isAsDesired({ metadata: { ...desired.metadata, labels: undefined } }));
  t.notOk(isAsDesired({ spec: {} }));
});
