import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { test } from 'tap';
import { parse, stringify } from 'yaml';
import { panels } from '../../scripts/monitoring/dashboard.ts';
import { alerts, ruleGroups, runbookUrl } from '../../scripts/monitoring/rules.ts';
import { recording } from '../fixtures/recordings.ts';
import { testApp } from '../support/app.ts';
import { anchorOf, documentOf, headingsOf, sectionOf } from '../support/documents.ts';
import { manifestText } from '../support/manifests.ts';

const ruleOf = (name: string) => {
  const found = alerts.find(({ alert }) => alert === name);
  if (!found) throw new Error(`there is no alert ${name}`);
  return found;
};

test('Kubernetes accepts the objects', (t) => {
  const monitor = parse(manifestText('monitoring/service-monitor.yaml'));
  const rule = parse(manifestText('monitoring/prometheus-rule.yaml'));
  t.doesNotThrow(() => new ServiceMonitor(monitor).validate());
  t.doesNotThrow(() => new PrometheusRule(rule).validate());
  const service = parse(manifestText('base/service.yaml'));
  t.strictSame(monitor.metadata.namespace, service.metadata.namespace);
  const { metadata, data } = parse(manifestText('monitoring/dashboard-config-map.yaml'));
  t.equal(metadata.labels.grafana_dashboard, '1');
  t.strictSame(data, { 'mcpregistry-hook.json': manifestText('monitoring/dashboard.json') });
  t.ok(Buffer.byteLength(data['mcpregistry-hook.json']) < 262_144, 'a client-side apply has room for it');
  t.end();
});

