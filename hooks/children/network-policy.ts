import type { IIPBlock } from 'kubernetes-models/networking.k8s.io/v1/IPBlock';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INetworkPolicyEgressRule } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyEgressRule';
import type { INetworkPolicyIngressRule } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyIngressRule';
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import type { INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort';
import type { Peer } from '../registry/network/peer.ts';
import type { Selector } from '../registry/network/selector.ts';
import { sortKeys } from '../text/canonical-json.ts';
import type { ChildKindRow } from './child-kind.ts';
import { labelSelector } from './collision-rule.ts';
import { internalPort, portNumber } from './container-ports.ts';
import { holds } from './holds.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf, selectorOf } from './metadata.ts';
import { API_PORT, apiName } from './names.ts';

export type DesiredNetworkPolicy = KubernetesChild<INetworkPolicy, 'spec'>;

/** Limits who connects to the pods, and where they connect to. */
export const networkPolicy: ChildKindRow<DesiredNetworkPolicy | undefined> = {
  apiVersion: 'networking.k8s.io/v1',
  resource: 'networkpolicies',
  nameOf: apiName,
  build: ({ identity, registry: { objects, egress }, template }) => {
    if (!objects.networkPolicy) return undefined;
    // Where a Prometheus runs that reads the metrics is not known.
    const anyPod: Peer[] | undefined = objects.monitoring?.enabled ? [{ namespaceSelector: {} }] : undefined;
    const { from, monitoringFrom = anyPod } = objects.networkPolicy;
    const name = apiName(identity);
    const apiPort = numberOf(portNumber(template, API_PORT.name)) ?? API_PORT.number;
    // Where it is that of the API, that of the API stays for those in `from` alone.
    const internal = internalPort(template);
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: metadataOf(name, identity),
      spec: {
        ...(egress ? { egress: egressRules(egress) } : {}),
        ingress: [
          ingressRule(from, apiPort),
          ...(monitoringFrom && internal ? [ingressRule(monitoringFrom, internal.number)] : []),
        ],
        podSelector: { matchLabels: selectorOf(name) },
        policyTypes: egress ? ['Ingress', 'Egress'] : ['Ingress'],
      },
    };
  },
  read: (object) => object,
  isAsDesired: ({ spec }, desired) => holds(spec, desired.spec),
  repair: {
    // With one more condition it would be about fewer pods, or none.
    collisions: { fields: { spec: { fields: { podSelector: labelSelector } } } },
  },
  optional: { field: 'spec.networkPolicy', component: 'network-policy' },
};

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const portOf = (port: number, protocol: 'TCP' | 'UDP' = 'TCP'): INetworkPolicyPort => ({ port, protocol });

const ingressRule = (from: readonly Peer[], port: number): INetworkPolicyIngressRule => ({
  from: from.map(peerOf),
  ports: [portOf(port)],
});

/**
 * Names are resolved at the port of DNS, or at that of the pods behind its Service, which is 5353 on OpenShift: most
 * networks look at the pod's.
 */
const DNS_PORTS = [53, 5353];

/** The protocols are in rules of their own, so that no list has two ports of one number. */
const egressRules = (ports: readonly number[]): INetworkPolicyEgressRule[] => [
  { ports: DNS_PORTS.map((port) => portOf(port, 'UDP')) },
  { ports: [...new Set([...DNS_PORTS, ...ports])].sort((a, b) => a - b).map((port) => portOf(port)) },
];

/** Without the empty lists and maps that the API server drops, and without fields that it does not know. */
const peerOf = ({ ipBlock, namespaceSelector, podSelector }: Peer): INetworkPolicyPeer => ({
  ...(ipBlock ? { ipBlock: blockOf(ipBlock) } : {}),
  ...(namespaceSelector ? { namespaceSelector: storedSelector(namespaceSelector) } : {}),
  ...(podSelector ? { podSelector: storedSelector(podSelector) } : {}),
});

const blockOf = ({ cidr, except = [] }: NonNullable<Peer['ipBlock']>): IIPBlock => ({
  cidr,
  ...(except.length > 0 ? { except } : {}),
});

const storedSelector = ({
  matchExpressions = [],
  matchLabels = {},
}: Selector): NonNullable<INetworkPolicyPeer['podSelector']> => ({
  ...(matchExpressions.length > 0
    ? {
        matchExpressions: matchExpressions.map(({ key, operator, values = [] }) => ({
          key,
          operator,
          ...(values.length > 0 ? { values } : {}),
        })),
      }
    : {}),
  ...(Object.keys(matchLabels).length > 0 ? { matchLabels: sortKeys(matchLabels) } : {}),
});
