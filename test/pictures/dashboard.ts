import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { dashboard, type Panel, panels } from '../../scripts/monitoring/dashboard.ts';
import { ruleGroups } from '../../scripts/monitoring/rules.ts';
import { freePort, service } from '../bench/server.ts';
import { controller, NAMESPACE, registry, registryKind } from '../histories/world.ts';
import { Cluster } from '../simulator/cluster.ts';
import type { Json, JsonObject } from '../simulator/json.ts';
import { colours, escapeXml, svg } from './svg.ts';

/** How long the run takes, and how often Prometheus scrapes it, in seconds. */
const RUN = 300;
const SCRAPE = 2;
const INSTANCES = 2;
const REGISTRIES = 60;

/** A line of a panel: its name and the values over time. */
export interface Line {
  readonly name: string;
  /** Seconds since 1970 and value. */
  readonly values: readonly (readonly [number, number])[];
}
export type Results = ReadonlyMap<string, readonly Line[]>;

const spec = (image: string) => ({
  configYAML:
    'sources: [{name: a, managed: {}}]\nregistries: [{name: all, sources: [a]}]\ndatabase: {host: db}\n',
  podTemplateSpec: { spec: { containers: [{ name: 'registry-api', image }] } },
});

/**
 * Runs the built service, two instances of it, in the simulated cluster at the speed of the clock on the wall, while a real
 * Prometheus scrapes them, and asks that for what the dashboard shows.
 *
 * @param prometheus the program
 */
export async function measure(prometheus: string): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  const children: ChildProcess[] = [];
  const start = (command: string, args: readonly string[], env: NodeJS.ProcessEnv) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'], cwd: folder });
    children.push(child);
    return child;
  };
  try {
    const ports = await Promise.all(Array.from({ length: 2 * INSTANCES + 1 }, freePort));
    const [own = 0, ...others] = ports;
    const instances = Array.from({ length: INSTANCES }, (_, index) => ({
      hooks: others[2 * index] ?? 0,
      metrics: others[2 * index + 1] ?? 0,
    }));
    for (const { hooks, metrics } of instances) {
      start(process.execPath, ['--max-semi-space-size=4', service], {
        PORT: String(hooks),
        METRICS_PORT: String(metrics),
        METRICS_REGISTRY_NAMES: 'true',
        SHUTDOWN_GRACE_SECONDS: '0',
      });
    }
    writeFileSync(join(folder, 'rules.yaml'), stringify({ groups: ruleGroups }));
    writeFileSync(
      join(folder, 'prometheus.yaml'),
      stringify({
        global: { scrape_interval: `${SCRAPE}s`, evaluation_interval: `${SCRAPE}s` },
        rule_files: ['rules.yaml'],
        scrape_configs: [
          {
            job_name: 'mcpregistry-hook',
            honor_labels: true,
            static_configs: instances.map(({ metrics }, index) => ({
              targets: [`127.0.0.1:${metrics}`],
              labels: { instance: `hook-${index}` },
            })),
          },
        ],
      }),
    );
    start(
      prometheus,
      [
        `--config.file=${join(folder, 'prometheus.yaml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${own}`,
        '--log.level=error',
      ],
      {},
    );
    for (const { hooks } of instances) await answering(`http://127.0.0.1:${hooks}/readyz`);
    await answering(`http://127.0.0.1:${own}/-/ready`);
    const from = Date.now() / 1000;
    await live(instances.map(({ hooks }) => `http://127.0.0.1:${hooks}`));
    return await ask(`http://127.0.0.1:${own}`, from, Date.now() / 1000);
  } finally {
    for (const child of children) {
      if (child.exitCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const isOk = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isOk) return;
    await sleep(200);
  }
  throw new Error(`nothing answers at ${url}`);
}

