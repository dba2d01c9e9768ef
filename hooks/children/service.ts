import type { Child } from '../contract/answer.ts';
import type { Identity } from '../identity.ts';
import { metadataOf, selectorOf } from './metadata.ts';
import { API_PORT, apiName } from './names.ts';

export function buildService(identity: Identity): Child {
  const name = apiName(identity);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(name, identity),
    spec: {
      type: 'ClusterIP',
      selector: selectorOf(name),
      ports: [
        {
          name: API_PORT.name,
          port: API_PORT.number,
          protocol: API_PORT.protocol,
          targetPort: API_PORT.name,
        },
      ],
    },
  };
}
