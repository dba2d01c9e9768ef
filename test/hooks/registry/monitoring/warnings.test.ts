import { quiet, testWarnings } from '../../../support/warnings.ts';

const monitoring = { enabled: true };
const on = { enabled: true, metrics: { enabled: true } };
const typed = (telemetryConfig?: object) => ({
  ...quiet,
  monitoring,
  ...(telemetryConfig && { telemetryConfig }),
});
const raw = (telemetry: string) => ({
  monitoring,
  configYAML: `${telemetry}\nauth: {mode: oauth, authz: {roles: {superAdmin: []}}}`,
});
const off = (...fields: string[]) => [
  `MetricsOff: ${fields.join(', ')}: is not true, so the server has no /metrics and spec.monitoring shows nothing of it: set it to true`,
];
const both = off('spec.telemetryConfig.enabled', 'spec.telemetryConfig.metrics.enabled');

testWarnings([
  { spec: typed(on), expected: [], reason: 'metrics that are on' },
  { spec: typed(), expected: both, reason: 'monitoring without telemetryConfig' },
  { spec: typed({}), expected: both, reason: 'monitoring with an empty telemetryConfig' },
  {
    spec: typed({ ...on, enabled: false }),
    expected: off('spec.telemetryConfig.enabled'),
    reason: 'monitoring with telemetry that is off',
  },
  {
    spec: typed({ enabled: true, tracing: { enabled: true } }),
    expected: off('spec.telemetryConfig.metrics.enabled'),
    reason: 'monitoring with traces alone',
  },
  { spec: { ...typed(), monitoring: { enabled: false } }, expected: [], reason: 'monitoring that is off' },
  { spec: { ...typed(), monitoring: {} }, expected: [], reason: 'monitoring that is off by default' },
  { spec: raw('telemetry: {enabled: true, metrics: {enabled: true}}'), expected: [], reason: 'raw metrics' },
  {
    spec: raw('telemetry: {enabled: true, metrics: {enabled: "true"}}'),
    expected: [],
    reason: 'a raw value of another type, of which it is not known what the server makes of it',
  },
  {
    spec: raw('telemetry: 7'),
    expected: off('spec.configYAML: telemetry.enabled', 'spec.configYAML: telemetry.metrics.enabled'),
    reason: 'raw telemetry that is none',
  },
  {
    spec: raw('telemetry: {enabled: true, metrics: {enabled: false}}'),
    expected: off('spec.configYAML: telemetry.metrics.enabled'),
    reason: 'raw metrics that are off',
  },
]);