/** The life of some registries: created, changed, some broken and corrected, some deleted. */
async function live(urls: readonly string[]): Promise<void> {
  let calls = 0;
  const cluster = new Cluster({
    controller: controller('v1', 'v1alpha1'),
    custom: [registryKind],
    call: async (hook, body: JsonObject) => {
      calls += 1;
      // Each connection of a client ends at one instance; Metacontroller has several.
      const response = await fetch(`${urls[calls % urls.length]}/${hook}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: (await response.json()) as Json,
      };
    },
    starts: false,
  });
  // The hook compares times of the cluster with its own clock.
  await cluster.run(Math.max(0, Date.now() - cluster.clock.now()));
  cluster.start({});
  cluster.changeNodes({
    readyAfterMilliseconds: 12_000,
    endsAfterMilliseconds: 3000,
    starts: (template) => !JSON.stringify(template).includes('does-not-start'),
  });
  const name = (index: number) => `registry-${index}`;
  const apply = (index: number, image: string) =>
    void cluster.apply(registry(name(index), spec(`registry.example/api:${image}`)));
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
  const plan: { at: number; act: () => void }[] = [
    ...range(0, REGISTRIES).map((index) => ({ at: 5 + index, act: () => apply(index, '1') })),
    ...range(0, 20).map((index) => ({ at: 100 + index, act: () => apply(index, '2') })),
    ...range(20, 25).map((index) => ({
      at: 140 + index - 20,
      act: () => void cluster.apply(registry(name(index), { configYAML: 'a: [' })),
    })),
    ...range(30, 34).map((index) => ({ at: 160 + index - 30, act: () => apply(index, 'does-not-start') })),
    ...range(20, 25).map((index) => ({ at: 210 + index - 20, act: () => apply(index, '1') })),
    ...range(30, 34).map((index) => ({ at: 250 + index - 30, act: () => apply(index, '1') })),
    ...range(50, 60).map((index) => ({
      at: 270 + index - 50,
      act: () => cluster.delete('MCPRegistry', NAMESPACE, name(index)),
    })),
  ].sort((a, b) => a.at - b.at);
  const begun = performance.now();
  let done = 0;
  for (;;) {
    const elapsed = (performance.now() - begun) / 1000;
    if (elapsed > RUN) return;
    while ((plan[0]?.at ?? Number.POSITIVE_INFINITY) <= elapsed) plan.shift()?.act();
    await cluster.run(Math.max(0, Math.round(elapsed * 1000) - done));
    done = Math.max(done, Math.round(elapsed * 1000));
    await sleep(100);
  }
}

/** As Grafana asks: variables filled in, and a step that gives each panel some 150 points. */
async function ask(url: string, from: number, to: number): Promise<Results> {
  const results = new Map<string, readonly Line[]>();
  for (const { title, queries, type } of panels) {
    const lines: Line[] = [];
    for (const { expr, legend } of queries) {
      const query = expr.replaceAll('$job', '.+').replaceAll('$__rate_interval', `${8 * SCRAPE}s`);
      const range = type === 'timeseries' ? from : to;
      const parameters = new URLSearchParams({
        query,
        start: String(range),
        end: String(to),
        step: String(SCRAPE),
      });
      const response = await fetch(`${url}/api/v1/query_range?${parameters}`);
      const { status, data, error } = (await response.json()) as {
        status: string;
        error?: string;
        data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
      };
      if (status !== 'success') throw new Error(`${title}: ${error}`);
      for (const { metric, values } of data.result) {
        lines.push({
          name: legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
          values: values
            .map(([time, value]): [number, number] => [time, Number(value)])
            .filter(([, value]) => Number.isFinite(value)),
        });
      }
    }
    results.set(title, lines);
  }
  return results;
}

const COLUMN = 40;
const ROW = 24;
const GAP = 8;

interface Placed {
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

/** The dashboard with the results of its queries. */
export function drawDashboard(results: Results): string {
  const placed = (dashboard() as { panels: Placed[] }).panels;
  const bottom = Math.max(...placed.map(({ gridPos }) => gridPos.y + gridPos.h));
  const content = panels.flatMap((panel, index) => {
    const { x, y, w, h } = placed[index]?.gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
    const box = { x: x * COLUMN + GAP, y: y * ROW + GAP, width: w * COLUMN - GAP, height: h * ROW - GAP };
    return drawPanel(panel, box, results.get(panel.title) ?? []);
  });
  return svg({
    width: 24 * COLUMN + GAP,
    height: bottom * ROW + GAP,
    title: `The dashboard of Grafana: ${panels.map(({ title }) => title).join(', ')}`,
    styles: [
      '.name { font-weight: 600; font-size: 12px }',
      '.big { font-size: 26px; font-weight: 600 }',
      '.end { text-anchor: end }',
      '.middle { text-anchor: middle }',
      ...colours.flatMap((colour, number) => [
        `.l${number} { stroke: ${colour}; stroke-width: 1.5; fill: none; stroke-linejoin: round }`,
        `.a${number} { fill: ${colour}; fill-opacity: 0.55; stroke: ${colour} }`,
        `.k${number} { fill: ${colour} }`,
      ]),
    ],
    content,
  });
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawPanel(panel: Panel, box: Box, lines: readonly Line[]): string[] {
  const { x, y, width, height } = box;
  const inside =
    lines.length === 0
      ? [text('No data', x + width / 2, y + height / 2 + 6, 'faint middle')]
      : panel.type === 'timeseries'
        ? drawLines(panel, box, lines)
        : panel.type === 'stat'
          ? drawStats(panel, box, lines)
          : drawRows(box, lines);
  return [
    `<rect class="ground" x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${height - 1}" rx="4"/>`,
    text(panel.title, x + 10, y + 19, 'name'),
    ...inside,
  ];
}

function drawStats({ unit }: Panel, { x, y, width, height }: Box, lines: readonly Line[]): string[] {
  return lines.slice(0, 2).flatMap(({ name, values }, index) => {
    const centre = x + (width * (2 * index + 1)) / (2 * Math.min(2, lines.length));
    return [
      text(shown(values.at(-1)?.[1] ?? 0, unit), centre, y + height / 2 + 16, 'big middle'),
      text(name, centre, y + height - 12, 'faint middle'),
    ];
  });
}

function drawRows({ x, y, height }: Box, lines: readonly Line[]): string[] {
  const most = Math.floor((height - 34) / 16);
  return lines.slice(0, most).map(({ name }, index) => text(name, x + 10, y + 40 + index * 16));
}

function drawLines({ unit, stacked }: Panel, box: Box, found: readonly Line[]): string[] {
  // The busiest first; there are no more colours.
  const lines = [...found]
    .sort((a, b) => sumOf(b) - sumOf(a) || (a.name < b.name ? -1 : 1))
    .slice(0, colours.length);
  const times = [...new Set(lines.flatMap(({ values }) => values.map(([time]) => time)))].sort(
    (a, b) => a - b,
  );
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 1;
  const byTime = lines.map(({ values }) => new Map(values));
  const at = (line: number, time: number) => byTime[line]?.get(time);
  const total = (time: number) => lines.reduce((sum, _, line) => sum + (at(line, time) ?? 0), 0);
  const top = niceCeiling(
    Math.max(
      ...times.map((time) =>
        stacked ? total(time) : Math.max(...lines.map((_, line) => at(line, time) ?? 0)),
      ),
    ),
    unit,
  );
  const perRow = box.width > 400 ? 3 : 2;
  const legendRows = Math.ceil(lines.length / perRow);
  const area = {
    left: box.x + 56,
    right: box.x + box.width - 12,
    top: box.y + 30,
    bottom: box.y + box.height - 14 - 15 * legendRows,
  };
  const across = (time: number) =>
    round(area.left + ((time - first) / Math.max(1, last - first)) * (area.right - area.left));
  const up = (value: number) => round(area.bottom - (value / top) * (area.bottom - area.top));
  const rules = [0, 0.5, 1].flatMap((share) => [
    `<path class="rule" d="M${area.left} ${up(share * top)}H${area.right}"/>`,
    text(shown(share * top, unit), area.left - 6, up(share * top) + 4, 'faint end'),
  ]);
  const base = new Map<number, number>();
  const drawn = lines.map((_, line) => {
    if (!stacked) {
      const points = times.flatMap((time) => {
        const value = at(line, time);
        return value === undefined ? [] : [`${across(time)} ${up(value)}`];
      });
      return `<path class="l${line}" d="M${points.join('L')}"/>`;
    }
    const lower = times.map((time) => `${across(time)} ${up(base.get(time) ?? 0)}`);
    const upper = times.map((time) => {
      base.set(time, (base.get(time) ?? 0) + (at(line, time) ?? 0));
      return `${across(time)} ${up(base.get(time) ?? 0)}`;
    });
    return `<path class="a${line}" d="M${upper.join('L')}L${lower.reverse().join('L')}Z"/>`;
  });
  const legend = lines.flatMap(({ name }, line) => {
    const left = box.x + 12 + (line % perRow) * ((box.width - 20) / perRow);
    const baseline = box.y + box.height - 10 - 15 * (legendRows - 1 - Math.floor(line / perRow));
    return [
      `<rect class="k${line}" x="${round(left)}" y="${baseline - 8}" width="9" height="9" rx="2"/>`,
      text(name.length > 24 ? `${name.slice(0, 23)}…` : name, round(left) + 13, baseline),
    ];
  });
  return [...rules, ...drawn, ...legend];
}

const sumOf = ({ values }: Line) => values.reduce((sum, [, value]) => sum + value, 0);
const round = (value: number) => Math.round(value * 10) / 10;

const text = (content: string, x: number, y: number, style?: string) =>
  `<text${style === undefined ? '' : ` class="${style}"`} x="${round(x)}" y="${round(y)}">${escapeXml(content)}</text>`;

const MIB = 1024 * 1024;

/** The next 1, 2, 4 or 5 times a power of ten, in the unit that is shown. */
function niceCeiling(value: number, unit: Panel['unit']): number {
  const scale = unit === 'bytes' ? MIB : 1;
  const wanted = Math.max(value / scale, 1e-6);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const nice = [1, 2, 4, 5, 10].find((factor) => factor * power >= wanted) ?? 10;
  return nice * power * scale;
}

/** A value with three digits at most, as a person reads it. */
function shown(value: number, unit: Panel['unit']): string {
  const digits = (number: number) => String(Number(number.toPrecision(3)));
  switch (unit) {
    case 's':
      if (value === 0) return '0';
      if (value < 0.001) return `${digits(value * 1e6)} µs`;
      if (value < 1) return `${digits(value * 1000)} ms`;
      return value < 600 ? `${digits(value)} s` : `${digits(value / 86_400)} d`;
    case 'bytes':
      return `${digits(value / MIB)} MiB`;
    case 'percentunit':
      return `${digits(value * 100)} %`;
    case 'reqps':
      return value === 0 ? '0' : `${digits(value)}/s`;
    default:
      return digits(value);
  }
}
