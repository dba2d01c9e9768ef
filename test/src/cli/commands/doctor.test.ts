import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'tap';
import { type ChildKind, kindsOfChildren } from '../../../../hooks/children/child-kinds.ts';
import type { HookRequest } from '../../../../hooks/contract/request.ts';
import { sync } from '../../../../hooks/sync.ts';
import { ClusterInput } from '../../../../src/cli/doctor/cluster-input.ts';
import { controllersIn } from '../../../../src/cli/doctor/controllers.ts';
import { decide } from '../../../../src/cli/doctor/decide.ts';
import { ChildrenByOwner } from '../../../../src/cli/hook-request.ts';
import { type InputObject, readInput } from '../../../../src/cli/input/read-input.ts';
import { folders, recordings } from '../../../fixtures/recordings.ts';
import { children } from '../../../histories/actions.ts';
import { history, Life } from '../../../histories/history.ts';
import { controller as controllerFor, Production, type Settings } from '../../../histories/world.ts';
import { cli } from '../../../support/cli.ts';
import { deepFreeze } from '../../../support/deep-freeze.ts';
import { matchesGolden } from '../../../support/golden.ts';
import { context, recorded, withOurChildren } from '../../../support/requests.ts';
import { NAME, NAMESPACE, ourCrd, type Printed, SickCluster, spec } from '../sick-cluster.ts';

interface World {
  readonly name: string;
  /** Why it is diagnosed like that. */
  readonly reason: string;
  readonly version?: 'v1alpha1' | 'v1beta1';
  readonly strategy?: 'server-side-apply';
  /** Optional kinds that are registered. */
  readonly kinds?: readonly ChildKind[];
  readonly happens: (world: SickCluster) => Promise<void> | void;
  /** What of the printed objects is given to the command; all if left out. */
  readonly given?: (objects: Printed[]) => Printed[];
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Level and reason of each finding; what each says is in test/golden/doctor. */
  readonly diagnosis: readonly string[];
}

const without =
  (...kinds: string[]) =>
  (objects: Printed[]) =>
    objects.filter(({ kind }) => !kinds.includes(kind));

/** As kubectl prints objects without --show-managed-fields. */
const withoutManagedFields = (objects: Printed[]): Printed[] =>
  objects.map((object) => ({ ...object, metadata: { ...object.metadata, managedFields: undefined } }));

/** A spec that is edited in the middle of a rollout that lasts. */
async function editedInRollout(world: SickCluster): Promise<void> {
  await world.apply();
  world.cluster.changeNodes({ starts: () => false });
  await world.apply(changed, 200);
  await world.apply({ ...spec, podTemplateSpec: { metadata: { annotations: { changed: 'again' } } } }, 5);
}

/** The spec with another pod template. */
const changed = { ...spec, podTemplateSpec: { metadata: { annotations: { changed: 'yes' } } } };

const pullFails = {
  state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x": not found' } },
};
const crashes = {
  restartCount: 7,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
  lastState: {
    terminated: {
      exitCode: 1,
      reason: 'Error',
      message: 'level=error msg="failed to connect to `host=db user=db_app`"',
    },
  },
};

/** A registry whose pods never get ready. */
async function starting(world: SickCluster, container: typeof world.container, seconds = 120): Promise<void> {
  world.cluster.changeNodes({ starts: () => false });
  world.container = container;
  await world.apply(spec, seconds);
}

const otherOwner = { apiVersion: 'v1', kind: 'Other', name: 'theirs', uid: 'u-other', controller: true };

const deleted = (finalizers: readonly string[]) => (objects: Printed[]) =>
  objects.map((object) =>
    object.kind === 'MCPRegistry'
      ? { ...object, metadata: { ...object.metadata, finalizers, deletionTimestamp: '2026-11-24T00:00:10Z' } }
      : object,
  );

const event = (reason: string, kind: string, name: string, message: string, parts = {}): Printed => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { namespace: 'default', name: `${name}.1` },
  involvedObject: { kind, name, namespace: 'default' },
  reason,
  message,
  lastTimestamp: '2026-11-24T00:00:20Z',
  ...parts,
});

const kind = 'CompositeController';
const startFails = (parts = {}) => event('CreateError', kind, 'mcpregistry', 'no such resource', parts);
const starts = (parts = {}) =>
  event('Started', kind, 'mcpregistry', 'Started controller: mcpregistry', parts);

