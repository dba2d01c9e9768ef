import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { ChildKindRow } from './child-kind.ts';
import { holdsAnnotations } from './holds.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf } from './metadata.ts';
import { accountName } from './names.ts';
import { pullSecrets } from './pull-secrets.ts';

export type DesiredServiceAccount = KubernetesChild<IServiceAccount>;

/** The ServiceAccount that a registry's pods run as; none where the spec names one that exists. */
export const serviceAccount: ChildKindRow<DesiredServiceAccount | undefined> = {
  apiVersion: 'v1',
  resource: 'serviceaccounts',
  nameOf: accountName,
  build: ({ identity, registry: { imagePullSecrets, objects } }) => {
    const { name, annotations } = objects.serviceAccount ?? {};
    if (name !== undefined) return undefined;
    return {
      apiVersion: 'v1',
      ...pullSecrets(imagePullSecrets),
      kind: 'ServiceAccount',
      metadata: metadataOf(accountName(identity), identity, annotations),
    };
  },
  read: (object) => object,
  isAsDesired: holdsAnnotations,
  sizeField: ({ objects }) =>
    objects.serviceAccount?.annotations ? 'spec.serviceAccount.annotations' : 'spec',
};
