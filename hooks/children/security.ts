import type { ISecurityContext } from 'kubernetes-models/v1/SecurityContext';

/** What the Pod Security level "restricted" asks of a container, and a root file system that can't be written. */
export const restricted: ISecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};
