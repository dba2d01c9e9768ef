import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { TEMPLATE_HASH_ANNOTATION } from '../../hooks/children/deployment.ts';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { buildDesired } from '../../hooks/desired.ts';
import { identityOf } from '../../hooks/identity.ts';
import { sync } from '../../hooks/sync.ts';
import { context, recorded, withOurChildren } from '../support/requests.ts';

/** The last call that was recorded of a registry that was created: all its children are there and its pod is ready. */
const ready = JSON.stringify(recorded('create', 5));

/** The spec that was recorded, and one that uses everything there is. */
export const specs: Readonly<Record<string, unknown>> = {
  recorded: JSON.parse(ready).parent.spec,
  everything: parse(
    readFileSync(new URL('../golden/registry/everything/registry.yaml', import.meta.url), 'utf8'),
  ).spec,
};

/** The number of a registry in its name and uids; no other text looks like it. */
const numberOf = (index: number): string => `e${index.toString(16).padStart(7, '0')}`;

/** The bodies of calls of as many different registries, all settled. */
export const readyRequests = (count: number, spec: unknown): string[] =>
  Array.from({ length: count }, (_, index) => JSON.stringify(readyRequest(index, spec)));

/**
 * A call as Metacontroller sends it for a registry that is settled: it runs, and its status is what was answered last.
 * Names, labels and uids differ by the number, in the parent and in the children.
 */
export function readyRequest(index: number, spec: unknown): HookRequest {
  const number = numberOf(index);
  const renamed: HookRequest = JSON.parse(
    ready
      .replaceAll('production', `registry-${number}`)
      .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/g, `${number}$1`),
  );
  const running = withOurChildren({ ...renamed, parent: { ...renamed.parent, spec } });
  const { status } = sync(running, context);
  return JSON.parse(JSON.stringify({ ...running, parent: { ...running.parent, status } }));
}

/** The first call for the same registry: it has no children and no status yet. */
export function firstRequest(index: number, spec: unknown): HookRequest {
  const { parent, children, ...others } = readyRequest(index, spec);
  const { status: _, ...created } = parent;
  const none = Object.fromEntries(Object.keys(children).map((kind) => [kind, {}]));
  return { ...others, parent: created, children: none };
}

/** Writes the same bodies ten times as fast: they differ in the number of the registry and the hash of its pod template. */
function writeRequests(spec: unknown): (index: number) => string {
  const [number, { parent }] = [numberOf(0), readyRequest(0, spec)];
  const text = JSON.stringify(readyRequest(0, spec));
  const hashOf = (name: string): string => {
    const { children } = buildDesired({ ...identityOf(parent), name }, spec, context.defaults);
    return children?.byKind.Deployment.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION] ?? '';
  };
  const name = parent.metadata.name;
  const hash = hashOf(name);
  return (index) => {
    const other = numberOf(index);
    return text.replaceAll(number, other).replaceAll(hash, hashOf(name.replace(number, other)));
  };
}

/** The bodies of calls for a fleet of registries, outside the heap. */
export class Fleet {
  readonly #bodies: readonly Buffer[];
  /** Where the parent's resource version is. */
  readonly #versionAt: readonly number[];
  #version = 10_000_000;

  constructor(count: number, spec: unknown) {
    const write = writeRequests(spec);
    if (write(1) !== JSON.stringify(readyRequest(1, spec))) throw new Error('registries differ in more');
    const before = '"resourceVersion":"';
    this.#bodies = Array.from({ length: count }, (_, index) =>
      Buffer.from(write(index).replace(/"resourceVersion":"\d*/, `${before}${this.#version}`)),
    );
    this.#versionAt = this.#bodies.map((body) => body.indexOf(before) + before.length);
  }

  /**
   * The calls of one connection, without end: for every so manieth registry in turn, as Metacontroller works on each
   * registry once at a time.
   *
   * @param count how many registries of the fleet are called for
   * @param changing whether each call has another resource version, so that no body comes twice
   */
  *calls(count: number, changing: boolean, connection: number, connections: number): Generator<Buffer> {
    for (;;) {
      this.#version += 1;
      for (let index = connection; index < count; index += connections) {
        const body = this.#bodies[index] as Buffer;
        if (changing) body.write(String(this.#version), this.#versionAt[index] as number);
        yield body;
      }
    }
  }
}
