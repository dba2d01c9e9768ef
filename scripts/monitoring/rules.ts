import type { longMinutes } from '../../src/observability/metrics.ts';
import { version } from '../../src/version.ts';

/** An alert that a person can act on, as its case in docs/runbook.md says how. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression has to hold. */
  readonly for: string;
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  readonly description: string;
}

interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** Specs that people have to correct are told apart, since nothing that runs is at risk. */
const INVALID = 'InvalidSpec|InvalidPodTemplateSpec';

/**
 * How long the hook may go without a call, in seconds. Metacontroller calls for each registry every 30 minutes
 * (--cache-flush-interval).
 */
const SILENCE = 45 * 60;

/**
 * Each instance reports what it saw itself, so an alert takes the largest number of any of them: it is a lower bound, and
 * not zero where it matters. The instances count registries that have been so for long: in a busy fleet some registry is
 * always starting or going, each for a minute, so that `for` can't tell. `for` is as long as an instance remembers what it
 * is not called for any more: another one may have seen the registry settle.
 */
const unsettled = (minutes: (typeof longMinutes)[number], labels: string, by: string) =>
  `sum by (${by}) (max by (phase, stalled, reason) (mcpregistry_hook_long_unsettled_registries{minutes="${minutes}",${labels}})) > 0`;

/** The share of calls that an outcome has, where there are calls. */
const share = (labels: string, by: string) =>
  `sum ${by}(rate(mcpregistry_hook_calls_total{${labels}}[10m])) / ${by ? 'on () group_left () ' : ''}sum(rate(mcpregistry_hook_calls_total[10m])) > 0.05`;

const LAST_CALL = 'mcpregistry_hook_last_call_timestamp_seconds';

/** What each instance knows. */
const KNOWN = 'sum by (job, instance) (mcpregistry_hook_registries)';

/** What each instance finalized, for a little longer than the 3 hours for which another one remembers a registry. */
const FINALIZED =
  'sum by (job, instance) (increase(mcpregistry_hook_calls_total{hook="finalize",outcome="finalized"}[200m]))';

/**
 * How many registries there are, or fewer: the larger one of two numbers. The first is what the instance knew that was
 * called last, unless it is gone. That is none where the last call finalized the only one that it knew. The second is what
 * any instance knows, without as many as others finalized: an instance does not hear of that, and these may all be
 * registries that it knows.
 *
 * It is not recorded while no calls come, so that its last value stays the one from before, also if all instances were
 * started again meanwhile.
 */
const known: Recording = {
  record: 'mcpregistry_hook:registries:at_least',
  expr: [
    'max(',
    `  sum(mcpregistry_hook_registries and on (job, instance) (${LAST_CALL} == on () group_left () max(max_over_time(${LAST_CALL}[1h]))))`,
    '  or',
    `  ${KNOWN}`,
    `  + on (job, instance) (${FINALIZED} or 0 * ${KNOWN})`,
    `  - on () group_left () (sum(${FINALIZED}) or vector(0))`,
    ')',
    `and (time() - max(${LAST_CALL}) < ${SILENCE})`,
  ].join('\n'),
};

