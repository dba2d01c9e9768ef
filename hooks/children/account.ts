import type { Identity } from '../identity.ts';
import type { Problem } from '../problem.ts';
import type { ObjectFields } from '../registry/registry.ts';
import { accountName } from './names.ts';

/** The ServiceAccount that the pods of a registry run as, and that has its rights. */
export const podAccount = (identity: Identity, { serviceAccount }: ObjectFields): string =>
  serviceAccount?.name ?? accountName(identity);

/** A spec that names our own account in place of it: Metacontroller would delete it. */
export const accountProblems = (identity: Identity, { serviceAccount }: ObjectFields): Problem[] =>
  serviceAccount?.name === accountName(identity)
    ? [
        {
          field: 'spec.serviceAccount.name',
          message:
            'is the name of the ServiceAccount that is made for the registry, and would be deleted if it were named: remove it, or name another one',
        },
      ]
    : [];
