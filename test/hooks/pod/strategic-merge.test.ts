import { test } from 'tap';
import type { JsonObject } from '../../../hooks/json.ts';
import { mergePodTemplate } from '../../../hooks/pod/pod-merge.ts';
import { mergeObjects, PatchError } from '../../../hooks/pod/strategic-merge.ts';
import { mergeCases } from '../../fixtures/merge-cases.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

for (const { reason, original, patch, expected } of deepFreeze(mergeCases)) {
  test(reason, async (t) => {
    t.strictSame(mergePodTemplate(original, patch), expected);
  });
}

const container = (fields: JsonObject): JsonObject => ({ spec: { containers: [{ name: 'a', ...fields }] } });

/** Patches with one possible meaning that Kubernetes ignores or refuses. */
const beyond = [
  {
    reason: '$patch: replace without an original sets the given fields',
    original: { spec: {} },
    patch: { spec: { nodeSelector: { $patch: 'replace', a: '1' } } },
    expected: { spec: { nodeSelector: { a: '1' } } },
  },
  {
    reason: '$patch: merge changes nothing, in a map and in an item',
    original: container({ image: '1', args: ['x'] }),
    patch: { spec: { $patch: 'merge', containers: [{ name: 'a', $patch: 'merge', image: '2' }] } },
    expected: container({ image: '2', args: ['x'] }),
  },
  {
    reason: 'directives and nulls apply inside a new item as well',
    original: container({}),
    patch: {
      spec: {
        containers: [
          { name: 'b', env: [{ name: 'A', $patch: 'delete' }], resources: { limits: { cpu: null } } },
        ],
      },
    },
    expected: { spec: { containers: [{ name: 'b', env: [], resources: { limits: {} } }, { name: 'a' }] } },
  },
  {
    reason: '$setElementOrder is ignored: only kubectl writes it',
    original: container({ env: [{ name: 'A', value: '1' }] }),
    patch: container({
      '$setElementOrder/env': [{ name: 'B' }, { name: 'A' }],
      env: [{ name: 'B', value: '1' }],
    }),
    expected: container({
      env: [
        { name: 'B', value: '1' },
        { name: 'A', value: '1' },
      ],
    }),
  },
  {
    reason: 'two protocols of one port are two ports',
    original: container({ ports: [{ name: 'http', containerPort: 1, protocol: 'TCP' }] }),
    patch: container({ ports: [{ name: 'udp', containerPort: 1, protocol: 'UDP' }] }),
    expected: container({
      ports: [
        { name: 'udp', containerPort: 1, protocol: 'UDP' },
        { name: 'http', containerPort: 1, protocol: 'TCP' },
      ],
    }),
  },
  {
    reason: 'another handler of preStop takes the place of ours, which the API server would refuse beside it',
    original: container({ lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
    patch: container({ lifecycle: { preStop: { exec: { command: ['x'] } } } }),
    expected: container({ lifecycle: { preStop: { exec: { command: ['x'] } } } }),
  },
  {
    reason: 'the same handler of preStop is merged',
    original: container({ lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
    patch: container({ lifecycle: { preStop: { sleep: { seconds: 9 } }, postStart: { exec: {} } } }),
    expected: container({ lifecycle: { preStop: { sleep: { seconds: 9 } }, postStart: { exec: {} } } }),
  },
  {
    reason: 'a handler of preStop that is deleted takes no place',
    original: container({ lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
    patch: container({ lifecycle: { preStop: { exec: { $patch: 'delete' }, httpGet: null } } }),
    expected: container({ lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
  },
  {
    reason: 'null takes preStop out',
    original: container({ lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
    patch: container({ lifecycle: { preStop: null } }),
    expected: container({ lifecycle: {} }),
  },
  {
    reason: 'a port is also identified by its name: two ports of one name would be refused',
    original: container({ ports: [{ name: 'http', containerPort: 1, protocol: 'TCP' }] }),
    patch: container({ ports: [{ name: 'http', containerPort: 2 }] }),
    expected: container({ ports: [{ name: 'http', containerPort: 2, protocol: 'TCP' }] }),
  },
];

for (const { reason, original, patch, expected } of deepFreeze(beyond)) {
  test(reason, async (t) => {
    t.strictSame(mergePodTemplate(original, patch), expected);
  });
}

const refusals: readonly { reason: string; patch: JsonObject; pointer: string; message: string }[] = [
  {
    reason: 'an item without its key',
    patch: { spec: { containers: [{ name: 'a' }, { image: '1' }] } },
    pointer: '/spec/containers/1/name',
    message: 'is required: it identifies the item to merge',
  },
  {
    reason: 'an item that is not an object',
    patch: container({ env: ['A=1'] }),
    pointer: '/spec/containers/0/env/0',
    message: 'must be an object',
  },
  {
    reason: 'a $patch with an unknown value',
    patch: { spec: { $patch: 'remove' } },
    pointer: '/spec/$patch',
    message: 'must be one of merge, replace, delete',
  },
  {
    reason: 'a $patch with an unknown value in an item',
    patch: container({ $patch: 'remove' }),
    pointer: '/spec/containers/0/$patch',
    message: 'must be one of merge, replace, delete',
  },
  {
    reason: 'an unknown directive',
    patch: { metadata: { $delete: ['labels'] } },
    pointer: '/metadata/$delete',
    message: 'is not a directive of a strategic merge patch: remove it',
  },
  {
    reason: '$retainKeys that is not a list',
    patch: { spec: { $retainKeys: 'volumes' } },
    pointer: '/spec/$retainKeys',
    message: 'must be a list of field names',
  },
  {
    reason: 'a field that $retainKeys does not list',
    patch: { spec: { volumes: [{ name: 'v', $retainKeys: ['name'], emptyDir: {} }] } },
    pointer: '/spec/volumes/0/emptyDir',
    message: 'is set, but not listed in $retainKeys: list it there, or remove it',
  },
  {
    reason: '$deleteFromPrimitiveList that is not a list',
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': 'a' } },
    pointer: '/metadata/$deleteFromPrimitiveList~1finalizers',
    message: 'must be a list of values',
  },
];

for (const { reason, patch, pointer, message } of refusals) {
  test(`${reason}: refused with a pointer to the field`, async (t) => {
    t.throws(() => mergePodTemplate(container({}), deepFreeze(patch)), {
      name: 'PatchError',
      pointer,
      message,
    });
  });
}

test('the pointer of an error begins with the given one', async (t) => {
  const patch = () => mergeObjects({}, { a: { $x: 1 } }, {}, '/podTemplateSpec');
  const expected = new PatchError(
    '/podTemplateSpec/a/$x',
    'is not a directive of a strategic merge patch: remove it',
  );
  t.throws(patch, expected);
});
