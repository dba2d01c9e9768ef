import { crd } from '../../scripts/crd/crd.ts';
import { Production, registry } from '../histories/world.ts';
import type { KubeObject, StoredObject } from '../simulator/json.ts';
import { escapeXml, svg } from './svg.ts';

/** A line of the terminal: what was typed, or what was printed. */
interface Line {
  readonly typed: boolean;
  readonly text: string;
}

const NAME = 'catalog';

const spec = (image: string) => ({
  configYAML:
    'sources: [{name: a, managed: {}}]\nregistries: [{name: all, sources: [a]}]\ndatabase: {host: db}\n',
  replicas: 2,
  podTemplateSpec: { spec: { containers: [{ name: 'registry-api', image }] } },
});

const WAIT = `kubectl wait --for=condition=Ready mcpreg/${NAME}`;

const columns = (crd.spec.versions[0]?.additionalPrinterColumns ?? []).filter(
  (column) => !('priority' in column),
);

/**
 * What `kubectl get mcpreg -w` prints while a registry is created and then rolls out another image, in the simulated cluster,
 * and when `kubectl wait` returns.
 */
export async function watchRollout(): Promise<readonly Line[]> {
  const production = new Production();
  const cluster = production.cluster({
    strategy: 'dynamic-apply',
    hooks: 'v1',
    version: 'v1alpha1',
    callMilliseconds: 5,
  });
  // As long as a server takes to read its sources and to pass its readiness probe.
  cluster.changeNodes({ readyAfterMilliseconds: 12_000, endsAfterMilliseconds: 3000 });
  const events: StoredObject[][] = [[]];
  const now: number[][] = [[]];
  cluster.api.watch(({ object }) => {
    if (object.kind !== 'MCPRegistry') return;
    events.at(-1)?.push(structuredClone(object));
    now.at(-1)?.push(cluster.clock.now());
  });
  const apply = (object: KubeObject) => cluster.apply(object);
  apply(registry(NAME, spec('ghcr.io/stacklok/thv-registry-api:v1.5.0')));
  await cluster.run(90_000);
  events.push([]);
  now.push([]);
  apply(registry(NAME, spec('ghcr.io/stacklok/thv-registry-api:v1.5.1')));
  await cluster.run(90_000);
  await production.close();

  const rows = events.map((list, part) =>
    list.map((object, index) => cells(object, now[part]?.[index] ?? 0)),
  );
  const head = ['NAME', ...columns.map(({ name }) => name.toUpperCase())];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows.flat()].map((row) => row[column]?.length ?? 0)),
  );
  const print = (row: readonly string[]): Line => ({
    typed: false,
    text: row
      .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3))
      .join('')
      .trimEnd(),
  });
  const [created = [], rolled = []] = rows;
  return [
    { typed: true, text: 'kubectl get mcpreg -w &' },
    { typed: true, text: `kubectl apply -f registry.yaml && ${WAIT}` },
    print(head),
    ...created.map(print),
    met(events[0]),
    { typed: true, text: `kubectl apply -f another-image.yaml && ${WAIT}` },
    ...rolled.map(print),
    met(events[1]),
  ];
}

/**
 * What `kubectl wait` prints at the last of some events.
 *
 * @throws if it would still wait, or would have returned before
 */
function met(events: readonly StoredObject[] = []): Line {
  const returns = events.map(
    (object) =>
      valueAt(object, ".status.conditions[?(@.type=='Ready')].status") === 'True' &&
      valueAt(object, ".status.conditions[?(@.type=='Ready')].observedGeneration") ===
        object.metadata['generation'],
  );
  if (returns.indexOf(true) !== events.length - 1) throw new Error('kubectl wait returns at another event');
  return { typed: false, text: `mcpregistry.toolhive.stacklok.dev/${NAME} condition met` };
}

/** The columns that the CRD has for a registry. */
function cells(object: StoredObject, now: number): string[] {
  return [
    String(object.metadata.name),
    ...columns.map(({ jsonPath }) => {
      if (jsonPath === '.metadata.creationTimestamp') {
        return ageOf((now - Date.parse(String(object.metadata['creationTimestamp']))) / 1000);
      }
      return String(valueAt(object, jsonPath) ?? '');
    }),
  ];
}

/** The paths of the columns: fields, and the status of the condition of a type. */
function valueAt(object: unknown, path: string): unknown {
  const condition = /^\.status\.conditions\[\?\(@\.type=='(\w+)'\)\]\.(\w+)$/.exec(path);
  const at = (value: unknown, key: string) => (value as Record<string, unknown> | undefined)?.[key];
  if (!condition) return path.slice(1).split('.').reduce(at, object);
  const [, type, field = ''] = condition;
  const conditions = (at(at(object, 'status'), 'conditions') ?? []) as { type: string }[];
  return at(
    conditions.find((each) => each.type === type),
    field,
  );
}

/** As kubectl writes an age (apimachinery: pkg/util/duration, HumanDuration), for less than ten minutes. */
function ageOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return `${whole}s`;
  return whole % 60 === 0 ? `${whole / 60}m` : `${Math.floor(whole / 60)}m${whole % 60}s`;
}

const LINE = 18;
const TOP = 26;

/** The terminal as a picture. */
export async function drawWatch(): Promise<string> {
  const lines = await watchRollout();
  const longest = Math.max(...lines.map(({ text }) => text.length)) + 2;
  const width = Math.ceil(longest * 7.3) + 32;
  const height = TOP * 2 + (lines.length - 1) * LINE;
  return svg({
    width,
    height,
    title:
      'kubectl get mcpreg -w: a new registry is Pending until its pods are ready and then Running; while another image rolls out it stays Running and Ready',
    styles: [
      '.line { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre }',
      '.typed { font-weight: 700 }',
    ],
    content: [
      `<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
      ...lines.map(({ typed, text }, index) => {
        const shown = typed ? `$ ${text}` : text;
        return `<text class="line${typed ? ' typed' : ''}" xml:space="preserve" x="16" y="${TOP + index * LINE}">${escapeXml(shown)}</text>`;
      }),
    ],
  });
}
