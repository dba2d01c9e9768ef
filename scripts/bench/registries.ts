import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { recorded, withOurChildren } from '../../test/support/requests.ts';

/** The last call that was recorded of a registry that was created: all its children are there and its pod is ready. */
const ready = JSON.stringify(recorded('create', 5));

/** The spec that was recorded, and one that uses everything there is. */
export const specs: Readonly<Record<string, unknown>> = {
  recorded: JSON.parse(ready).parent.spec,
  everything: parse(
    readFileSync(new URL('../../test/golden/registry/everything/registry.yaml', import.meta.url), 'utf8'),
  ).spec,
};

/**
 * The bodies of calls of as many different registries, each as Metacontroller sends it for a registry that runs and of
 * which nothing changes. Names, labels and uids differ, in the parent and in the children.
 */
export function readyRequests(count: number, spec: unknown): string[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index.toString(16).padStart(8, '0');
    const renamed: HookRequest = JSON.parse(
      ready
        .replaceAll('production', `registry-${number}`)
        .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/g, `${number}$1`),
    );
    return JSON.stringify(withOurChildren({ ...renamed, parent: { ...renamed.parent, spec } }));
  });
}
