/** A query of the dashboard, and what a line of its result is called. */
export interface Query {
  readonly expr: string;
  /** With the names of labels in double braces. */
  readonly legend: string;
}

/** A panel of the dashboard: the place in a grid of 24 columns, and what it shows. */
export interface Panel {
  readonly title: string;
  /** What a reader sees in it, and when to worry. */
  readonly description: string;
  readonly type: 'stat' | 'timeseries' | 'table';
  /** As Grafana names it. */
  readonly unit: 'short' | 's' | 'bytes' | 'reqps' | 'percentunit';
  readonly width: number;
  readonly height: number;
  readonly stacked?: boolean;
  readonly queries: readonly Query[];
}

/** Limits each query to the hook that is chosen. */
const JOB = 'job=~"$job"';
const metric = (name: string, labels = '') => `mcpregistry_hook_${name}{${JOB}${labels && `,${labels}`}}`;
/** Metrics that every process of Node.js has, of the hook alone. */
const ofProcess = (name: string) => `${name}{${JOB}} and on (job, instance) mcpregistry_hook_build_info`;
const rate = (series: string, by: string) => `sum by (${by}) (rate(${series}[$__rate_interval]))`;
const quantile = (share: number) =>
  `histogram_quantile(${share}, ${rate(metric('call_duration_seconds_bucket'), 'le')})`;

/** The panels in the order in which they are read: registries first, then the hook. */
export const panels: readonly Panel[] = [
  {
    title: 'Registries by phase',
    description:
      'As the instance saw them that knows the most of each phase. A registry that another instance was called for last may be counted in an earlier phase for up to 3 hours.',
    type: 'timeseries',
    unit: 'short',
    width: 12,
    height: 8,
    queries: [{ expr: `max by (phase) (${metric('registries')})`, legend: '{{phase}}' }],
  },
  {
    title: 'Registries that are not settled, by reason',
    description:
      'Without lines, everything is as the specs ask for. Lines that stay need a person: see their status.',
    type: 'timeseries',
    unit: 'short',
    width: 12,
    height: 8,
    stacked: true,
    queries: [
      {
        expr: `sum by (phase, reason) (max by (phase, stalled, reason) (${metric('unsettled_registries')}))`,
        legend: '{{phase}}: {{reason}}',
      },
    ],
  },
  {
    title: 'Calls by outcome',
    description: 'Calls that are refused, shed or failed leave their registry as it is, and are repeated.',
    type: 'timeseries',
    unit: 'reqps',
    width: 12,
    height: 8,
    stacked: true,
    queries: [{ expr: rate(metric('calls_total'), 'outcome'), legend: '{{outcome}}' }],
  },
  {
    title: 'Time of an answer',
    description: 'From the headers of a call to its answer. Metacontroller waits 10 seconds.',
    type: 'timeseries',
    unit: 's',
    width: 12,
    height: 8,
    queries: [
      { expr: quantile(0.5), legend: 'half of the calls' },
      { expr: quantile(0.99), legend: '99 of 100 calls' },
    ],
  },
  {
    title: 'Time since the last call',
    description:
      'Metacontroller calls for each registry every 30 minutes. If this grows beyond that, it is down.',
    type: 'stat',
    unit: 's',
    width: 6,
    height: 5,
    queries: [
      { expr: `time() - max(${metric('last_call_timestamp_seconds')})`, legend: 'since the last call' },
    ],
  },
  {
    title: 'Instances by version',
    description: 'Two versions at once are an upgrade in progress.',
    type: 'stat',
    unit: 'short',
    width: 6,
    height: 5,
    queries: [{ expr: `count by (version) (${metric('build_info')})`, legend: '{{version}}' }],
  },
  {
    title: 'Calls in flight',
    description: 'At MAX_CALLS an instance sheds calls.',
    type: 'stat',
    unit: 'short',
    width: 6,
    height: 5,
    queries: [{ expr: `sum(${metric('requests_in_flight')})`, legend: 'in flight' }],
  },
  {
    title: 'Until a certificate expires',
    description: 'The earliest of each file; empty without TLS.',
    type: 'stat',
    unit: 's',
    width: 6,
    height: 5,
    queries: [
      {
        expr: `min by (setting) (${metric('certificate_expiry_timestamp_seconds')}) - time()`,
        legend: '{{setting}}',
      },
    ],
  },
  {
    title: 'Lag of the event loop',
    description: '0.04 s is none. Above MAX_LAG_MS an instance sheds calls.',
    type: 'timeseries',
    unit: 's',
    width: 8,
    height: 7,
    queries: [{ expr: ofProcess('nodejs_eventloop_lag_mean_seconds'), legend: '{{instance}}' }],
  },
  {
    title: 'Processor time',
    description: 'Of one core: an instance can not use a second one.',
    type: 'timeseries',
    unit: 'percentunit',
    width: 8,
    height: 7,
    queries: [
      {
        expr: `rate(process_cpu_seconds_total{${JOB}}[$__rate_interval]) and on (job, instance) mcpregistry_hook_build_info`,
        legend: '{{instance}}',
      },
    ],
  },
  {
    title: 'Memory',
    description: 'Resident, by instance.',
    type: 'timeseries',
    unit: 'bytes',
    width: 8,
    height: 7,
    queries: [{ expr: ofProcess('process_resident_memory_bytes'), legend: '{{instance}}' }],
  },
  {
    title: 'Repairs, invalid specs, lines lost',
    description:
      'A repair that comes again and again is a fight with somebody else over a child. Lines of the log are dropped where nobody reads them.',
    type: 'timeseries',
    unit: 'reqps',
    width: 12,
    height: 7,
    queries: [
      { expr: rate(metric('repaired_children_total'), 'kind, action'), legend: '{{kind}} {{action}}' },
      { expr: rate(metric('invalid_specs_total'), 'reason'), legend: '{{reason}}' },
      { expr: `sum(rate(${metric('log_lines_dropped_total')}[$__rate_interval]))`, legend: 'lines dropped' },
    ],
  },
  {
    title: 'Registries that are not running, by name',
    description: 'With METRICS_REGISTRY_NAMES=true only. At most 1,000 registries are named.',
    type: 'table',
    unit: 'short',
    width: 12,
    height: 7,
    queries: [
      {
        expr: `max by (namespace, name, phase) (${metric('registry_phase', 'phase!~"Running|Ready"')})`,
        legend: '{{namespace}}/{{name}}: {{phase}}',
      },
    ],
  },
];

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana.
const datasource = { type: 'prometheus', uid: '${datasource}' };
const COLUMNS = 24;