const program = (name: string, ready: string): Printed => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${name}-0`, namespace: name, labels: { 'app.kubernetes.io/name': name } },
  status: { conditions: [{ type: 'Ready', status: ready, lastTransitionTime: '2026-11-24T00:00:05Z' }] },
});

/** What the CRD of the operator has (docs/operations.md, "The CRD of the operator"). */
function operatorsCrd(): Printed {
  const crd = ourCrd();
  for (const version of crd.spec.versions) {
    const { spec: own, status } = version.schema.openAPIV3Schema.properties;
    const kept = [
      'configYAML',
      'volumes',
      'volumeMounts',
      'pgpassSecretRef',
      'imagePullSecrets',
      'displayName',
      'podTemplateSpec',
    ];
    own.properties = Object.fromEntries(kept.map((name) => [name, own.properties[name]]));
    status.properties.phase.enum = ['Pending', 'Ready', 'Failed', 'Terminating'];
    version.deprecated = true;
  }
  return crd;
}

const worlds: readonly World[] = [
  {
    name: 'well',
    reason: 'a registry that serves, and whose status says so, is well',
    happens: (world) => world.apply(),
    diagnosis: [],
  },
  {
    name: 'well-v1beta1',
    reason: 'where the hook is registered for v1beta1, the phase has another word',
    version: 'v1beta1',
    happens: (world) => world.apply(),
    diagnosis: [],
  },
  {
    name: 'well-unregistered-unknown',
    reason: 'without a CompositeController in the input, the phase tells the version',
    happens: (world) => world.apply(),
    given: without('CompositeController'),
    diagnosis: [],
  },
  {
    name: 'well-all-kinds',
    reason: 'what the manifests apply is as it should be',
    happens: async (world) => {
      world.more.push(ourCrd(), program('mcpregistry-hook', 'True'), program('metacontroller', 'True'));
      await world.apply();
    },
    diagnosis: [],
  },
  {
    name: 'well-other-image',
    reason: 'that the hook has another image as its setting is seen by the hash of the template',
    happens: (world) => world.apply(),
    environment: { REGISTRY_API_IMAGE: 'registry.example/server:v9' },
    diagnosis: [],
  },
  {
    name: 'other-settings',
    reason: 'a template that is not explained by settings is of another release, and proves no mistake',
    happens: async (world) => {
      await world.apply();
      world.stopMetacontroller();
      world.edit('Deployment', ({ metadata }) => {
        metadata['annotations'] = { 'toolhive.stacklok.dev/template-hash': 'of another release' };
      });
      await world.pass(5);
    },
    diagnosis: ['warning OtherSettings'],
  },
  {
    name: 'image-not-found',
    reason: 'the pods say why they are not ready, also where the status is written without them',
    happens: (world) => starting(world, pullFails),
    diagnosis: ['error ImagePullBackOff'],
  },
  {
    name: 'crash-loop',
    reason: 'a server that ends is quoted',
    happens: (world) => starting(world, crashes),
    diagnosis: ['error CrashLoopBackOff'],
  },
  {
    name: 'pods-not-given',
    reason: 'without the pods all that is known is that they are not ready',
    happens: (world) => starting(world, crashes),
    given: without('Pod'),
    diagnosis: ['error NotReady'],
  },
  {
    name: 'unschedulable',
    reason: 'the scheduler says why no node takes a pod',
    happens: async (world) => {
      world.cluster.changeNodes({ labels: [] });
      await world.apply(spec, 120);
    },
    diagnosis: ['error Unschedulable'],
  },
  {
    name: 'quota',
    reason: 'pods that can not be made have no status of their own',
    happens: async (world) => {
      world.cluster.changeNodes({ podQuota: 0 });
      await world.apply(spec, 120);
    },
    diagnosis: ['error FailedCreate'],
  },
  {
    name: 'config-map-missing',
    reason: 'a ConfigMap that the spec names does not exist, and the input has all of them',
    happens: async (world) => {
      world.cluster.changeNodes({ starts: () => false });
      await world.apply(
        {
          ...spec,
          sources: [
            { name: 'a', claims: { team: 'x' }, configMapRef: { name: 'catalog', key: 'registry.json' } },
          ],
        },
        30,
      );
    },
    diagnosis: ['error ConfigMapNotFound'],
  },
  {
    name: 'invalid-spec',
    reason: 'a spec with mistakes says which',
    happens: (world) => world.apply({ configYAML: 'a: [' }),
    diagnosis: ['error InvalidSpec'],
  },
  {
    name: 'stuck-rollout',
    reason: 'a new version does not get ready while the old one serves',
    happens: async (world) => {
      await world.apply();
      world.cluster.changeNodes({ starts: () => false });
      world.container = crashes;
      await world.apply(changed, 700);
    },
    diagnosis: ['error CrashLoopBackOff'],
  },
  {
    name: 'rolling-out',
    reason: 'a change that was made a moment ago is no mistake',
    happens: async (world) => {
      await world.apply();
      world.cluster.changeNodes({ readyAfterMilliseconds: 30_000 });
      await world.apply(changed, 5);
    },
    diagnosis: ['warning Progressing'],
  },
  {
    name: 'name-taken',
    reason: 'an object of another owner has the name of a child, which nobody is told of',
    happens: async (world) => {
      await world.actor.act({ do: 'takeName', kind: 'Service' });
      world.edit('Service', ({ metadata }) => {
        metadata['ownerReferences'] = [otherOwner];
      });
      await world.apply(spec, 120);
    },
    diagnosis: ['error ChildNotApplied', 'error NameTaken'],
  },
  {
    name: 'name-taken-by-hand',
    reason: 'an object that somebody made becomes a child with the label',
    happens: async (world) => {
      await world.actor.act({ do: 'takeName', kind: 'ConfigMap' });
      await world.apply(spec, 120);
    },
    diagnosis: ['error ChildNotApplied', 'error NameTaken'],
  },
  {
    name: 'orphans',
    reason: 'the children of an earlier registry of the name were left',
    happens: async (world) => {
      await world.apply();
      await world.actor.act({ do: 'deleteRegistry', propagation: 'Orphan' });
      await world.pass(5);
      await world.apply(spec, 120);
    },
    diagnosis: ['error ChildNotApplied', 'error NameTaken'],
  },
  {
    name: 'child-refused',
    reason: 'only an event tells that the API server refuses a child',
    happens: async (world) => {
      await world.actor.act({ do: 'refuse', kind: 'Role' });
      await world.apply(spec, 120);
    },
    diagnosis: ['error ChildNotApplied', 'error SyncError'],
  },
  {
    name: 'metacontroller-not-there',
    reason: 'nobody has registered the hook, and the input was asked for all CompositeControllers',
    happens: async (world) => {
      world.stopMetacontroller();
      world.controllers = [];
      await world.apply(spec, 600);
    },
    args: ['--all-of', 'CompositeController'],
    diagnosis: ['error NeverWritten', 'cluster error NotRegistered'],
  },
  {
    name: 'registered-for-others',
    reason: 'a CompositeController of others does not help',
    happens: async (world) => {
      world.stopMetacontroller();
      world.controllers = [
        {
          ...world.controllers[0],
          spec: { parentResource: { apiVersion: 'v1', resource: 'pods' } },
        } as Printed,
      ];
      await world.apply(spec, 600);
    },
    diagnosis: ['error NeverWritten', 'cluster error NotRegistered'],
  },
  {
    name: 'just-made',
    reason: 'a registry that was made a moment ago has no status yet',
    happens: async (world) => {
      world.stopMetacontroller();
      await world.apply(spec, 20);
    },
    diagnosis: ['warning NotWritten'],
  },
  {
    name: 'hook-not-reached',
    reason: 'Metacontroller runs and does not reach the hook: its event says so',
    happens: async (world) => {
      world.cluster.fault = 'down';
      await world.apply(spec, 300);
    },
    diagnosis: ['error NeverWritten', 'error SyncError'],
  },
  {
    name: 'hook-not-running',
    reason: 'the pods of the hook are in the input, and none is ready',
    happens: async (world) => {
      world.more.push(program('mcpregistry-hook', 'False'), program('metacontroller', 'True'));
      await world.apply();
    },
    diagnosis: ['cluster error NotRunning'],
  },
  {
    name: 'metacontroller-of-helm-not-running',
    reason: 'the Helm chart of Metacontroller gives another name to its pods',
    happens: async (world) => {
      world.more.push(program('mcpregistry-hook', 'True'), program('metacontroller-helm', 'False'));
      await world.apply();
    },
    diagnosis: ['cluster error NotRunning'],
  },
  {
    name: 'edit-not-seen',
    reason: 'the generation of the status stays behind once nobody is there',
    happens: async (world) => {
      await world.apply();
      world.stopMetacontroller();
      await world.apply(changed, 3600);
    },
    diagnosis: ['error StatusOutdated', 'warning Progressing'],
  },
  {
    name: 'edit-just-made',
    reason: 'a generation that is behind for seconds is about to be seen',
    happens: async (world) => {
      await world.apply();
      world.stopMetacontroller();
      await world.apply(changed, 5);
    },
    diagnosis: ['warning Progressing'],
  },
  {
    name: 'says-it-serves',
    reason: 'the pods died after nobody was there to write it',
    happens: async (world) => {
      await world.apply();
      world.stopMetacontroller();
      world.container = crashes;
      world.cluster.workloads.setReady(NAMESPACE, children.Deployment, false);
      await world.pass(600);
    },
    diagnosis: ['error StatusOutdated', 'error CrashLoopBackOff'],
  },
  {
    name: 'reconciling-for-ever',
    reason: 'the rollout ended after nobody was there to write it',
    happens: async (world) => {
      world.cluster.changeNodes({ readyAfterMilliseconds: 30_000 });
      await world.apply(spec, 10);
      world.stopMetacontroller();
      await world.pass(3600);
    },
    diagnosis: ['error StatusOutdated'],
  },
  {
    name: 'reconciling-for-ever-without-edits',
    reason: 'a rollout that ended is seen without the times of edits',
    happens: async (world) => {
      world.cluster.changeNodes({ readyAfterMilliseconds: 30_000 });
      await world.apply(spec, 10);
      world.stopMetacontroller();
      await world.pass(3600);
    },
    given: withoutManagedFields,
    diagnosis: ['error StatusOutdated'],
  },
  {
    name: 'edited-in-rollout-without-edits',
    reason: 'where nothing tells when the spec was edited, the words for a recent change may be right',
    happens: editedInRollout,
    given: withoutManagedFields,
    diagnosis: ['error Progressing'],
  },
  {
    name: 'edited-in-rollout',
    reason: 'the time in which a change may go well begins with the edit',
    happens: editedInRollout,
    diagnosis: ['warning Progressing'],
  },
  {
    name: 'not-selected',
    reason: 'the CompositeController looks at registries with a label only',
    happens: async (world) => {
      world.stopMetacontroller();
      const [first] = world.controllers as [Printed & { spec: { parentResource: Record<string, unknown> } }];
      first.spec.parentResource['labelSelector'] = { matchLabels: { 'mcpregistry-hook': 'true' } };
      await world.apply(spec, 600);
    },
    diagnosis: ['error NotSelected', 'error NeverWritten'],
  },
  {
    name: 'selected',
    reason: 'each operator of a label selector is read',
    happens: async (world) => {
      const [first] = world.controllers as [Printed & { spec: { parentResource: Record<string, unknown> } }];
      first.spec.parentResource['labelSelector'] = {
        matchLabels: { a: 'b' },
        matchExpressions: [
          { key: 'a', operator: 'In', values: ['b'] },
          { key: 'a', operator: 'NotIn', values: ['c'] },
          { key: 'x', operator: 'NotIn', values: ['c'] },
          { key: 'a', operator: 'Exists' },
          { key: 'x', operator: 'DoesNotExist' },
        ],
      };
      await world.apply();
      world.edit('MCPRegistry', ({ metadata }) => {
        metadata['labels'] = { a: 'b' };
      });
      await world.pass(5);
    },
    diagnosis: [],
  },
  {
    name: 'two-controllers',
    reason: 'two CompositeControllers overwrite each other',
    happens: async (world) => {
      const [first] = world.controllers as [Printed];
      world.controllers.push({ ...first, metadata: { name: 'second' } });
      await world.apply();
    },
    diagnosis: ['error SeveralControllers'],
  },
  {
    name: 'wrong-registration',
    reason: 'what a CompositeController has to say is not there',
    happens: async (world) => {
      await world.apply();
      const [first] = world.controllers as [Printed];
      first['spec'] = {
        parentResource: { apiVersion: 'toolhive.stacklok.dev/v1', resource: 'mcpregistries' },
        childResources: [{ apiVersion: 'apps/v1', resource: 'deployments' }],
        hooks: {},
      };
      world.more.push(ourCrd());
    },
    diagnosis: [
      'error StatusOutdated',
      'error NotReady',
      ...Array.from({ length: 5 }, () => 'cluster error WrongRegistration'),
      'cluster error VersionNotServed',
    ],
  },
  {
    name: 'kind-unknown',
    reason: 'Metacontroller stops the controller of all registries where a kind is not there',
    happens: async (world) => {
      await world.apply();
      world.more.push(
        event(
          'CreateError',
          'CompositeController',
          'mcpregistry',
          'can\'t find child resource "httproutes" in gateway.networking.k8s.io/v1',
        ),
      );
    },
    diagnosis: ['cluster error CreateError'],
  },
  {
    name: 'kind-known-again',
    reason:
      'Metacontroller tries again, and says that it started the controller, whatever the order of the events',
    happens: async (world) => {
      await world.apply();
      world.more.push(starts({ lastTimestamp: '2026-11-24T00:00:25.1Z' }), startFails());
    },
    diagnosis: [],
  },
  {
    name: 'kind-known-in-the-same-second',
    reason: 'a failure may be over within the second that both events have',
    happens: async (world) => {
      await world.apply();
      world.more.push(startFails(), starts(), startFails());
    },
    diagnosis: [],
  },
  {
    name: 'kind-unknown-later',
    reason: 'the controller was started once, and can not be any more',
    happens: async (world) => {
      await world.apply();
      const lastObservedTime = '2026-11-24T00:00:26.000000Z';
      world.more.push(startFails({ lastTimestamp: null, series: { count: 4, lastObservedTime } }), starts());
    },
    diagnosis: ['cluster error CreateError'],
  },
  {
    name: 'kind-unknown-to-another',
    reason: 'a controller that was made again has nothing to do with what was said of the earlier one',
    happens: async (world) => {
      await world.apply();
      const [first] = world.controllers as [Printed];
      first.metadata['uid'] = 'new';
      world.more.push(startFails({ involvedObject: { kind, name: 'mcpregistry', uid: 'old' } }));
    },
    diagnosis: [],
  },
  {
    name: 'finalizer-of-nobody',
    reason: 'the CompositeController was deleted before its registries',
    happens: async (world) => {
      await world.apply();
      world.controllers = [];
    },
    given: deleted(['metacontroller.io/compositecontroller-mcpregistry']),
    args: ['--all-of', 'CompositeController'],
    diagnosis: ['error FinalizerStays', 'cluster error NotRegistered'],
  },
  {
    name: 'finalizer-of-the-operator-deleted',
    reason: 'the operator is gone, and its finalizer is not',
    happens: (world) => world.apply(),
    given: deleted(['a.example/b', 'mcpregistry.toolhive.stacklok.dev/finalizer']),
    diagnosis: ['error FinalizerStays'],
  },
  {
    name: 'finalizer-of-the-operator',
    reason: 'it will be in the way once the registry is deleted',
    happens: async (world) => {
      await world.apply();
      world.edit('MCPRegistry', ({ metadata }) => {
        metadata['finalizers'] = [
          ...(metadata['finalizers'] as string[]),
          'mcpregistry.toolhive.stacklok.dev/finalizer',
        ];
      });
      await world.pass(5);
    },
    diagnosis: ['warning FinalizerStays'],
  },
  {
    name: 'deletion-hangs',
    reason: 'the hook is not reached, so that nothing is deleted',
    happens: async (world) => {
      await world.apply();
      world.cluster.fault = 'down';
      await world.actor.act({ do: 'deleteRegistry', propagation: 'Background' });
      await world.pass(600);
    },
    diagnosis: ['error Terminating', 'error SyncError'],
  },
  {
    name: 'deletion-hangs-elsewhere',
    reason: 'a finalizer of others stays until they remove it',
    happens: (world) => world.apply(spec, 600),
    given: (objects) => deleted(['a.example/b'])(without('Deployment', 'Service')(objects)),
    args: ['--all-of', 'Event'],
    diagnosis: ['error Terminating'],
  },
  {
    name: 'deletion-hangs-controllers-unknown',
    reason: 'whose finalizer it is can be told by its name, without any CompositeController',
    happens: (world) => world.apply(spec, 600),
    given: (objects) =>
      deleted(['metacontroller.io/compositecontroller-mcpregistry'])(without('CompositeController')(objects)),
    diagnosis: ['error Terminating'],
  },
  {
    name: 'being-deleted',
    reason: 'deletion takes a moment',
    happens: (world) => world.apply(),
    given: deleted(['metacontroller.io/compositecontroller-mcpregistry']),
    diagnosis: ['warning Terminating'],
  },
  {
    name: 'operators-crd',
    reason: 'helm upgrade of the operator has put its own CRD back',
    happens: async (world) => {
      world.more.push(operatorsCrd());
      await world.apply();
    },
    diagnosis: ['cluster error CrdReplaced'],
  },
  {
    name: 'older-crd',
    reason: 'a field of this release is not in the CRD',
    happens: async (world) => {
      const crd = ourCrd();
      const { sources } = crd.spec.versions[1].schema.openAPIV3Schema.properties.spec.properties;
      delete sources?.items?.properties['git']?.properties?.['auth'];
      world.more.push(crd);
      await world.apply();
    },
    diagnosis: ['cluster error CrdOutdated'],
  },
  {
    name: 'no-crd',
    reason: 'the CRD was asked for, and is not there',
    happens: (world) => world.apply(),
    args: ['--all-of', 'CustomResourceDefinition'],
    diagnosis: ['cluster error CrdNotFound'],
  },
  {
    name: 'shared-database',
    reason: 'two registries on one database overwrite each other',
    happens: async (world) => {
      await world.apply();
      world.cluster.create({
        apiVersion: 'toolhive.stacklok.dev/v1alpha1',
        kind: 'MCPRegistry',
        metadata: { namespace: NAMESPACE, name: 'second' },
        spec,
      });
      await world.pass(30);
    },
    diagnosis: ['warning SharedDatabase', 'warning SharedDatabase'],
  },
  {
    name: 'registries-alone-not-ready',
    reason: 'without its children, a registry is as well as its status says',
    happens: async (world) => {
      world.cluster.changeNodes({ starts: () => false });
      await world.apply(spec, 120);
    },
    given: (objects) => objects.filter(({ kind }) => kind === 'MCPRegistry'),
    diagnosis: ['error NotReady'],
  },
  {
    name: 'route-not-accepted',
    reason: 'a registry that asks to be reached from outside is not, because its Gateway says no',
    kinds: ['HTTPRoute'],
    happens: async (world) => {
      world.cluster.routers.answer = 'refuses';
      await world.apply({ ...spec, expose: { httpRoute: { parentRefs: [{ name: 'gateway' }] } } }, 120);
    },
    diagnosis: ['error NotExposed'],
  },
  {
    name: 'optional-kind-not-registered',
    reason: 'a field has no effect because the CompositeController lacks the kind',
    happens: (world) => world.apply({ ...spec, disruptionBudget: { maxUnavailable: 1 } }),
    args: ['--all-of', 'PodDisruptionBudget'],
    diagnosis: ['warning KindNotRegistered'],
  },
  {
    name: 'optional-kind-not-given',
    reason: 'a child of an optional kind is not missed if nobody asked kubectl for that kind',
    kinds: ['PodDisruptionBudget'],
    happens: (world) => world.apply({ ...spec, disruptionBudget: { maxUnavailable: 1 } }),
    given: without('PodDisruptionBudget'),
    diagnosis: [],
  },
  {
    name: 'optional-kind-refused-not-given',
    reason: 'a child that is refused can not be told from one of a kind that nobody asked kubectl for',
    kinds: ['PodDisruptionBudget'],
    happens: async (world) => {
      await world.actor.act({ do: 'refuse', kind: 'PodDisruptionBudget' });
      await world.apply({ ...spec, disruptionBudget: { maxUnavailable: 1 } }, 200);
    },
    diagnosis: ['error ChildNotApplied', 'error SyncError'],
  },
  {
    name: 'server-side-apply',
    reason: 'a registry that is applied on the server is well without annotations',
    strategy: 'server-side-apply',
    happens: (world) => world.apply(),
    diagnosis: [],
  },
  {
    name: 'registries-alone',
    reason: 'without their children, an invalid spec is all that can be seen',
    happens: async (world) => {
      await world.apply({ configYAML: 'a: [' });
      world.cluster.create({
        apiVersion: 'toolhive.stacklok.dev/v1alpha1',
        kind: 'MCPRegistry',
        metadata: { namespace: NAMESPACE, name: 'second' },
        spec,
      });
      await world.pass(30);
    },
    given: (objects) => objects.filter(({ kind }) => kind === 'MCPRegistry'),
    diagnosis: ['error InvalidSpec'],
  },
];

const listOf = (items: readonly Printed[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

interface Found {
  readonly level: string;
  readonly reason: string;
}

/** Level and reason of each finding in a report as JSON. */
function diagnosisOf(json: string): string[] {
  const { registries, cluster } = JSON.parse(json);
  const said = ({ level, reason }: Found) => `${level} ${reason}`;
  return [
    ...registries.flatMap(({ findings }: { findings: Found[] }) => findings.map(said)),
    ...cluster.map((each: Found) => `cluster ${said(each)}`),
  ];
}

for (const world of worlds) {
  const {
    name,
    reason,
    happens,
    given = (all: Printed[]) => all,
    args = [],
    environment = {},
    diagnosis,
  } = world;
  test(`${name}: ${reason}`, async (t) => {
    const sick = new SickCluster(t, world);
    await happens(sick);
    const stdin = listOf(given(sick.print()));
    const options = { stdin, environment, now: sick.now };
    const code = diagnosis.some((each) => /^(cluster )?error/.test(each)) ? 1 : 0;

    const json = await cli(['doctor', '-f', '-', '-o', 'json', ...args], options);
    t.strictSame(diagnosisOf(json.out), diagnosis);
    t.equal(json.code, code);
    const text = await cli(['doctor', '-f', '-', ...args], options);
    t.equal(text.code, code);
    t.equal(text.err, json.err);
    matchesGolden(t, `doctor/${name}.txt`, `${text.out}\n${text.err}`);
  });
}

const folder = 'operator-made';

test('what the ToolHive operator made: each child has to be labelled, and its finalizer is in the way', async (t) => {
  const path = new URL(`../../../fixtures/recordings/${folder}/`, import.meta.url);
  const objects = readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(new URL(file, path), 'utf8')) as Printed);
  const now = new Date('2026-11-24T05:00:00Z');
  const controllers = new SickCluster(t).controllers;
  for (const [name, all] of [
    ['operator-made', objects],
    ['operator-made-registered', [...objects, ...controllers]],
  ] as const) {
    const result = await cli(['doctor', '-f', '-'], { stdin: listOf(all), now });
    t.equal(result.code, 1);
    matchesGolden(t, `doctor/${name}.txt`, `${result.out}\n${result.err}`);
  }
});

/** A registry, with the status that the hook answers, as the API server stores it; called until nothing changes. */
function settled(request: HookRequest): HookRequest {
  const { parent } = request;
  const next = {
    ...request,
    parent: { ...parent, status: sync(request, context).status },
  } as unknown as HookRequest;
  return JSON.stringify(next.parent.status) === JSON.stringify(parent.status) ? request : settled(next);
}

test('where the status is what the hook answers, it is never taken for one that nobody writes', async (t) => {
  const requests = folders.flatMap((name) =>
    recordings(name)
      .filter(({ hook }) => hook === 'sync')
      .map(({ step }) => ({ title: `${name}/${step}`, request: withOurChildren(recorded(name, step)) })),
  );
  t.ok(requests.length > 50);
  for (const { title, request } of requests) {
    const { parent, children: groups } = deepFreeze(settled(request));
    const objects = [parent, ...Object.values(groups).flatMap((group) => Object.values(group ?? {}))];
    const stdin = listOf(objects as unknown as Printed[]);
    const { code, out } = await cli(['doctor', '-f', '-', '-o', 'json'], { stdin });
    t.not(code, 2, title);
    const lies = ['StatusOutdated', 'NeverWritten', 'OtherSettings', 'Unreadable'];
    t.strictSame(
      diagnosisOf(out).filter((each) => lies.some((reason) => each.endsWith(reason))),
      [],
      title,
    );
    const isBad = parent.status?.conditions?.some(
      ({ type, status }) =>
        (type === 'Ready' && status === 'False') || (type === 'Stalled' && status === 'True'),
    );
    if (isBad) t.equal(code, 1, `${title}: not well`);
  }
});

test('what time alone changes is no lie until the next call', async (t) => {
  const sick = new SickCluster(t);
  await sick.apply();
  sick.cluster.changeNodes({ starts: () => false });
  await sick.apply(changed, 300);
  const calledAt = sick.now.getTime();
  const startedAt = `${new Date(calledAt - 590_000).toISOString().slice(0, 19)}Z`;
  const failed = { exitCode: 1, reason: 'Error', message: 'boom', finishedAt: startedAt };
  sick.container = { restartCount: 3, state: { running: { startedAt } }, lastState: { terminated: failed } };
  const objects = sick.print();
  const registry = objects.find(({ kind }) => kind === 'MCPRegistry') as Printed;
  const pods = objects.filter(({ kind }) => kind === 'Pod');
  for (const { status } of pods as unknown as { status: { phase: string; startTime: string } }[]) {
    if (status.phase === 'Pending') status.startTime = startedAt;
  }
  const silent = { write: () => undefined, isTerminal: false };
  // As the hook writes it at that moment, called until nothing changes.
  for (let call = 0; call < 3; call += 1) {
    const text = Buffer.from(listOf(objects));
    const cluster = new ClusterInput(
      await readInput({ files: ['-'], namespace: 'default' }, { readStdin: async () => text, err: silent }),
    );
    const found = cluster.registries[0] as InputObject;
    const children = new ChildrenByOwner(cluster.children);
    const [controller] = controllersIn(cluster) ?? [];
    const { decided } = decide(found, children, controller, cluster, context.defaults, new Date(calledAt));
    registry['status'] = decided?.decision.answer.status;
  }
  const reasonsAfter = async (seconds: number) => {
    const now = new Date(calledAt + seconds * 1000);
    return diagnosisOf((await cli(['doctor', '-f', '-', '-o', 'json'], { stdin: listOf(objects), now })).out);
  };
  const cause = await reasonsAfter(0);
  t.equal(cause.length, 1);
  t.not(cause[0], 'error StatusOutdated');
  for (const seconds of [12, 30, 60]) {
    const reasons = await reasonsAfter(seconds);
    t.equal(reasons.length, 1, `after ${seconds} s`);
    t.not(reasons[0], 'error StatusOutdated', `after ${seconds} s`);
  }
  t.equal((await reasonsAfter(600))[0], 'error StatusOutdated', 'nobody writes it any more');
});

test('random histories: while Metacontroller and the hook run, nobody is said not to; in the end all is well', async (t) => {
  const production = new Production();
  t.teardown(() => production.close());
  const diagnose = async ({ cluster }: Life, settings: Settings) => {
    const objects = ['MCPRegistry', ...kindsOfChildren].flatMap((kind) => cluster.api.list(kind));
    const stdin = listOf([
      ...objects,
      controllerFor(settings.hooks, settings.version, settings.kinds),
    ] as unknown as Printed[]);
    const { out } = await cli(['doctor', '-f', '-', '-o', 'json'], {
      stdin,
      now: new Date(cluster.clock.now()),
    });
    return diagnosisOf(out);
  };
  await fc.assert(
    fc.asyncProperty(history, async ({ settings, first, actions, last }) => {
      const life = new Life(production, settings);
      await life.step({ do: 'apply', spec: first });
      for (const action of actions) await life.step(action);
      life.cluster.fault = 'none';
      await life.cluster.run(1_300_000);
      const found = await diagnose(life, settings);
      const isOutdated = found.some((each) => /StatusOutdated|NeverWritten/.test(each));
      if (isOutdated) throw new Error(found.join(', '));
      await life.recover(last);
      if (life.actor.hasSwitched) return;
      const end = (await diagnose(life, settings)).filter((each) => !each.startsWith('warning'));
      if (end.length > 0) throw new Error(end.join(', '));
    }),
    // Of some hundred others, one ends with words in its status that a next call would change.
    { numRuns: 12, seed: 2, endOnFailure: true },
  );
});

test('registries are chosen by name, and one that is not there is an error', async (t) => {
  const sick = new SickCluster(t);
  await sick.apply();
  const options = { stdin: listOf(sick.print()), now: sick.now };
  const { code, out } = await cli(['doctor', '-f', '-', NAME], options);
  t.equal(code, 0);
  t.match(out, `MCPRegistry ${NAMESPACE}/${NAME}: Running, all is well\n`);
  t.strictSame(await cli(['doctor', '-f', '-', 'other'], options), {
    code: 2,
    out: '',
    err: 'error: there is no MCPRegistry other in the input: check name and namespace\n',
  });
});

test('the JSON of a finding has all that the text has', async (t) => {
  const sick = new SickCluster(t);
  await starting(sick, pullFails);
  const { out } = await cli(['doctor', '-f', '-', '-o', 'json'], {
    stdin: listOf(sick.print()),
    now: sick.now,
  });
  const selector = 'app.kubernetes.io/component=registry-api,app.kubernetes.io/name=r-api';
  t.strictSame(JSON.parse(out), {
    registries: [
      {
        namespace: NAMESPACE,
        name: NAME,
        phase: 'Pending',
        findings: [
          {
            level: 'error',
            reason: 'ImagePullBackOff',
            message:
              "Registry API deployment is stuck: 1 of 1 pods updated, 1 of them not ready yet; the image ghcr.io/stacklok/thv-registry-api:v1.5.1 of container registry-api can't be pulled: not found",
            since: '2026-11-24T00:00:00Z',
            next: `kubectl describe pods -n ${NAMESPACE} -l ${selector}`,
          },
        ],
      },
    ],
    cluster: [],
    notLookedAt: [
      'the CRD: give crd/mcpregistries.toolhive.stacklok.dev as well',
      'what Metacontroller says: give events as well',
    ],
  });
});

test('a kind that is not read can not be looked for', async (t) => {
  const { code, err } = await cli(['doctor', '-f', '-', '--all-of', 'Secret']);
  t.equal(code, 2);
  t.match(err, 'Give a kind as manifests write it, such as Pod or CompositeController.');
});

test('nothing in the input: said, and fine', async (t) => {
  const { code, out, err } = await cli(['doctor', '-f', '-'], { stdin: listOf([]) });
  t.strictSame({ code, out }, { code: 0, out: '' });
  t.match(err, 'there is no MCPRegistry in the input\n');
});

test('what others wrote reaches neither the terminal nor a shell as it is', async (t) => {
  const evil = "x'; rm -rf ~; echo '\u001b[2J\u202e";
  const metadata = { name: evil, namespace: 'a b', uid: 'u', generation: 1, creationTimestamp: evil };
  const mcpRegistry = {
    apiVersion: 'toolhive.stacklok.dev/v1beta1',
    kind: 'MCPRegistry',
    metadata: { ...metadata, finalizers: ['mcpregistry.toolhive.stacklok.dev/finalizer', evil], labels: 1 },
    spec: { configYAML: evil, displayName: evil },
    status: { phase: evil, conditions: [{ type: 'Ready', status: 'False', reason: evil, message: evil }] },
  };
  const objects = [
    mcpRegistry,
    { ...mcpRegistry, metadata: { ...mcpRegistry.metadata, name: `${evil}2`, deletionTimestamp: evil } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${evil}-api`, namespace: 'a b', ownerReferences: 1 },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'a b' } },
      ...{ involvedObject: { kind: 'MCPRegistry', name: evil, namespace: 'a b' }, reason: 'SyncError' },
      ...{ message: `${evil} https://user:hunter2@host`, lastTimestamp: evil },
    },
    {
      apiVersion: 'metacontroller.k8s.io/v1alpha1',
      kind: 'CompositeController',
      metadata: { name: evil },
      spec: {
        parentResource: { apiVersion: `toolhive.stacklok.dev/${evil}`, resource: 'mcpregistries' },
        childResources: [{ resource: evil }, 1, null],
      },
    },
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'mcpregistries.toolhive.stacklok.dev' },
      spec: { versions: [{ name: evil, served: true, schema: evil }, 1] },
    },
  ];
  const { code, out, err } = await cli(['doctor', '-f', '-'], { stdin: listOf(objects as Printed[]) });
  t.equal(code, 1);
  for (const text of [out, err]) t.notMatch(text, /[^\P{C}\n]/u, 'no control or format characters');
  t.notMatch(out, 'hunter2');
  const commands = out.split('\n').filter((line) => /^ +next:/.test(line));
  t.ok(commands.length > 4);
  for (const command of commands) {
    // What is left without quoted words has nothing that a shell acts on.
    t.notMatch(command.replaceAll("'\\''", '').replaceAll(/'[^']*'/g, ''), /[;&|`$<>()~*'"\\]/, command);
  }
});

test('the time grows with the number of registries', async (t) => {
  const sick = new SickCluster(t);
  await starting(sick, pullFails);
  const one = JSON.stringify(sick.print().filter(({ kind }) => kind !== 'CompositeController'));
  const copies = (count: number) => {
    const objects = Array.from({ length: count }, (_, index) =>
      JSON.parse(
        one.replaceAll(/"r(-|")/g, `"r${index}$1`).replaceAll('00000000-', `${10_000_000 + index}-`),
      ),
    );
    return listOf(objects.flat());
  };
  const seconds = async (count: number) => {
    const stdin = copies(count);
    const begin = process.cpuUsage();
    const { out } = await cli(['doctor', '-f', '-', '-o', 'json'], { stdin, now: sick.now });
    t.equal(JSON.parse(out).registries.length, count);
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1e6;
  };
  await seconds(10);
  const few = await seconds(30);
  const many = await seconds(300);
  t.ok(many < few * 25, `${few.toFixed(2)} s for 30, ${many.toFixed(2)} s for 300`);
});