test('every alert has a section of the runbook, and each section an alert', (t) => {
  const headings = headingsOf(documentOf('docs/runbook.md'));
  for (const { alert } of alerts) {
    t.ok(headings.includes(alert), alert);
    t.equal(new URL(runbookUrl(alert)).hash, `#${anchorOf(alert)}`);
    t.match(sectionOf(documentOf('docs/runbook.md'), alert), /```sh\n/, `${alert} has a command`);
  }
  t.strictSame(
    headings.filter((heading) => heading.startsWith('MCPRegistry')),
    alerts.map(({ alert }) => alert),
  );
  t.end();
});

/** The names of metrics in a text, with the labels in their selectors. */
function metricsIn(expr: string): { name: string; labels: string[] }[] {
  return [...expr.matchAll(/\b((?:mcpregistry_hook|nodejs|process)_\w+)(?![\w:])(?:\{([^}]*)\})?/g)].map(
    ([, name = '', selector = '']) => ({
      name,
      labels: [...selector.matchAll(/(\w+)(?:=|!=|=~|!~)"/g)].map(([, label = '']) => label),
    }),
  );
}

test('every metric and label that a rule or the dashboard names exists', async (t) => {
  const { app } = testApp({ environment: { METRICS_REGISTRY_NAMES: 'true' } });
  // One call that is not settled, one that is refused.
  const waiting = recording('create', 1).request as object;
  await app.inject({ method: 'POST', url: '/sync', payload: waiting });
  await app.inject({ method: 'POST', url: '/sync', payload: {} });
  const { payload } = await app.inject('/metrics');
  const types = new Map(
    [...payload.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  );
  const labelsOf = (name: string) =>
    [...payload.matchAll(new RegExp(`^${name}\\{([^}]*)\\}`, 'gm'))].flatMap(([, all = '']) =>
      [...all.matchAll(/(\w+)="/g)].map(([, label]) => label),
    );
  const exprs = [
    ...ruleGroups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ...panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
  ];
  const used = exprs.flatMap(metricsIn);
  t.ok(used.length > 25, 'they are found');
  for (const { name, labels } of used) {
    const family = name.replace(/_bucket$/, '');
    t.ok(types.has(family), name);
    // A metric without any line yet can't be looked at.
    const known = labelsOf(name);
    if (known.length === 0) continue;
    t.strictSame(
      labels.filter((label) => label !== 'job' && !known.includes(label)),
      [],
      `${name} has the labels`,
    );
  }
  const unused = [...types.keys()].filter(
    (name) => name.startsWith('mcpregistry_hook') && !used.some((each) => each.name.startsWith(name)),
  );
  t.strictSame(
    unused,
    [
      'mcpregistry_hook_frozen_answers_total',
      'mcpregistry_hook_shed_calls_total',
      'mcpregistry_hook_registry_phase_omitted',
    ],
    'all others are shown or alerted on',
  );
});

/** A series as promtool writes one, and its values, one a minute. */
type Series = Readonly<Record<string, string>>;

interface Case {
  readonly reason: string;
  readonly alert: string;
  readonly series: Series;
  /** When the alert is looked at, in minutes. */
  readonly at: number;
  readonly firing: readonly { readonly labels: Series; readonly description: string }[];
}

const up: Series = { 'mcpregistry_hook_build_info{job="hook",instance="a"}': '1x2000' };
const unsettled = (labels: string, instance = 'a') =>
  `mcpregistry_hook_unsettled_registries{job="hook",instance="${instance}",${labels}}`;
const long = (minutes: number, labels: string, instance = 'a') =>
  `mcpregistry_hook_long_unsettled_registries{job="hook",instance="${instance}",minutes="${minutes}",${labels}}`;
const calls = (labels: string) => `mcpregistry_hook_calls_total{job="hook",instance="a",${labels}}`;
const lastCall = (instance: string) =>
  `mcpregistry_hook_last_call_timestamp_seconds{job="hook",instance="${instance}"}`;
const registries = (instance: string) =>
  `mcpregistry_hook_registries{job="hook",instance="${instance}",phase="Running"}`;
const finalized = (instance: string) =>
  `mcpregistry_hook_calls_total{job="hook",instance="${instance}",hook="finalize",outcome="finalized",code="200"}`;
const SILENT =
  'There are MCPRegistries, but for 51m 0s no call came for any of them. Registries keep serving, but no change is applied and no status is right.';

const cases: readonly Case[] = [
  {
    reason: 'a registry is not ready for long; two instances saw it',
    alert: 'MCPRegistryNotReady',
    series: {
      [long(15, 'phase="Pending",stalled="false",reason="NotReady"')]: '_x15 2x30',
      [long(15, 'phase="Pending",stalled="false",reason="NotReady"', 'b')]: '_x15 1x30',
      [long(15, 'phase="Pending",stalled="true",reason="ChildNotApplied"', 'b')]: '_x15 1x30',
    },
    at: 22,
    firing: [
      {
        labels: { phase: 'Pending' },
        description:
          'At least 3 MCPRegistries have not been ready for over 15 minutes, and are Pending: nothing is served there.',
      },
    ],
  },
  {
    reason: 'another instance saw it become ready, and this one forgets it five minutes later',
    alert: 'MCPRegistryNotReady',
    series: { [long(15, 'phase="Pending",stalled="false",reason="NotReady"')]: '_x15 1x4 stale' },
    at: 22,
    firing: [],
  },
  {
    reason:
      'in a busy fleet some registry is always starting, and some failed at their start, but none for long',
    alert: 'MCPRegistryNotReady',
    series: {
      [unsettled('phase="Pending",stalled="false",reason="NotReady"')]: '3 5 2 1 4 3 2 6 1 2x500',
      [unsettled('phase="Failed",stalled="true",reason="PodsFailing"')]: '1 0 2 1 1 1 2 1 1x500',
    },
    at: 300,
    firing: [],
  },
  {
    reason: 'a rollout while old pods serve, and an invalid spec, are not that',
    alert: 'MCPRegistryNotReady',
    series: {
      [long(15, 'phase="Running",stalled="false",reason="Progressing"')]: '1x30',
      [long(15, 'phase="Failed",stalled="true",reason="InvalidSpec"')]: '1x30',
    },
    at: 30,
    firing: [],
  },
  {
    reason: 'a registry is stalled, and its old pods serve',
    alert: 'MCPRegistryStalled',
    series: {
      [long(15, 'phase="Running",stalled="true",reason="ImagePullBackOff"')]: '1x30',
      [long(15, 'phase="Running",stalled="false",reason="Progressing"')]: '1x30',
      [long(15, 'phase="Failed",stalled="true",reason="InvalidSpec"')]: '1x30',
    },
    at: 7,
    firing: [
      {
        labels: { reason: 'ImagePullBackOff' },
        description:
          'At least 1 MCPRegistries are Stalled and have not been settled for over 15 minutes, with the reason ImagePullBackOff. The status of each says what to do.',
      },
    ],
  },
  {
    reason: 'some registry is always stalled, but none for long',
    alert: 'MCPRegistryStalled',
    series: { [unsettled('phase="Running",stalled="true",reason="ImagePullBackOff"')]: '1x500' },
    at: 300,
    firing: [],
  },
  {
    reason: 'a spec is invalid for long',
    alert: 'MCPRegistrySpecInvalid',
    series: { [long(120, 'phase="Failed",stalled="true",reason="InvalidSpec"')]: '1x150' },
    at: 46,
    firing: [
      {
        labels: { reason: 'InvalidSpec' },
        description:
          'At least 1 MCPRegistries have had an invalid spec for over two hours (InvalidSpec). What ran before still runs, but no change is applied.',
      },
    ],
  },
  {
    reason: 'specs that are corrected within two hours, one after the other',
    alert: 'MCPRegistrySpecInvalid',
    series: {
      [unsettled('phase="Failed",stalled="true",reason="InvalidSpec"')]: '1x500',
      [long(15, 'phase="Failed",stalled="true",reason="InvalidSpec"')]: '1x500',
    },
    at: 400,
    firing: [],
  },
  {
    reason: 'a deletion does not end',
    alert: 'MCPRegistryTerminating',
    series: { [long(30, 'phase="Terminating",stalled="false",reason="Terminating"')]: '1x40' },
    at: 7,
    firing: [
      {
        labels: { phase: 'Terminating' },
        description: 'At least 1 MCPRegistries have been Terminating for over 30 minutes.',
      },
    ],
  },
  {
    reason: 'registries are deleted all the time, and go',
    alert: 'MCPRegistryTerminating',
    series: {
      [unsettled('phase="Terminating",stalled="false",reason="Terminating"')]: '5x500',
      [long(15, 'phase="Terminating",stalled="false",reason="Terminating"')]: '1x500',
    },
    at: 300,
    firing: [],
  },
  {
    reason: 'no instance is there',
    alert: 'MCPRegistryHookDown',
    series: { 'mcpregistry_hook_build_info{job="hook",instance="a"}': '1x5 stale' },
    at: 20,
    firing: [
      {
        labels: {},
        description:
          'Prometheus has not reached any instance of mcpregistry-hook for 10 minutes. Registries keep serving, but no change is applied and no status is right.',
      },
    ],
  },
  { reason: 'one of two instances is there', alert: 'MCPRegistryHookDown', series: up, at: 20, firing: [] },
  {
    reason: 'no call for 45 minutes',
    alert: 'MCPRegistryHookSilence',
    series: { ...up, [registries('a')]: '3x100', [lastCall('a')]: '540x100' },
    at: 60,
    firing: [{ labels: {}, description: SILENT }],
  },
  {
    reason: 'calls come, to one of two instances',
    alert: 'MCPRegistryHookSilence',
    series: {
      ...up,
      [registries('a')]: '3x100',
      [lastCall('a')]: '540x100',
      [lastCall('b')]: '0+60x100',
      [registries('b')]: '3x100',
    },
    at: 60,
    firing: [],
  },
  {
    reason: 'all instances were started again meanwhile, and know of no registry',
    alert: 'MCPRegistryHookSilence',
    series: {
      [registries('a')]: '3x20 stale',
      [lastCall('a')]: '540x20 stale',
      'mcpregistry_hook_build_info{job="hook",instance="b"}': '_x20 1x100',
      [registries('b')]: '_x20 0x100',
    },
    at: 60,
    firing: [{ labels: {}, description: SILENT }],
  },
  {
    reason: 'the instance forgot its registries, because it was not called for them',
    alert: 'MCPRegistryHookSilence',
    series: { ...up, [registries('a')]: '3x180 0x300', [lastCall('a')]: '540x500' },
    at: 300,
    firing: [{ labels: {}, description: SILENT.replace('51m 0s', '4h 51m 0s') }],
  },
  {
    reason: 'the last registry was deleted, of which only one instance heard',
    alert: 'MCPRegistryHookSilence',
    series: {
      ...up,
      [registries('a')]: '3x9 0x100',
      [lastCall('a')]: '540x100',
      [finalized('a')]: '0x8 3x100',
      [registries('b')]: '3x100',
      [lastCall('b')]: '480x100',
    },
    at: 60,
    firing: [],
  },
  {
    reason:
      'the last registry was deleted long after others, and the other instance remembers it for three hours',
    alert: 'MCPRegistryHookSilence',
    series: {
      ...up,
      [registries('a')]: '3x19 2x79 1x59 0x300',
      [finalized('a')]: '0x19 1x79 2x59 3x300',
      [lastCall('a')]: '0+60x160 9600x300',
      [registries('b')]: '3x180 1x100 0x300',
      [lastCall('b')]: '480x500',
    },
    at: 230,
    firing: [],
  },
  {
    reason:
      'the last call was for a registry that is gone, and its instance knows no other; another one does',
    alert: 'MCPRegistryHookSilence',
    series: {
      ...up,
      [registries('a')]: '1x9 0x100',
      [finalized('a')]: '0x8 1x100',
      [lastCall('a')]: '540x100',
      [registries('b')]: '3x100',
      [finalized('b')]: '0x100',
      [lastCall('b')]: '480x100',
    },
    at: 60,
    firing: [{ labels: {}, description: SILENT }],
  },
  {
    reason: 'the instance that finalized the only registry was replaced, and another one still knows it',
    alert: 'MCPRegistryHookSilence',
    series: {
      [registries('a')]: '1x8 0x10 stale',
      [finalized('a')]: '0x8 1x10 stale',
      [lastCall('a')]: '540x19 stale',
      'mcpregistry_hook_build_info{job="hook",instance="b"}': '1x100',
      [registries('b')]: '1x100',
      [finalized('b')]: '0x100',
      [lastCall('b')]: '480x100',
    },
    at: 60,
    firing: [],
  },
  {
    reason: 'there never was a registry',
    alert: 'MCPRegistryHookSilence',
    series: { ...up, [registries('a')]: '0x100' },
    at: 90,
    firing: [],
  },
  {
    reason: 'calls fail',
    alert: 'MCPRegistryHookCallsFailing',
    series: { [calls('hook="sync",outcome="failed",code="500"')]: '0+1x60' },
    at: 25,
    firing: [
      {
        labels: { hook: 'sync' },
        description:
          'Calls of the hook sync have failed for 10 minutes. The registries in question stay as they are.',
      },
    ],
  },
  {
    reason: 'calls failed some time ago',
    alert: 'MCPRegistryHookCallsFailing',
    series: { [calls('hook="sync",outcome="failed",code="500"')]: '0 5x60' },
    at: 25,
    firing: [],
  },
  {
    reason: 'every call is refused',
    alert: 'MCPRegistryHookCallsRefused',
    series: { [calls('hook="sync",outcome="refused",code="401"')]: '0+6x60' },
    at: 25,
    firing: [
      {
        labels: { code: '401' },
        description:
          '100% of all calls have been answered with 401 for 10 minutes: Metacontroller and the hook do not agree, or somebody else calls.',
      },
    ],
  },
  {
    reason: 'one call in fifty is refused',
    alert: 'MCPRegistryHookCallsRefused',
    series: {
      [calls('hook="sync",outcome="refused",code="400"')]: '0+1x60',
      [calls('hook="sync",outcome="settled",code="200"')]: '0+49x60',
    },
    at: 25,
    firing: [],
  },
  {
    reason: 'a quarter of the calls is shed',
    alert: 'MCPRegistryHookCallsShed',
    series: {
      [calls('hook="sync",outcome="shed",code="429"')]: '0+10x60',
      [calls('hook="sync",outcome="settled",code="200"')]: '0+30x60',
    },
    at: 30,
    firing: [
      {
        labels: {},
        description:
          '25% of all calls have been answered with 429 for 15 minutes. Metacontroller repeats them, so changes are late.',
      },
    ],
  },
  {
    reason: 'a burst that is over',
    alert: 'MCPRegistryHookCallsShed',
    series: {
      [calls('hook="sync",outcome="shed",code="429"')]: '0 100x60',
      [calls('hook="sync",outcome="settled",code="200"')]: '0+30x60',
    },
    at: 30,
    firing: [],
  },
  {
    reason: 'the event loop of the hook lags; that of another program is not ours',
    alert: 'MCPRegistryHookEventLoopLagging',
    series: {
      ...up,
      'nodejs_eventloop_lag_mean_seconds{job="hook",instance="a"}': '0.25x60',
      'nodejs_eventloop_lag_mean_seconds{job="other",instance="a"}': '0.5x60',
    },
    at: 11,
    firing: [
      {
        labels: { job: 'hook', instance: 'a' },
        description:
          'The event loop of a has taken 250ms a round for 10 minutes, where 0.04 s is none. Above MAX_LAG_MS it sheds calls.',
      },
    ],
  },
  {
    reason: 'an event loop that is idle',
    alert: 'MCPRegistryHookEventLoopLagging',
    series: { ...up, 'nodejs_eventloop_lag_mean_seconds{job="hook",instance="a"}': '0.041x60' },
    at: 30,
    firing: [],
  },
  {
    reason: 'a certificate expires in less than a week; another one later',
    alert: 'MCPRegistryHookCertificateExpiring',
    series: {
      'mcpregistry_hook_certificate_expiry_timestamp_seconds{instance="a",setting="TLS_CERT_FILE"}': `${2 * 86_400}x100`,
      'mcpregistry_hook_certificate_expiry_timestamp_seconds{instance="a",setting="TLS_CLIENT_CA_FILE"}': `${30 * 86_400}x100`,
    },
    at: 61,
    firing: [
      {
        labels: { setting: 'TLS_CERT_FILE' },
        description:
          'A certificate in the file of TLS_CERT_FILE expires in 1d 22h 59m 0s. Metacontroller then refuses the hook, or the hook refuses Metacontroller.',
      },
    ],
  },
  {
    reason: 'a certificate has expired',
    alert: 'MCPRegistryHookCertificateExpiring',
    series: {
      'mcpregistry_hook_certificate_expiry_timestamp_seconds{instance="a",setting="TLS_CERT_FILE"}': `${45 * 60}x300`,
    },
    at: 194,
    firing: [
      {
        labels: { setting: 'TLS_CERT_FILE' },
        description:
          'A certificate in the file of TLS_CERT_FILE expired 2h 29m 0s ago. Metacontroller refuses the hook, or the hook refuses Metacontroller.',
      },
    ],
  },
  {
    reason: 'it is renewed within the hour',
    alert: 'MCPRegistryHookCertificateExpiring',
    series: {
      'mcpregistry_hook_certificate_expiry_timestamp_seconds{instance="a",setting="TLS_CERT_FILE"}': `86400x30 ${90 * 86_400}x60`,
    },
    at: 61,
    firing: [],
  },
  {
    reason: 'a file can not be used',
    alert: 'MCPRegistryHookFileReloadFailed',
    series: { 'mcpregistry_hook_file_reload_failed{instance="a",setting="AUTH_BEARER_FILE"}': '1x30' },
    at: 11,
    firing: [
      {
        labels: { setting: 'AUTH_BEARER_FILE' },
        description:
          'The file of AUTH_BEARER_FILE has not been usable for 10 minutes. Its previous content stays in use until the process is started again, which then fails.',
      },
    ],
  },
  {
    reason: 'all files can be used',
    alert: 'MCPRegistryHookFileReloadFailed',
    series: { 'mcpregistry_hook_file_reload_failed{instance="a",setting="AUTH_BEARER_FILE"}': '0x30' },
    at: 30,
    firing: [],
  },
];

test('every alert has a case in which it fires, and one in which it does not', (t) => {
  const named = (fires: boolean) =>
    new Set(cases.filter(({ firing }) => firing.length > 0 === fires).map(({ alert }) => alert));
  const all = alerts.map(({ alert }) => alert);
  t.strictSame(
    all.filter((alert) => !named(true).has(alert)),
    [],
  );
  t.strictSame(
    all.filter((alert) => !named(false).has(alert)),
    [],
  );
  t.end();
});

const promtool = process.env['PROMTOOL'] ?? 'promtool';
const hasPromtool = spawnSync(promtool, ['--version']).status === 0;

test('Prometheus evaluates the rules as they are meant', {
  skip: hasPromtool ? false : 'there is no promtool: apt-get install prometheus, or name it in PROMTOOL',
}, (t) => {
  const folder = t.testdir();
  writeFileSync(join(folder, 'rules.yaml'), stringify({ groups: ruleGroups }));
  const checked = spawnSync(promtool, ['check', 'rules', join(folder, 'rules.yaml')], { encoding: 'utf8' });
  t.equal(checked.status, 0, checked.stdout + checked.stderr);
  for (const [number, { reason, alert, series, at, firing }] of cases.entries()) {
    const { severity, summary } = ruleOf(alert);
    const file = join(folder, `case-${number}.yaml`);
    const tests = [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: [
          {
            eval_time: `${at}m`,
            alertname: alert,
            exp_alerts: firing.map(({ labels, description }) => ({
              exp_labels: { severity, ...labels },
              exp_annotations: { summary, description, runbook_url: runbookUrl(alert) },
            })),
          },
        ],
      },
    ];
    writeFileSync(file, stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }));
    const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', file], { encoding: 'utf8' });
    t.equal(status, 0, `${alert}: ${reason}\n${stdout}${stderr}`);
  }
  t.end();
});
