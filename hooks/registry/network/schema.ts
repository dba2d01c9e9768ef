import { type Static, Type } from '@sinclair/typebox';
import { SpecObject } from '../fields/common.ts';
import { Peers } from './peer.ts';

/** As many as a registry needs. */
const PORTS_LIMIT = 50;

/** What a NetworkPolicy is made from. */
export const NetworkPolicy = SpecObject(
  {
    from: Peers('Who may connect to the registry API, at least one: its callers, and what leads them to it.'),
    monitoringFrom: Type.Optional(
      Peers(
        'Who may connect to the internal port of the server, with health and metrics. Nobody without it; the probes of the kubelet pass all the same.',
      ),
    ),
    egressPorts: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), {
        description:
          'More TCP ports that the server may connect to. Most networks look at the port of the pod behind a Service (targetPort), which no field of the spec names.',
        maxItems: PORTS_LIMIT,
        'x-kubernetes-list-type': 'set',
      }),
    ),
  },
  {
    description:
      'Limits who connects to the pods, and where they connect to, with a NetworkPolicy. The server may connect to the ports of what its configuration names, at any address, and to DNS. That is not limited where the ports are not known: with configYAML, with a source of kind kubernetes, and where podTemplateSpec adds containers or sets variables, command or args of the server.',
  },
);
export type NetworkPolicy = Static<typeof NetworkPolicy>;
