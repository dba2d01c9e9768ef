import { test } from 'tap';
import { startWorld } from '../world.ts';
import { config, ends, read, smallest } from './facts.ts';

const ENDPOINTS: readonly { readonly reason: string; readonly endpoint: string; readonly error?: RegExp }[] =
  [
    { reason: 'a host and a port', endpoint: 'otel-collector.observability:4318' },
    { reason: 'an address and a port', endpoint: '10.96.9.9:4318' },
    { reason: 'an IPv6 address and a port', endpoint: '[::1]:4318' },
    { reason: 'no port: 80, or 443 with TLS', endpoint: 'otel-collector.observability' },
    { reason: 'a port that no host has', endpoint: 'otel-collector:99999' },
    { reason: 'a scheme', endpoint: 'http://otel-collector:4318', error: /invalid port/ },
    { reason: 'a path', endpoint: 'otel-collector:4318/v1/traces', error: /invalid port/ },
    { reason: 'a slash at the end', endpoint: 'otel-collector:4318/', error: /invalid port/ },
    { reason: 'a port that is no number', endpoint: 'otel-collector:otlp', error: /invalid port/ },
    { reason: 'white space', endpoint: 'otel collector:4318', error: /invalid URL escape/ },
    { reason: 'user information', endpoint: 'user@otel-collector:4318', error: /invalid URL escape/ },
  ];

const telemetryConfig = (endpoint: string) => ({
  enabled: true,
  endpoint,
  insecure: true,
  tracing: { enabled: true, sampling: '1' },
  metrics: { enabled: true },
});

test('server 1.5.1 starts with these endpoints of a collector, and ends for others', async (t) => {
  const world = await startWorld(t);
  for (const { reason, endpoint, error } of ENDPOINTS) {
    await t.test(reason, async (t) => {
      const { spec, objects } = smallest({ telemetryConfig: telemetryConfig('otel-collector:4318') });
      const pod = await world.start({
        spec,
        objects,
        config: config((value) => {
          value.telemetry.endpoint = endpoint;
        }),
      });
      t.teardown(pod.kill);
      if (error) t.match(await ends(pod), { code: 1, words: error });
      else await pod.ready();
    });
  }
});

test('server 1.5.1 sends traces and metrics when it ends', async (t) => {
  const world = await startWorld(t);
  const collector = await world.serveCollector('http://otel-collector.observability:4318');
  const pod = await world.start(
    smallest({ telemetryConfig: telemetryConfig('otel-collector.observability:4318') }),
  );
  await pod.ready();
  await read(pod, 'a');
  await pod.view('default');
  await pod.stop();
  t.strictSame([...new Set(collector.requests.map(({ url }) => url))].sort(), ['/v1/metrics', '/v1/traces']);
});

const SWITCHES: readonly {
  readonly reason: string;
  readonly telemetryConfig?: object;
  readonly status: number;
}[] = [
  { reason: 'without telemetry', status: 404 },
  {
    reason: 'while telemetry as a whole is off',
    telemetryConfig: { enabled: false, metrics: { enabled: true } },
    status: 404,
  },
  {
    reason: 'while metrics are off',
    telemetryConfig: { enabled: true, metrics: { enabled: false } },
    status: 404,
  },
  {
    reason: 'while both are on, also if no collector answers',
    telemetryConfig: { enabled: true, metrics: { enabled: true } },
    status: 200,
  },
];

test('server 1.5.1 serves metrics for Prometheus on its internal port while both switches are on', async (t) => {
  const world = await startWorld(t);
  for (const { reason, telemetryConfig, status } of SWITCHES) {
    await t.test(reason, async (t) => {
      const pod = await world.start(smallest(telemetryConfig ? { telemetryConfig } : {}));
      t.teardown(pod.kill);
      await pod.ready();
      const answer = await fetch('http://127.0.0.1:8081/metrics');
      t.equal(answer.status, status);
      if (status === 200) t.match(await answer.text(), /^# TYPE /m);
      t.equal((await pod.get('/metrics')).status, 404, 'the port of the API has none');
    });
  }
});
