import { stringify } from 'yaml';
import { dashboard } from './dashboard.ts';
import { ruleGroups } from './rules.ts';

const WRITTEN = '# Written by `npm run generate` from scripts/monitoring/';
const namespace = 'mcpregistry-hook';
const labels = {
  'app.kubernetes.io/name': 'mcpregistry-hook',
  'app.kubernetes.io/part-of': 'mcpregistry-hook',
};

/** The dashboard as a file that Grafana imports. */
export const dashboardText = () => `${JSON.stringify(dashboard(), null, 2)}\n`;

/** The generated files of manifests/monitoring, by their path in the checkout. */
export const monitoringFiles: ReadonlyMap<string, () => string> = new Map([
  ['manifests/monitoring/dashboard.json', dashboardText],
  [
    'manifests/monitoring/dashboard-config-map.yaml',
    () =>
      `${WRITTEN}dashboard.ts.
# The sidecar of Grafana's Helm chart loads it by its label, in the namespaces that it watches.
${stringify(
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'mcpregistry-hook-dashboard',
      namespace,
      labels: { ...labels, grafana_dashboard: '1' },
    },
    data: { 'mcpregistry-hook.json': dashboardText() },
  },
  // Not every reader of YAML takes the same text from a folded one.
  { blockQuote: 'literal' },
)}`,
  ],
  [
    'manifests/monitoring/prometheus-rule.yaml',
    () =>
      `${WRITTEN}rules.ts; docs/runbook.md says what to do about each alert.
${stringify(
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'mcpregistry-hook', namespace, labels },
    spec: { groups: ruleGroups },
  },
  { lineWidth: 0 },
)}`,
  ],
]);
