import { type ChildKind, type Children, notManaged } from '../children/child-kinds.ts';
import { apiName } from '../children/names.ts';
import type { Parent } from '../contract/request.ts';
import { identityOf } from '../identity.ts';
import { listOf, objectOf, objectsOf, textOf } from '../json.ts';
import { formatProblems } from '../problem.ts';
import { type Expose, ROOT_PATH } from '../registry/expose/schema.ts';
import { listSome } from '../registry/warning.ts';
import type { DecidedCondition } from './conditions.ts';
import { acceptanceOf } from './route-acceptance.ts';
import { childAsDesired } from './serving.ts';

/** Whether a registry that asks for it is reached from outside of the cluster. */
export interface Exposure {
  /** True once every Gateway, or the controller of the Ingress, has accepted it. Nothing else waits for it. */
  readonly condition: DecidedCondition;
  /** There while the condition is True and the spec names a host. */
  readonly externalUrl?: string;
}

/** What is said of a route or an Ingress. */
interface Said {
  readonly reason: 'Accepted' | 'Pending' | 'NotAccepted' | 'NotRegistered';
  readonly message: string;
}

/**
 * How far the exposure of a registry is that asks for one.
 *
 * @param parent with a valid spec
 * @returns undefined if it asks for none
 */
export function exposureOf(parent: Parent, children: Children): Exposure | undefined {
  // A valid spec satisfies its schema.
  const expose = objectOf(parent.spec)['expose'] as Expose | undefined;
  if (!expose) return undefined;
  const said = expose.httpRoute ? routeOf(parent, children) : ingressOf(parent, children);
  const isAccepted = said.reason === 'Accepted';
  const url = urlOf(expose);
  return {
    condition: {
      type: 'Exposed',
      status: isAccepted ? 'True' : 'False',
      ...said,
      observedGeneration: parent.metadata.generation,
    },
    ...(isAccepted && url !== undefined ? { externalUrl: url } : {}),
  };
}

/** @returns undefined if the spec names no host, or only such as stand for many */
function urlOf({ httpRoute, ingress }: Expose): string | undefined {
  const host = (httpRoute?.hostnames ?? ingress?.hosts)?.find((name) => !name.startsWith('*'));
  if (host === undefined) return undefined;
  const path = httpRoute?.path ?? ROOT_PATH;
  const scheme = httpRoute ? (httpRoute.scheme ?? 'https') : ingress?.tls ? 'https' : 'http';
  return `${scheme}://${host}${path === ROOT_PATH ? '' : path}`;
}

function routeOf(parent: Parent, children: Children): Said {
  const desired = children.desired.HTTPRoute;
  if (!desired) return notRegistered('HTTPRoute');
  const { refused, pending } = acceptanceOf(childAsDesired('HTTPRoute', children), desired);
  const route = nameOf('HTTPRoute', parent);
  const waiting = pending.length === 0 ? [] : [`not accepted yet by ${listSome(pending)}`];
  if (refused.length > 0) {
    const reasons = formatProblems(
      refused.map(({ gateway, why }) => ({ field: gateway, message: why })),
      REFUSALS_SHOWN,
    );
    const message = `${route} is not accepted: ${[reasons, ...waiting].join('; ')}. ${inspect('HTTPRoute', parent)}`;
    return { reason: 'NotAccepted', message };
  }
  if (pending.length > 0) {
    return { reason: 'Pending', message: `${route} is ${waiting.join()}. ${inspect('HTTPRoute', parent)}` };
  }
  return { reason: 'Accepted', message: `${route} is accepted` };
}

const REFUSALS_SHOWN = 3;

/** As many addresses as are looked at. */
const ADDRESSES_LIMIT = 32;

function ingressOf(parent: Parent, children: Children): Said {
  if (!children.desired.Ingress) return notRegistered('Ingress');
  const ingress = nameOf('Ingress', parent);
  const { loadBalancer } = objectOf(childAsDesired('Ingress', children)?.['status']);
  const addresses = listOf(objectOf(loadBalancer)['ingress']).slice(0, ADDRESSES_LIMIT);
  const isServed = objectsOf(addresses).some(({ ip, hostname }) => textOf(ip) + textOf(hostname) !== '');
  return isServed
    ? { reason: 'Accepted', message: `${ingress} has an address` }
    : {
        reason: 'Pending',
        message: `${ingress} has no address yet: a controller of its class gives it one. ${inspect('Ingress', parent)}`,
      };
}

const notRegistered = (kind: ChildKind): Said => ({
  reason: 'NotRegistered',
  message: notManaged(kind),
});

const nameOf = (kind: ChildKind, parent: Parent) => `${kind} ${apiName(identityOf(parent))}`;

const inspect = (kind: ChildKind, parent: Parent) => {
  const { namespace } = identityOf(parent);
  return `Run: kubectl describe ${kind.toLowerCase()} ${apiName(identityOf(parent))} -n ${namespace}`;
};
