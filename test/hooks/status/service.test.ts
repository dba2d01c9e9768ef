import { test } from 'tap';
import type { KubernetesObject } from '../../../hooks/contract/kubernetes.ts';
import { sync } from '../../../hooks/sync.ts';
import { changed, context, edited, recorded, withOurChildren } from '../../support/requests.ts';

/** What is said of a registry while its Service is not yet as the spec has it. */

const ready = withOurChildren(recorded('create', 5));
const urlOf = (port: number) => `http://production-api.mcp-system:${port}`;
const plain = { name: 'http', port: 8080, protocol: 'TCP', targetPort: 'http' };
const internal = { name: 'internal', port: 8081, protocol: 'TCP', targetPort: 'internal' };
const annotations = { 'example.com/a': 'b' };

const applying = 'Registry API is serving requests; changes are being applied';
const running = 'Registry API is ready and serving requests';

const cases: readonly {
  reason: string;
  service: object;
  /** Of the Service that is observed. */
  spec?: object;
  annotated?: Record<string, string>;
  written?: unknown;
  wasReady?: boolean;
  expect: { phase: string; url?: string; message: string };
}[] = [
  {
    reason: 'the old port is reached until the new one is there',
    service: { port: 80 },
    expect: { phase: 'Running', url: urlOf(8080), message: applying },
  },
  {
    reason: 'a registry that was not Ready has no port before',
    service: { port: 80 },
    wasReady: false,
    written: undefined,
    expect: {
      phase: 'Pending',
      message: 'Registry API is not reachable yet; waiting for Service production-api',
    },
  },
  {
    reason: 'a url of another port, which the Service does not have',
    service: { port: 80 },
    written: urlOf(9090),
    expect: {
      phase: 'Pending',
      message: 'Registry API is not reachable yet; waiting for Service production-api',
    },
  },
  {
    reason: 'a url of any type',
    service: { port: 80 },
    written: { no: 'text' },
    expect: {
      phase: 'Pending',
      message: 'Registry API is not reachable yet; waiting for Service production-api',
    },
  },
  {
    reason: 'the new port is there',
    service: { port: 80 },
    spec: { ports: [{ ...plain, port: 80, nodePort: 30_000 }] },
    expect: { phase: 'Running', url: urlOf(80), message: running },
  },
  {
    reason: 'both are there: the new one counts',
    service: { port: 80 },
    spec: { ports: [plain, { ...plain, name: 'new', port: 80 }] },
    expect: { phase: 'Running', url: urlOf(80), message: running },
  },
  {
    reason: 'the internal port is missing',
    service: { internalPort: true },
    expect: { phase: 'Running', url: urlOf(8080), message: applying },
  },
  {
    reason: 'the internal port leads elsewhere',
    service: { internalPort: true },
    spec: { ports: [plain, { ...internal, targetPort: 'http' }] },
    expect: { phase: 'Running', url: urlOf(8080), message: applying },
  },
  {
    reason: 'the internal port is there',
    service: { internalPort: true },
    spec: { ports: [internal, plain] },
    expect: { phase: 'Running', url: urlOf(8080), message: running },
  },
  {
    reason: 'another type, which a quota may refuse',
    service: { type: 'LoadBalancer' },
    expect: { phase: 'Running', url: urlOf(8080), message: applying },
  },
  {
    reason: 'the type is there',
    service: { type: 'LoadBalancer' },
    spec: { type: 'LoadBalancer' },
    expect: { phase: 'Running', url: urlOf(8080), message: running },
  },
  {
    reason: 'annotations are missing',
    service: { annotations },
    expect: { phase: 'Running', url: urlOf(8080), message: applying },
  },
  {
    reason: 'annotations are there',
    service: { annotations },
    annotated: { ...annotations, more: 'x' },
    expect: { phase: 'Running', url: urlOf(8080), message: running },
  },
  {
    reason: 'a cluster that ignores trafficDistribution',
    service: { trafficDistribution: 'PreferClose' },
    expect: { phase: 'Running', url: urlOf(8080), message: running },
  },
];

for (const { reason, service, spec, annotated, expect, wasReady = true, ...rest } of cases) {
  test(reason, async (t) => {
    const url = 'written' in rest ? rest.written : urlOf(8080);
    const request = changed(edited(ready, { ...(ready.parent.spec as object), service }), (copy) => {
      const status = wasReady ? 'True' : 'False';
      const since = '2026-11-24T05:59:59Z';
      copy.parent.status = {
        url,
        conditions: [{ type: 'Ready', status, observedGeneration: 1, lastTransitionTime: since }],
      };
      const found = copy.children['Service.v1']?.['production-api'] as unknown as KubernetesObject & {
        spec: object;
        metadata: { annotations?: object };
      };
      Object.assign(found.spec, spec);
      found.metadata.annotations = { ...found.metadata.annotations, ...annotated };
    });
    const { phase, message, url: said } = sync(request, context).status;
    t.strictSame({ phase, message, ...(said === undefined ? {} : { url: said }) }, expect);
  });
}
