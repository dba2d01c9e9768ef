import { test } from 'tap';
import { readSpec } from '../../../support/read-spec.ts';
import { testRefusals, typed } from '../../../support/refusals.ts';

const withEndpoint = (endpoint: string, enabled = true) => ({
  ...typed,
  telemetryConfig: { enabled, endpoint },
});

testRefusals(
  [
    'http://collector:4318',
    'https://collector:4318',
    'collector',
    'collector:',
    'collector:4318/',
    'collector:4318/v1/traces',
    'collector:otlp',
    'collector:0',
    'collector:65536',
    'user@collector:4318',
    'a b:4318',
    'a:b:4318',
    '[::1:4318',
    'collector:4318?x',
  ].map((endpoint) => ({
    spec: withEndpoint(endpoint),
    expected: `spec.telemetryConfig.endpoint: must be host:port, such as otel-collector:4318, without http:// and a path, found "${endpoint}"`,
    reason: `a collector that the server can't call, ${endpoint}`,
  })),
);

test('collectors that the server can call are accepted, and any where it calls none', async (t) => {
  for (const endpoint of ['collector:4318', 'a.b.svc:65535', '1.2.3.4:1', '[::1]:4318', ':4318']) {
    t.strictSame(readSpec(withEndpoint(endpoint)).problems, undefined, endpoint);
  }
  t.strictSame(readSpec(withEndpoint('http://collector', false)).problems, undefined);
  t.strictSame(readSpec({ ...typed, telemetryConfig: { endpoint: 'http://x' } }).problems, undefined);
});