/** The dashboard in Grafana's JSON (schema version 39: Grafana 10.4 and later). */
export function dashboard(): object {
  let x = 0;
  let y = 0;
  let row = 0;
  const placed = panels.map((panel, index) => {
    const { title, description, type, unit, width, height, stacked, queries } = panel;
    if (x + width > COLUMNS) {
      x = 0;
      y += row;
    }
    row = height;
    const gridPos = { h: height, w: width, x, y };
    x += width;
    const lines = { fillOpacity: stacked ? 20 : 0, stacking: { mode: stacked ? 'normal' : 'none' } };
    return {
      id: index + 1,
      ...{ type, title, description, datasource, gridPos },
      fieldConfig: {
        defaults: { unit, min: 0, ...(type === 'timeseries' ? { custom: lines } : {}) },
        overrides: [],
      },
      targets: queries.map(({ expr, legend }, number) => ({
        refId: String.fromCharCode(65 + number),
        ...{ datasource, expr, legendFormat: legend },
        ...(type === 'table' ? { instant: true, format: 'table' } : {}),
      })),
    };
  });
  return {
    uid: 'mcpregistry-hook',
    title: 'MCP registries',
    description: 'MCPRegistries and mcpregistry-hook, which runs them.',
    tags: ['mcpregistry-hook'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
        {
          ...{ name: 'job', label: 'Job', type: 'query', datasource, refresh: 2 },
          query: 'label_values(mcpregistry_hook_build_info, job)',
          ...{ includeAll: true, allValue: '.+', multi: true },
          current: { selected: true, text: 'All', value: '$__all' },
        },
      ],
    },
    panels: placed,
  };
}
