import { type Static, Type } from '@sinclair/typebox';
import { distinct } from '../common-rules.ts';
import { SpecObject } from '../fields/common.ts';
import { Peers } from './peer.ts';

/** As many as a registry needs. */
const PORTS_LIMIT = 50;

/** What a NetworkPolicy is made from. */
export const NetworkPolicy = SpecObject(
  {
    from: Peers('Who may connect to the registry API, at least one.'),
    monitoringFrom: Type.Optional(
      Peers(
        'Who may connect to the internal port, with health and metrics. Without it all pods with monitoring, and nobody else; probes of the kubelet pass in most networks.',
      ),
    ),
    egressPorts: Type.Optional(
      distinct(
        Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), {
          description:
            'More TCP ports to connect to, such as the targetPort of a Service: most networks look at that.',
          maxItems: PORTS_LIMIT,
        }),
      ),
    ),
  },
  {
    description:
      'Limits who connects to the pods, and to which ports they connect, with a NetworkPolicy: those that the configuration names, at any address, and DNS. Any port with configYAML, a source of kind kubernetes, and containers, variables, command or args in podTemplateSpec.',
  },
);
export type NetworkPolicy = Static<typeof NetworkPolicy>;
