/** What the Pod Security level "restricted" asks of a container, and a root file system that can't be written. */
export const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};
