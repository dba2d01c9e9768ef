import { podSelector } from '../../../hooks/children/metadata.ts';
import { apiName } from '../../../hooks/children/names.ts';
import { CONTAINER } from '../../../hooks/children/pod-template.ts';
import type { Identity } from '../../../hooks/identity.ts';

/** The command that shows more about a registry whose status has a reason. */
export function nextCommand(reason: string, registry: Identity): readonly string[] {
  const { name, namespace } = registry;
  const place = ['-n', namespace];
  const pods = ['-l', podSelector(apiName(registry))];
  const logs = ['kubectl', 'logs', ...place, ...pods, '-c', CONTAINER];
  switch (reason) {
    case 'InvalidSpec':
    case 'InvalidPodTemplateSpec':
      return ['kubectl', 'edit', 'mcpregistry', name, ...place];
    case 'ConfigMapNotFound':
    case 'ConfigMapKeyNotFound':
      return ['kubectl', 'get', 'configmaps', ...place];
    case 'ClaimNotFound':
    case 'ClaimPending':
    case 'ClaimLost':
      return ['kubectl', 'describe', 'persistentvolumeclaims', ...place];
    case 'CrashLoopBackOff':
    case 'OOMKilled':
      return [...logs, '--previous'];
    case 'ReadinessProbeFailed':
    case 'StartupProbeFailed':
      return logs;
    case 'FailedCreate':
      return ['kubectl', 'describe', 'replicasets', ...place, ...pods];
    case 'ChildNotApplied':
    case 'SyncError':
    case 'Terminating':
      return ['kubectl', 'describe', 'mcpregistry', name, ...place];
    default:
      return ['kubectl', 'describe', 'pods', ...place, ...pods];
  }
}
