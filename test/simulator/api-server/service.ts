import { clone, type JsonObject, type KubeObject, listAt, objectAt } from '../json.ts';

/**
 * What the API server does to a Service after a client's fields are noted: it allocates addresses and node ports,
 * keeps those that a client leaves out, and drops those that the type has no use for.
 */
export function finishService(
  service: KubeObject,
  before: KubeObject | undefined,
  newAddress: () => string,
): void {
  const spec = objectAt(service, 'spec');
  const old = objectAt(before, 'spec');
  const allocated = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const;
  if (spec['type'] === 'ExternalName') {
    for (const field of allocated) delete spec[field];
    return;
  }
  delete spec['externalName'];
  if (before && old['type'] !== 'ExternalName') {
    for (const field of allocated)
      if (spec[field] === undefined && old[field] !== undefined) spec[field] = clone(old[field]);
  }
  if (spec['clusterIP'] === undefined) {
    const address = newAddress();
    Object.assign(spec, { clusterIP: address, clusterIPs: [address] });
  }
  if (spec['ipFamilies'] === undefined)
    Object.assign(spec, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
  for (const port of listAt(spec, 'ports') as JsonObject[]) {
    if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer')
      port['nodePort'] ??= 30000 + (Number(port['port']) % 2768);
    else delete port['nodePort'];
  }
}