export const alerts: readonly Alert[] = [
  {
    alert: 'MCPRegistryNotReady',
    expr: unsettled(15, `phase=~"Pending|Failed",reason!~"${INVALID}"`, 'phase'),
    for: '6m',
    severity: 'critical',
    summary: 'MCPRegistries do not serve.',
    description:
      'At least {{ $value }} MCPRegistries have not been ready for over 15 minutes, and are {{ $labels.phase }}: nothing is served there.',
  },
  {
    alert: 'MCPRegistryStalled',
    expr: unsettled(15, `stalled="true",reason!~"${INVALID}"`, 'reason'),
    for: '6m',
    severity: 'warning',
    summary: 'MCPRegistries are stalled, and go on only when somebody does something.',
    description:
      'At least {{ $value }} MCPRegistries are Stalled and have not been settled for over 15 minutes, with the reason {{ $labels.reason }}. The status of each says what to do.',
  },
  {
    alert: 'MCPRegistrySpecInvalid',
    expr: unsettled(120, `reason=~"${INVALID}"`, 'reason'),
    for: '45m',
    severity: 'warning',
    summary: 'The specs of MCPRegistries are invalid.',
    description:
      'At least {{ $value }} MCPRegistries have had an invalid spec for over two hours ({{ $labels.reason }}). What ran before still runs, but no change is applied.',
  },
  {
    alert: 'MCPRegistryTerminating',
    expr: unsettled(30, 'phase="Terminating"', 'phase'),
    for: '6m',
    severity: 'warning',
    summary: 'MCPRegistries are being deleted and do not go away.',
    description: 'At least {{ $value }} MCPRegistries have been Terminating for over 30 minutes.',
  },
  {
    alert: 'MCPRegistryHookDown',
    expr: 'absent(mcpregistry_hook_build_info)',
    for: '10m',
    severity: 'critical',
    summary: 'No instance of mcpregistry-hook is scraped.',
    description:
      'Prometheus has not reached any instance of mcpregistry-hook for 10 minutes. Registries keep serving, but no change is applied and no status is right.',
  },
  {
    alert: 'MCPRegistryHookSilence',
    expr: [
      `time() - max(last_over_time(${LAST_CALL}[1d])) > ${SILENCE}`,
      `and last_over_time(${known.record}[1d]) > 0`,
      'and count(mcpregistry_hook_build_info) > 0',
    ].join('\n'),
    for: '5m',
    severity: 'critical',
    summary: 'Metacontroller does not call mcpregistry-hook.',
    description:
      'There are MCPRegistries, but for {{ $value | humanizeDuration }} no call came for any of them. Registries keep serving, but no change is applied and no status is right.',
  },
  {
    alert: 'MCPRegistryHookCallsFailing',
    expr: 'sum by (hook) (rate(mcpregistry_hook_calls_total{outcome="failed"}[10m])) > 0',
    for: '10m',
    severity: 'critical',
    summary: 'mcpregistry-hook answers calls with 500, which is a bug.',
    description:
      'Calls of the hook {{ $labels.hook }} have failed for 10 minutes. The registries in question stay as they are.',
  },
  {
    alert: 'MCPRegistryHookCallsRefused',
    expr: share('outcome="refused"', 'by (code) '),
    for: '10m',
    severity: 'critical',
    summary: 'mcpregistry-hook refuses calls.',
    description:
      '{{ $value | humanizePercentage }} of all calls have been answered with {{ $labels.code }} for 10 minutes: Metacontroller and the hook do not agree, or somebody else calls.',
  },
  {
    alert: 'MCPRegistryHookCallsShed',
    expr: share('outcome="shed"', ''),
    for: '15m',
    severity: 'warning',
    summary: 'mcpregistry-hook has more calls than it can answer.',
    description:
      '{{ $value | humanizePercentage }} of all calls have been answered with 429 for 15 minutes. Metacontroller repeats them, so changes are late.',
  },
  {
    alert: 'MCPRegistryHookEventLoopLagging',
    expr: 'nodejs_eventloop_lag_mean_seconds > 0.14 and on (job, instance) mcpregistry_hook_build_info',
    for: '10m',
    severity: 'warning',
    summary: 'The event loop of mcpregistry-hook is late.',
    description:
      'The event loop of {{ $labels.instance }} has taken {{ $value | humanizeDuration }} a round for 10 minutes, where 0.04 s is none. Above MAX_LAG_MS it sheds calls.',
  },
  {
    alert: 'MCPRegistryHookCertificateExpiring',
    expr: 'min by (setting) (mcpregistry_hook_certificate_expiry_timestamp_seconds) - time() < 7 * 86400',
    for: '1h',
    severity: 'warning',
    summary: 'A certificate of mcpregistry-hook expires soon, or has expired.',
    description:
      'A certificate in the file of {{ $labels.setting }} {{ if gt $value 0.0 }}expires in {{ $value | humanizeDuration }}. Metacontroller then refuses the hook, or the hook refuses Metacontroller.{{ else }}expired {{ printf "%f" $value | reReplaceAll "^-" "" | humanizeDuration }} ago. Metacontroller refuses the hook, or the hook refuses Metacontroller.{{ end }}',
  },
  {
    alert: 'MCPRegistryHookFileReloadFailed',
    expr: 'max by (setting) (mcpregistry_hook_file_reload_failed) > 0',
    for: '10m',
    severity: 'warning',
    summary: 'mcpregistry-hook can not read a file of credentials or certificates.',
    description:
      'The file of {{ $labels.setting }} has not been usable for 10 minutes. Its previous content stays in use until the process is started again, which then fails.',
  },
];

/** Where a person reads what to do: in the runbook of the same release. */
export const runbookUrl = (alert: string): string =>
  `https://github.com/mcpregistry-hook/mcpregistry-hook/blob/v${version}/docs/runbook.md#${alert.toLowerCase()}`;

/** The groups of rules, as Prometheus and its operator take them. */
export const ruleGroups = [
  { name: 'mcpregistry-hook.rules', rules: [known] },
  {
    name: 'mcpregistry-hook.alerts',
    rules: alerts.map(({ alert, expr, for: lasting, severity, summary, description }) => ({
      alert,
      expr,
      for: lasting,
      labels: { severity },
      annotations: { summary, description, runbook_url: runbookUrl(alert) },
    })),
  },
];
