import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { delayResolutionMs } from '../load-shedder.ts';
import { version } from '../version.ts';
import type { CallSummary } from './call-summary.ts';
import { RegistryTracker } from './registry-tracker.ts';
import { UnsettledRegistries } from './unsettled-registries.ts';

/** A metric as the documentation describes it. */
export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** The sources of the values that are read at a scrape. */
export interface MetricsSources {
  readonly requestsInFlight: () => number;
  /** The earliest expiry of a certificate in each file, in milliseconds since 1970, by the file's setting. */
  readonly certificateExpiries: () => Readonly<Record<string, number>>;
  /** Whether each file could not be used when it was last read, by its setting. */
  readonly fileReloadFailures: () => Readonly<Record<string, boolean>>;
  /** The number of log lines dropped since the start. */
  readonly droppedLogLines: () => number;
  /** Whether registries are reported by name. */
  readonly registryNames: boolean;
  /** The time in milliseconds since 1970, by which the times in a status are told. */
  readonly now: () => number;
}

/** In seconds: a call takes less than a millisecond on an idle core, and Metacontroller waits 10 s. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/**
 * When a registry is called for again at the latest, in milliseconds: one that is not settled within about a minute, since
 * its answer asks for it, and one with an invalid spec within 30 minutes (Metacontroller: --cache-flush-interval). Calls may
 * be late on a worse night.
 */
const calledWithinMs = { waiting: 5 * 60_000, invalid: 45 * 60_000 };

/** For how long registries have not been settled when they are counted once more, in minutes: one for each alert. */
export const longMinutes = [15, 30, 120] as const;

