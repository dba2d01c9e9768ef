import { type Static, Type } from '@sinclair/typebox';
import { ObjectName, SpecObject } from '../fields/common.ts';
import { Annotations } from '../fields/string-maps.ts';

/** The ServiceAccount that the pods run as. */
export const ServiceAccount = SpecObject(
  {
    annotations: Type.Optional(
      Annotations(
        'Annotations of the ServiceAccount that is made for the registry, as for an identity of the cloud (databaseConfig.dynamicAuth).',
      ),
    ),
    name: Type.Optional(
      ObjectName(
        'Name of a ServiceAccount that exists, in place of that one. It is left as it is, and gets the rights of the server. Create it first: without it no pod starts. Not with annotations.',
      ),
    ),
  },
  { description: 'The ServiceAccount that the pods run as.' },
);
export type ServiceAccount = Static<typeof ServiceAccount>;
