import { test } from 'tap';
import { buildDesired } from '../../../hooks/desired.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { context } from '../../support/requests.ts';

const http = { containerPort: 8080, name: 'http', protocol: 'TCP' };
const internal = { containerPort: 8081, name: 'internal', protocol: 'TCP' };

const cases: { reason: string; healthPort?: number; containers?: object[]; ports: object[] }[] = [
  { reason: 'monitoring finds the internal port by its name', ports: [http, internal] },
  {
    reason: 'servers before v1.1.0 have no internal port: it is that of the API',
    healthPort: 8080,
    ports: [http],
  },
  {
    reason: "the name that a user gave it stays, with the user's own fields",
    containers: [{ name: 'registry-api', ports: [{ containerPort: 8081, name: 'metrics', hostPort: 9 }] }],
    ports: [http, { ...internal, name: 'metrics', hostPort: 9 }],
  },
  {
    reason: 'the API server refuses two ports of one name: a port of the user that has it keeps it',
    containers: [{ name: 'registry-api', ports: [{ containerPort: 9000, name: 'internal' }] }],
    ports: [{ containerPort: 9000, name: 'internal' }, http],
  },
  {
    reason: 'another container has names of its own',
    containers: [{ name: 'side', image: 'i', ports: [{ containerPort: 9000, name: 'internal' }] }],
    ports: [http, internal],
  },
  {
    reason: 'a user may remove it',
    containers: [{ name: 'registry-api', ports: [{ containerPort: 8081, $patch: 'delete' }] }],
    ports: [http],
  },
];

for (const { reason, healthPort = context.defaults.healthPort, containers, ports } of cases) {
  test(`ports of the server: ${reason}`, async (t) => {
    const spec = deepFreeze({
      registries: [{ name: 'a', configMapRef: { name: 'c', key: 'k' } }],
      ...(containers ? { podTemplateSpec: { spec: { containers } } } : {}),
    });
    const desired = buildDesired({ name: 'a', namespace: 'n' }, spec, { ...context.defaults, healthPort });
    t.strictSame(desired.problems, undefined);
    const found = desired.children?.byKind.Deployment.spec.template.spec?.containers.find(
      ({ name }) => name === 'registry-api',
    );
    t.strictSame(found?.ports, ports);
  });
}

const optional = {
  service: { internalPort: true },
  monitoring: { enabled: true },
  networkPolicy: { from: [{ podSelector: {} }] },
};

/** How the Service, the NetworkPolicy and the PodMonitor lead to the internal port. */
const followers: { reason: string; healthPort?: number; container?: object; expected: unknown }[] = [
  {
    reason: 'by its name and number',
    expected: { service: 'internal', policy: [8080, 8081], monitor: 'internal' },
  },
  {
    reason: 'by the name that a user gave it',
    container: { ports: [{ containerPort: 8081, name: 'metrics' }] },
    expected: { service: 'metrics', policy: [8080, 8081], monitor: 'metrics' },
  },
  {
    reason: 'and not to another port that has its name',
    container: { ports: [{ containerPort: 9000, name: 'internal' }] },
    expected: { service: 8081, policy: [8080, 8081], monitor: 'http' },
  },
  {
    reason: 'where it is that of the API, nobody else is let in',
    healthPort: 8080,
    expected: { service: undefined, policy: [8080], monitor: 'http' },
  },
  {
    reason: 'without a probe, by its name',
    container: { readinessProbe: null },
    expected: { service: 'internal', policy: [8080, 8081], monitor: 'internal' },
  },
];

for (const { reason, healthPort = context.defaults.healthPort, container, expected } of followers) {
  test(`what leads to the internal port: ${reason}`, async (t) => {
    const spec = deepFreeze({
      sources: [{ name: 'a', managed: {} }],
      registries: [{ name: 'v', sources: ['a'] }],
      ...optional,
      ...(container && {
        podTemplateSpec: { spec: { containers: [{ name: 'registry-api', ...container }] } },
      }),
    });
    const defaults = { ...context.defaults, healthPort };
    const { children } = buildDesired({ name: 'a', namespace: 'n' }, spec, defaults);
    const { Service, NetworkPolicy, PodMonitor } = children?.byKind ?? {};
    t.strictSame(
      {
        service: Service?.spec.ports?.find(({ name }) => name === 'internal')?.targetPort,
        policy: NetworkPolicy?.spec.ingress?.flatMap(({ ports = [] }) => ports.map(({ port }) => port)),
        monitor: PodMonitor?.spec.podMetricsEndpoints?.[0]?.port,
      },
      expected,
    );
  });
}