/** The metrics of one app. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #registries = new RegistryTracker();
  readonly #unsettled: UnsettledRegistries;
  /** In milliseconds since 1970. */
  #lastCall: number | undefined;
  readonly #calls = this.#counter('calls_total', 'Calls by hook, outcome and status code.', [
    'hook',
    'outcome',
    'code',
  ]);
  readonly #durations = new Histogram({
    name: 'mcpregistry_hook_call_duration_seconds',
    help: 'Time from the headers of a call to its answer in seconds, by hook.',
    labelNames: ['hook'],
    buckets,
    registers: [this.#registry],
  });
  readonly #invalid = this.#counter(
    'invalid_specs_total',
    'Answers to calls with an invalid spec, by reason.',
    ['reason'],
  );
  readonly #frozen = this.#counter(
    'frozen_answers_total',
    'Answers that left the children unchanged because the spec is invalid.',
    [],
  );
  readonly #repaired = this.#counter(
    'repaired_children_total',
    'Repairs of children that applying alone does not restore, by kind and action (takenOver, recreated).',
    ['kind', 'action'],
  );
  readonly #shed = this.#counter('shed_calls_total', 'Calls answered with 429 because of load, by hook.', [
    'hook',
  ]);
  /** The counters that were found by their labels, which takes longer than counting. */
  readonly #known = new Map<string, () => void>();

  constructor(sources: MetricsSources) {
    // From 0, so that a rate of it has the first registry that is finalized.
    this.#calls.inc({ hook: 'finalize', outcome: 'finalized', code: 200 }, 0);
    const registries = this.#registries;
    this.#unsettled = new UnsettledRegistries(undefined, sources.now);
    this.#gauge('registries', 'Registries by phase, as last seen by this instance.', ['phase'], (gauge) => {
      for (const [phase, count] of Object.entries(registries.countByPhase())) gauge.set({ phase }, count);
    });
    const unsettledHelp =
      'Registries that are not settled and that this instance was called for lately, by phase, whether they are stalled, and reason; at most 50 reasons are told apart.';
    this.#gauge('unsettled_registries', unsettledHelp, ['phase', 'stalled', 'reason'], (gauge) => {
      gauge.reset();
      for (const { registries: count, phase, stalled, reason } of this.#unsettled.count()) {
        gauge.set({ phase, stalled: String(stalled), reason }, count);
      }
    });
    const longHelp =
      'Those of unsettled_registries that are not ready, have an invalid spec, are stalled or are being deleted for at least so many minutes, by the times in the registry: 15, 30 and 120.';
    const longLabels = ['minutes', 'phase', 'stalled', 'reason'];
    this.#gauge('long_unsettled_registries', longHelp, longLabels, (gauge) => {
      gauge.reset();
      for (const minutes of longMinutes) {
        for (const { registries: count, phase, stalled, reason } of this.#unsettled.count(minutes)) {
          gauge.set({ minutes: String(minutes), phase, stalled: String(stalled), reason }, count);
        }
      }
    });
    const lastCallHelp =
      'When this instance last answered a call of sync or finalize with 200, in seconds since 1970; absent before the first one.';
    this.#gauge('last_call_timestamp_seconds', lastCallHelp, [], (gauge) => {
      // A gauge without labels is 0 from the start.
      if (this.#lastCall === undefined) gauge.remove();
      else gauge.set(this.#lastCall / 1000);
    });
    if (sources.registryNames) {
      const labels = ['namespace', 'name', 'phase'];
      const help =
        '1 for the phase of each registry, as last seen by this instance; at most 1,000 registries.';
      let omitted = 0;
      this.#gauge('registry_phase', help, labels, (gauge) => {
        const named = registries.named();
        omitted = named.omitted;
        gauge.reset();
        for (const { namespace, name, phase } of named.registries) gauge.set({ namespace, name, phase }, 1);
      });
      const omittedHelp = 'Registries that registry_phase omits because there are more than 1,000.';
      // Metrics are collected in the order in which they were created: registry_phase has counted the omitted ones.
      this.#gauge('registry_phase_omitted', omittedHelp, [], (gauge) => gauge.set(omitted));
    }
    this.#gauge('requests_in_flight', 'Calls that are being received or answered.', [], (gauge) =>
      gauge.set(sources.requestsInFlight()),
    );
    const help = 'The earliest expiry of a certificate in the file of a setting, in seconds since 1970.';
    this.#gauge('certificate_expiry_timestamp_seconds', help, ['setting'], (gauge) => {
      for (const [setting, expiry] of Object.entries(sources.certificateExpiries())) {
        gauge.set({ setting }, expiry / 1000);
      }
    });
    const reloadHelp =
      '1 while the file of a setting can not be used, so that its previous content stays in use.';
    this.#gauge('file_reload_failed', reloadHelp, ['setting'], (gauge) => {
      for (const [setting, failed] of Object.entries(sources.fileReloadFailures())) {
        gauge.set({ setting }, failed ? 1 : 0);
      }
    });
    new Counter({
      name: 'mcpregistry_hook_log_lines_dropped_total',
      help: 'Log lines that were dropped because standard output was not read.',
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(sources.droppedLogLines());
      },
    });
    this.#gauge('build_info', 'Always 1.', ['version', 'node_version'], (gauge) =>
      gauge.set({ version, node_version: process.version }, 1),
    );
  }

  /** Counts a call that was answered, with any status code. */
  countCall(hook: string, outcome: string, code: number, seconds: number): void {
    this.#once(`${hook} ${outcome} ${code}`, () => this.#calls.labels({ hook, outcome, code }));
    this.#durations.observe({ hook }, seconds);
  }

  /** Counts a call whose body did not arrive. */
  countAborted(hook: string): void {
    this.#once(`aborted ${hook}`, () => this.#calls.labels({ hook, outcome: 'refused', code: 408 }));
  }

  /** Counts what was decided in a call. */
  countSummary(summary: CallSummary): void {
    const { namespace, name, phase, outcome, invalid, frozen, repaired, unsettled } = summary;
    this.#lastCall = Date.now();
    this.#unsettled.note(
      namespace,
      name,
      outcome === 'finalized' || unsettled === undefined ? undefined : { phase, ...unsettled },
      outcome === 'invalid' ? calledWithinMs.invalid : calledWithinMs.waiting,
    );
    if (outcome === 'finalized') this.#registries.forget(namespace, name);
    else this.#registries.track({ namespace, name, phase });
    if (frozen) this.#frozen.inc();
    if (invalid !== undefined) this.#invalid.inc({ reason: invalid });
    for (const { kind, action } of repaired) this.#repaired.inc({ kind, action });
  }

  countShed(hook: string): void {
    this.#once(`shed ${hook}`, () => this.#shed.labels({ hook }));
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in the text format of Prometheus, those of the process included. */
  async text(): Promise<string> {
    return `${await this.#registry.metrics()}\n${await processRegistry().metrics()}`;
  }

  /**
   * Descriptions of the metrics of this service, without those of the process, in the order in which they are written.
   */
  describe(): MetricDescription[] {
    return this.#registry.getMetricsAsArray().map((metric) => {
      // The type declarations of prom-client lack the names of the labels.
      const { labelNames } = metric as unknown as { labelNames: readonly string[] };
      return { name: metric.name, type: String(metric.type), labels: labelNames, help: metric.help };
    });
  }

  #once(key: string, find: () => { inc: () => void }): void {
    let count = this.#known.get(key);
    if (count === undefined) {
      const child = find();
      count = () => child.inc();
      this.#known.set(key, count);
    }
    count();
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name: `mcpregistry_hook_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: readonly string[], collect: (gauge: Gauge) => void): void {
    new Gauge({
      name: `mcpregistry_hook_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        collect(this);
      },
    });
  }
}

let processMetrics: Registry | undefined;

/** Memory, CPU time, garbage collection and event loop lag: collected once per process, however many apps it has. */
function processRegistry(): Registry {
  if (processMetrics === undefined) {
    processMetrics = new Registry();
    collectDefaultMetrics({ register: processMetrics, eventLoopMonitoringPrecision: delayResolutionMs });
  }
  return processMetrics;
}
