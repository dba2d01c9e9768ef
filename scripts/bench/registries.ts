import type { HookRequest } from '../../hooks/contract/request.ts';
import { recorded, withOurChildren } from '../../test/support/requests.ts';

/** The last call that was recorded of a registry that was created: all its children are there and its pod is ready. */
const ready = JSON.stringify(recorded('create', 5));

/**
 * The bodies of calls of as many different registries, each as Metacontroller sends it for a registry that runs and of
 * which nothing changes. Names, labels and uids differ, in the parent and in the children.
 */
export function readyRequests(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index.toString(16).padStart(8, '0');
    const renamed: HookRequest = JSON.parse(
      ready
        .replaceAll('production', `registry-${number}`)
        .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/g, `${number}$1`),
    );
    return JSON.stringify(withOurChildren(renamed));
  });
}
