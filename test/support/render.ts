import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root } from './documents.ts';

/** An object as it is rendered, as far as tests read it without checks. */
// biome-ignore lint/suspicious/noExplicitAny: what is rendered is compared, and read at paths that the tests know.
export type Rendered = any;

/**
 * The path of a program: the one that the environment variable of its name in capitals names, the one on the PATH, or the one that
 * scripts/go-tool.sh installed; undefined if there is none.
 */
export function findProgram(name: string): string | undefined {
  const named = process.env[name.toUpperCase()];
  if (named) return named;
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mcpregistry-hook');
  const cached = existsSync(cache)
    ? readdirSync(cache)
        .filter((folder) => folder.startsWith(`${name}-`))
        .map((folder) => join(cache, folder))
    : [];
  return [...(process.env['PATH'] ?? '').split(':'), ...cached]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

export const kustomize = findProgram('kustomize');
export const helm = findProgram('helm');

/** Why tests that need a program are skipped, for tap's `skip`; false where they are not. */
export const without = (name: string, path: string | undefined): string | false =>
  path === undefined && `there is no ${name}: put it on the PATH, or name it in ${name.toUpperCase()}`;

/** A level of an overlay: what it adds to the level below it, or to `manifests/base`. */
export interface Level {
  readonly namespace?: string;
  readonly namePrefix?: string;
  /** Names of folders of `manifests/components`. */
  readonly components?: readonly string[];
  /** Further folders of `manifests/`. */
  readonly resources?: readonly string[];
}

/** The objects that kustomize makes of `manifests/base` with some levels around it, the innermost first. */
export function buildOverlay(levels: readonly Level[]): Rendered[] {
  const folder = mkdtempSync(join(tmpdir(), 'overlay-'));
  try {
    let below = join(root, 'manifests/base');
    for (const [index, { components = [], resources = [], ...rest }] of levels.entries()) {
      const level = join(folder, String(index));
      const from = (path: string) => relative(level, path);
      const content = {
        ...rest,
        resources: [below, ...resources.map((name) => join(root, 'manifests', name))].map(from),
        components: components.map((name) => from(join(root, 'manifests/components', name))),
      };
      mkdirSync(level);
      writeFileSync(join(level, 'kustomization.yaml'), JSON.stringify(content));
      below = level;
    }
    return objectsOf(run(kustomize ?? '', ['build', below]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The objects that kustomize makes of a folder of `manifests/`. */
export const buildFolder = (name: string): Rendered[] =>
  objectsOf(run(kustomize ?? '', ['build', join(root, 'manifests', name)]));

/** The objects that helm makes of the chart, as the release `mcpregistry-hook` in the namespace of the same name. */
export function renderChart(
  values: object = {},
  release = 'mcpregistry-hook',
  namespace = release,
): Rendered[] {
  return objectsOf(run(helm ?? '', templateArguments(release, namespace), JSON.stringify(values)));
}

/** What helm says where it refuses values; `''` where it does not. */
export function chartRefusal(values: object, chart?: string): string {
  const { status, stderr } = spawnSync(
    helm ?? '',
    templateArguments('mcpregistry-hook', 'mcpregistry-hook', chart),
    {
      encoding: 'utf8',
      input: JSON.stringify(values),
    },
  );
  return status === 0 ? '' : stderr;
}

/** What helm says after it has installed the chart: `helm template` leaves it out, so it is rendered as a field of an object. */
export const notesOf = (values: object): string =>
  withChangedChart(
    (templates) => {
      const notes = readFileSync(join(templates, 'NOTES.txt'), 'utf8');
      const object = 'kind: Notes\nmetadata: { name: notes }\ntext: {{ include "notes" . | toJson }}\n';
      writeFileSync(join(templates, 'notes.yaml'), `{{- define "notes" }}${notes}{{ end }}---\n${object}`);
    },
    (chart) => {
      const args = templateArguments('mcpregistry-hook', 'mcpregistry-hook', chart);
      return onlyOf(objectsOf(run(helm ?? '', args, JSON.stringify(values))), 'Notes').text;
    },
  );

/** What helm says where it refuses values in a cluster that has an object, which the templates look for; `''` where it does not. */
export const refusalBeside = (found: object, kind: string, values: object): string =>
  withChangedChart(
    (templates) => {
      writeFileSync(join(templates, '../files/found.yaml'), JSON.stringify(found));
      for (const name of readdirSync(templates).filter((each) => each.endsWith('.yaml'))) {
        const path = join(templates, name);
        const lookup = new RegExp(`lookup "[^"]+" "${kind}" "" \\S+(?= }})`);
        const text = readFileSync(path, 'utf8');
        writeFileSync(path, text.replace(lookup, '$.Files.Get "files/found.yaml" | fromYaml'));
      }
    },
    (chart) => chartRefusal(values, chart),
  );

/** Works with a copy of the chart, whose folder of templates is changed first. */
function withChangedChart<Result>(
  change: (templates: string) => void,
  use: (chart: string) => Result,
): Result {
  const folder = mkdtempSync(join(tmpdir(), 'chart-'));
  try {
    cpSync(join(root, CHART), folder, { recursive: true });
    change(join(folder, 'templates'));
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CHART = 'charts/mcpregistry-hook';
const templateArguments = (release: string, namespace: string, chart = join(root, CHART)) => [
  ...['template', release, chart],
  ...['--namespace', namespace, '--kube-version', '1.30.0', '--values', '-'],
];

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    input,
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const objectsOf = (text: string): Rendered[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter((object) => object);

/** The one object of a kind, or the one of a name. */
export function onlyOf(objects: readonly Rendered[], kind: string, name?: string): Rendered {
  const found = objects.filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  if (found.length !== 1) throw new Error(`there are ${found.length} of ${kind} ${name ?? ''}`);
  return found[0];
}

/** `<kind> <namespace>/<name>` of each object, sorted. */
export const namesOf = (objects: readonly Rendered[]): string[] =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`).sort();

/**
 * What the level "restricted" of the Pod Security Standards refuses in a pod template, as far as our pods could break it
 * (kubernetes.io: concepts/security/pod-security-standards): one line for each.
 */
export function notRestricted({ spec }: Rendered): string[] {
  const problems: string[] = [];
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) if (spec[field]) problems.push(field);
  const volumes = [
    'configMap',
    'csi',
    'downwardAPI',
    'emptyDir',
    'ephemeral',
    'persistentVolumeClaim',
    'projected',
    'secret',
  ];
  for (const { name, ...source } of spec.volumes ?? []) {
    if (!Object.keys(source).every((kind) => volumes.includes(kind))) problems.push(`volume ${name}`);
  }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const own = container.securityContext ?? {};
    const ofPod = spec.securityContext ?? {};
    const says = (what: string, holds: boolean) => holds || problems.push(`${container.name}: ${what}`);
    says('runAsNonRoot', own.runAsNonRoot ?? ofPod.runAsNonRoot ?? false);
    says('runAsUser', (own.runAsUser ?? ofPod.runAsUser) !== 0);
    says('privileged', !own.privileged);
    says('allowPrivilegeEscalation', own.allowPrivilegeEscalation === false);
    says('capabilities', own.capabilities?.drop?.includes('ALL') === true && !own.capabilities.add?.length);
    says('seccompProfile', (own.seccompProfile ?? ofPod.seccompProfile)?.type === 'RuntimeDefault');
    says('hostPort', !(container.ports ?? []).some((port: Rendered) => port.hostPort));
  }
  return problems;
}

/** A text that is the same for values that differ in the order of keys and of items alone. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const [open, parts, close] = Array.isArray(value)
    ? ['[', value.map(canonical), ']']
    : ['{', Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`), '}'];
  return `${open}${parts.sort().join(',')}${close}`;
}
