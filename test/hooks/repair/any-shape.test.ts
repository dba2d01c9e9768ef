import fc from 'fast-check';
import { test } from 'tap';
import type { KubernetesObject } from '../../../hooks/contract/kubernetes.ts';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { decideSync } from '../../../hooks/sync.ts';
import { mutated } from '../../support/mutated.ts';
import { context, recorded, withOurChildren } from '../../support/requests.ts';

/** `PROPERTY_RUNS` inputs instead of these, and `PROPERTY_SEED` to see some again. */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 2000);
const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);

const ready = withOurChildren(recorded('create', 5));

/** The one child of a group. */
function childOf(group: string): KubernetesObject {
  const [child] = Object.values(ready.children[group] ?? {});
  if (!child) throw new Error(`no child in ${group}`);
  return child;
}

/** The request with another child in a group. */
const withChild = (group: string, child: object): HookRequest => ({
  ...ready,
  children: { ...ready.children, [group]: { a: child as KubernetesObject } },
});

/** Values that a library that reads them by habit stumbles over. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, 0, '', [], {}, [null], [[]], ['a'], [1], { toString: 1 }, [
    { name: { toString: 1 } },
  ]),
  fc.jsonValue({ maxDepth: 3 }),
);

/** The fields of the children that are read; their metadata is not, beside what it says of how they were applied. */
const fields: readonly (readonly [string, readonly string[]])[] = [
  ['ConfigMap.v1', ['data', 'binaryData', 'immutable']],
  ['RoleBinding.rbac.authorization.k8s.io/v1', ['roleRef']],
  [
    'Deployment.apps/v1',
    [
      'spec',
      'spec.template',
      'spec.template.spec',
      'spec.template.spec.containers',
      'spec.template.spec.containers.0',
      'spec.template.spec.containers.0.ports',
      'spec.template.spec.containers.0.ports.0',
      'spec.template.spec.containers.0.ports.0.name',
      'spec.template.spec.containers.0.env',
      'spec.template.spec.volumes',
      'spec.template.spec.volumes.0',
    ],
  ],
  [
    'Service.v1',
    ['spec', 'spec.ports', 'spec.ports.0', 'spec.ports.0.port', 'spec.ports.0.name', 'spec.selector'],
  ],
];

function withField(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const inner = withField((value as Record<string, unknown>)[key], rest, replacement);
  return Array.isArray(value)
    ? value.map((item, index) => (index === Number(key) ? inner : item))
    : { ...(value as object), [key]: inner };
}

const inPlace = fc.oneof(
  ...fields.flatMap(([group, paths]) =>
    paths.map((path) =>
      odd.map((value) => withChild(group, withField(childOf(group), path.split('.'), value) as object)),
    ),
  ),
);
/** Anything changed anywhere in the specs. */
const anywhere = fc.oneof(
  ...['Deployment.apps/v1', 'Service.v1'].map((group) =>
    mutated(fc.constant({ spec: childOf(group)['spec'] })).map((body) =>
      withChild(group, { ...childOf(group), ...(body as object) }),
    ),
  ),
);

test('a registry is answered with children of any shape', async (t) => {
  t.comment(`PROPERTY_RUNS=${numRuns} PROPERTY_SEED=${seed}`);
  const property = fc.property(fc.oneof(inPlace, anywhere), (request) => {
    const { answer, repairs } = decideSync(request, context);
    JSON.stringify(answer);
    // What somebody else set is named in a message, and only as far as a status can hold it.
    if (repairs.some(({ why }) => typeof why !== 'string' || why.length > 2000)) throw new Error('why');
  });
  fc.assert(property, { numRuns, seed });
  t.pass(`holds for ${numRuns} shapes`);
});
