import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import fc from 'fast-check';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { type Test, test } from 'tap';
import { isOptional } from '../../hooks/children/child-kinds.ts';
import { buildDesired } from '../../hooks/desired.ts';
import { objectOf } from '../../hooks/json.ts';
import { formatProblems } from '../../hooks/problem.ts';
import { sync } from '../../hooks/sync.ts';
import { canonicalJson } from '../../hooks/text/canonical-json.ts';
import { openAPIV3Schema } from '../../scripts/crd/crd.ts';
import { violations } from '../../scripts/crd/violations.ts';
import { schematicSpec, validSpec } from '../support/arbitrary-spec.ts';
import { deepFreeze } from '../support/deep-freeze.ts';
import { mutated } from '../support/mutated.ts';
import { context, edited, recorded, shuffled } from '../support/requests.ts';

/** `PROPERTY_RUNS` inputs to a property instead of these, with `tap --timeout=0`, and `PROPERTY_SEED` to see some again. */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 100);
const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);

/** Holds a property against inputs as they come in a request: JSON, and frozen. */
function holds(t: Test, inputs: fc.Arbitrary<unknown>, property: (spec: unknown) => void): void {
  t.comment(`PROPERTY_RUNS=${numRuns} PROPERTY_SEED=${seed}`);
  const posted = inputs.map((spec) => deepFreeze(spec && JSON.parse(JSON.stringify(spec))));
  fc.assert(fc.property(posted, property), { numRuns, seed });
  t.pass(`holds for ${numRuns} inputs`);
}

const identity = { name: 'production', namespace: 'mcp-system' };
const build = (spec: unknown) => buildDesired(identity, spec, context.defaults);
const models = {
  ...{ ConfigMap, Service, ServiceAccount, Deployment, Role, RoleBinding },
  ...{ HorizontalPodAutoscaler, PodDisruptionBudget, NetworkPolicy },
  ...{ HTTPRoute, Ingress, PodMonitor },
};
const first = recorded('create', 1);

/** How many children a registry can't do without: an account that exists is none. */
const neededChildren = (spec: unknown) =>
  objectOf(objectOf(spec)['serviceAccount'])['name'] === undefined ? 6 : 5;

test('a valid spec gives six children, and those that it asks for, that satisfy the schemas of Kubernetes', async (t) => {
  holds(t, validSpec, (spec) => {
    const { children, problems = [] } = build(spec);
    if (!children) throw new Error(formatProblems(problems));
    for (const child of children.all)
      new models[child.kind as keyof typeof models](child as never).validate();
    const needed = children.all.filter(({ kind }) => !isOptional(kind));
    if (needed.length !== neededChildren(spec)) throw new Error(`${needed.length} children`);
  });
});

test('the keys of children are sorted, so that equal children have equal texts and hashes', async (t) => {
  holds(t, validSpec, (spec) => {
    for (const child of build(spec).children?.all ?? []) {
      const [text, sorted] = [JSON.stringify(child), canonicalJson(child)];
      if (text !== sorted) throw new Error(`${text}\n${sorted}`);
    }
  });
});

test('a valid spec is one to the definition as well', async (t) => {
  holds(t, validSpec, (spec) => {
    const found = violations(openAPIV3Schema, { metadata: identity, spec }, '');
    if (found.length > 0) throw new Error(found.join('; '));
  });
});

/** Whatever may be stored: valid ones, ones that break rules, ones with something wrong, and no spec at all. */
const anySpec = fc.oneof(
  validSpec,
  schematicSpec,
  mutated(validSpec),
  mutated(schematicSpec),
  fc.jsonValue(),
);

test('any spec at all is answered, with six children or with what is wrong', async (t) => {
  holds(t, anySpec, (spec) => {
    const { status, children } = sync(edited(first, spec), context);
    const refused = status.phase === 'Failed' && status.message !== '' && children.length === 0;
    if (!refused && children.length !== neededChildren(spec))
      throw new Error(`${status.phase}: ${children.length} children`);
  });
});

test('the order of keys changes nothing', async (t) => {
  holds(t, anySpec, (spec) => {
    const [answer, other] = [spec, shuffled(spec)].map((each) =>
      JSON.stringify(sync(edited(first, each), context)),
    );
    if (answer !== other) throw new Error(`${answer}\n${other}`);
  });
});
