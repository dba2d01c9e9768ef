import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { ChildKindRow } from './child-kind.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf } from './metadata.ts';
import { accountName } from './names.ts';
import { pullSecrets } from './pull-secrets.ts';

export type DesiredServiceAccount = KubernetesChild<IServiceAccount>;

/** The ServiceAccount that a registry's pods run as. */
export const serviceAccount: ChildKindRow<DesiredServiceAccount> = {
  apiVersion: 'v1',
  resource: 'serviceaccounts',
  nameOf: accountName,
  build: ({ identity, registry: { imagePullSecrets } }): DesiredServiceAccount => ({
    apiVersion: 'v1',
    ...pullSecrets(imagePullSecrets),
    kind: 'ServiceAccount',
    metadata: metadataOf(accountName(identity), identity),
  }),
  read: (object) => object,
  isAsDesired: () => true,
};
