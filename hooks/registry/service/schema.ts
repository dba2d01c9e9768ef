import { type Static, Type } from '@sinclair/typebox';
import { OneOf, SpecObject } from '../fields/common.ts';
import { Annotations } from '../fields/string-maps.ts';

/** The port of the Service that leads to the internal port of the server, whatever number that has in the pod. */
export const INTERNAL_SERVICE_PORT = 8081;

/** What the Service of the registry API has beside its selector. */
export const Service = SpecObject(
  {
    type: Type.Optional(
      OneOf(['ClusterIP', 'NodePort', 'LoadBalancer'], {
        description: 'From where the Service is reached.',
        default: 'ClusterIP',
      }),
    ),
    port: Type.Optional(
      Type.Integer({
        description: 'Port of the Service, which status.url has; that of the container stays 8080.',
        minimum: 1,
        maximum: 65_535,
        default: 8080,
      }),
    ),
    annotations: Type.Optional(
      Annotations('Annotations of the Service, as the controllers of load balancers read them.'),
    ),
    internalPort: Type.Optional(
      Type.Boolean({
        description: `Whether the Service has port ${INTERNAL_SERVICE_PORT} as well, named internal: health, and metrics with telemetryConfig, which need no token. With NodePort and LoadBalancer it is open to all who reach the Service. No effect where the server has no internal port of its own (before v1.1.0).`,
        default: false,
      }),
    ),
    trafficDistribution: Type.Optional(
      OneOf(['PreferClose', 'PreferSameZone', 'PreferSameNode'], {
        description:
          'Which pods the Service prefers: those near the caller. A cluster that does not know the value refuses the Service, and one that does not know the field ignores it: PreferClose needs Kubernetes 1.31, the others 1.34.',
      }),
    ),
  },
  { description: 'The Service of the registry API.' },
);
export type Service = Static<typeof Service>;
