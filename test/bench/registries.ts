import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { HookRequest } from '../../hooks/contract/request.ts';
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

/**
 * The bodies of calls of as many different registries, each as Metacontroller sends it for a registry that is settled:
 * it runs, and its status is what was answered last. Names, labels and uids differ, in the parent and in the children.
 */
export function readyRequests(count: number, spec: unknown): string[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index.toString(16).padStart(8, '0');
    const renamed: HookRequest = JSON.parse(
      ready
        .replaceAll('production', `registry-${number}`)
        .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/g, `${number}$1`),
    );
    const running = withOurChildren({ ...renamed, parent: { ...renamed.parent, spec } });
    const { status } = sync(running, context);
    return JSON.stringify({ ...running, parent: { ...running.parent, status } });
  });
}

/** Calls of which each is another one: the same registries again and again, and in each round something has changed. */
export function changingRequests(bodies: readonly string[], rounds: number): string[] {
  return Array.from({ length: rounds }, (_, round) =>
    bodies.map((body) => body.replace('"resourceVersion":"', `"resourceVersion":"${1000 + round}`)),
  ).flat();
}
