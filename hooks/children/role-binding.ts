import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { objectOf, objectsOf } from '../json.ts';
import { podAccount } from './account.ts';
import type { ChildKindRow } from './child-kind.ts';
import { holds } from './holds.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf } from './metadata.ts';
import { accountName } from './names.ts';
import { isSameMap } from './same-map.ts';

export type DesiredRoleBinding = KubernetesChild<IRoleBinding>;

/** The RoleBinding that gives the Role to the ServiceAccount. */
export const roleBinding: ChildKindRow<DesiredRoleBinding> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  resource: 'rolebindings',
  nameOf: accountName,
  build: ({ identity, registry }): DesiredRoleBinding => {
    const name = accountName(identity);
    return {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: metadataOf(name, identity),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [
        {
          kind: 'ServiceAccount',
          name: podAccount(identity, registry.objects),
          namespace: identity.namespace,
        },
      ],
    };
  },
  read: (object) => object,
  isAsDesired: ({ subjects }, desired) =>
    (desired.subjects ?? []).every((subject) => objectsOf(subjects).some((found) => holds(found, subject))),
  repair: {
    whyUnchangeable: (observed, desired) =>
      isSameMap(objectOf(observed['roleRef']), objectOf(desired.roleRef))
        ? undefined
        : 'its roleRef was changed, which nobody can change back',
  },
};
