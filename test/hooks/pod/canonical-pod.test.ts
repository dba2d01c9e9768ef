import { test } from 'tap';
import { canonicalPod } from '../../../hooks/pod/canonical-pod.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const container = (fields: object) => ({ spec: { containers: [{ name: 'a', ...fields }] } });
const volume = (source: object) => ({ spec: { volumes: [{ name: 'v', ...source }] } });

/** Each template as a user may write it, and as the API server stores it (k8s.io/api: core/v1, `omitempty`). */
const cases: readonly { readonly reason: string; readonly given: object; readonly stored: object }[] = [
  {
    reason: 'a volume of no kind is an empty one',
    given: volume({}),
    stored: volume({ emptyDir: {} }),
  },
  {
    reason: 'a list that is replaced whole holds what the API server fills in',
    given: volume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
    stored: volume({
      projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] },
    }),
  },
  {
    reason: 'the old name of an account follows the new one',
    given: { spec: { serviceAccount: 'old', serviceAccountName: 'new' } },
    stored: { spec: { serviceAccountName: 'new' } },
  },
  {
    reason: 'quantities of resources',
    given: container({ resources: { requests: { cpu: '1000m', memory: '1024Mi' }, limits: { cpu: 2 } } }),
    stored: container({ resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2' } } }),
  },
  {
    reason: 'quantities of an emptyDir, of the pod and of a variable',
    given: {
      spec: {
        overhead: { cpu: '0.25' },
        volumes: [{ name: 'v', emptyDir: { sizeLimit: '2048Mi' } }],
        containers: [
          {
            name: 'a',
            env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'x', divisor: '1000m' } } }],
          },
        ],
      },
    },
    stored: {
      spec: {
        overhead: { cpu: '250m' },
        volumes: [{ name: 'v', emptyDir: { sizeLimit: '2Gi' } }],
        containers: [
          {
            name: 'a',
            env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'x', divisor: '1' } } }],
          },
        ],
      },
    },
  },
  {
    reason: 'null, an empty list and an empty text say nothing',
    given: container({ command: [], args: null, workingDir: '', env: [{ name: 'A', value: '' }] }),
    stored: container({ env: [{ name: 'A' }] }),
  },
  {
    reason: 'an empty text in a list says something',
    given: container({ args: ['', 'x'] }),
    stored: container({ args: ['', 'x'] }),
  },
  {
    reason: 'so does an empty value under a name of the user',
    given: { metadata: { labels: { a: '' }, annotations: { b: '' } }, spec: { nodeSelector: { c: '' } } },
    stored: { metadata: { labels: { a: '' }, annotations: { b: '' } }, spec: { nodeSelector: { c: '' } } },
  },
  {
    reason: 'an empty map says nothing',
    given: { metadata: { labels: {}, annotations: { a: '1' } }, spec: { nodeSelector: {} } },
    stored: { metadata: { annotations: { a: '1' } }, spec: {} },
  },
  {
    reason: 'an empty object says which kind it is',
    given: volume({ emptyDir: {} }),
    stored: volume({ emptyDir: {} }),
  },
  {
    reason: 'false that is the same as nothing',
    given: { spec: { hostNetwork: false, containers: [{ name: 'a', stdin: false, tty: true }] } },
    stored: { spec: { containers: [{ name: 'a', tty: true }] } },
  },
  {
    reason: 'false that is another thing than nothing',
    given: {
      spec: { automountServiceAccountToken: false, enableServiceLinks: false, shareProcessNamespace: false },
    },
    stored: {
      spec: { automountServiceAccountToken: false, enableServiceLinks: false, shareProcessNamespace: false },
    },
  },
  {
    reason: '0 that is the same as nothing',
    given: container({
      ports: [{ containerPort: 1, hostPort: 0 }],
      livenessProbe: { initialDelaySeconds: 0 },
    }),
    stored: container({ ports: [{ containerPort: 1 }], livenessProbe: {} }),
  },
  {
    reason: '0 that is another thing than nothing',
    given: { spec: { terminationGracePeriodSeconds: 0, securityContext: { runAsUser: 0, fsGroup: 0 } } },
    stored: { spec: { terminationGracePeriodSeconds: 0, securityContext: { runAsUser: 0, fsGroup: 0 } } },
  },
  {
    reason: 'a volume class that is empty is another than none',
    given: volume({ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: '' } } } }),
    stored: volume({ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: '' } } } }),
  },
  {
    reason: 'a field reference has a version',
    given: container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
    stored: container({
      env: [{ name: 'A', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }],
    }),
  },
  {
    reason: 'the time of creation that Go programs write is none',
    given: { metadata: { creationTimestamp: null, labels: { a: '1' } } },
    stored: { metadata: { labels: { a: '1' } } },
  },
];

for (const { reason, given, stored } of deepFreeze(cases)) {
  test(reason, async (t) => {
    t.strictSame(canonicalPod(given), stored);
    t.strictSame(canonicalPod(stored), stored, 'what is stored stays');
  });
}
