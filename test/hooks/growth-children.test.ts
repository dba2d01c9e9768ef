import { test } from 'tap';
import { compile } from '../../hooks/contract/compile.ts';
import type { KubernetesObject } from '../../hooks/contract/kubernetes.ts';
import { HookRequest } from '../../hooks/contract/request.ts';
import { at, growth, growthsOf, pathsIn, replaced } from '../support/growth.ts';
import { recorded, withOurChildren } from '../support/requests.ts';

type Json = Record<string, unknown>;

/** What is no request gets no answer. */
const isRequest = compile(HookRequest);

test('children that are ten times as large take about ten times as long', { timeout: 600_000 }, async (t) => {
  const ready = withOurChildren(recorded('create', 5));
  const slow: string[] = [];
  for (const [kind, group] of Object.entries(ready.children as Record<string, Record<string, Json>>)) {
    for (const [name, child] of Object.entries(group)) {
      // How a child was applied is read elsewhere.
      const places = pathsIn(child).filter(
        (path) => path.length > 0 && !path.includes('managedFields') && !path.includes('annotations'),
      );
      for (const path of places) {
        for (const { how, of, size } of growthsOf(at(child, path), 20_000, 2000)) {
          const withChild = (each: number) => {
            const grown = replaced(child, path, of(each)) as KubernetesObject;
            const children = { ...ready.children, [kind]: { ...group, [name]: grown } };
            return { ...ready, children } as HookRequest;
          };
          if (!isRequest.Check(withChild(size))) continue;
          const found = growth(withChild, size);
          if (found) slow.push(`${kind} ${path.join('.')} with ${how}: ${found}`);
        }
      }
    }
  }
  t.strictSame(slow, []);
});
