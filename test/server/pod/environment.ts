import { PodProblem } from './pod-problem.ts';
import type {
  Container,
  EnvVar,
  KeyRef,
  Objects,
  PodIdentity,
  PodTemplate,
  ServiceAddress,
  Texts,
} from './types.ts';

/**
 * The variables of a container as a kubelet sets them: those of Services, then `envFrom`, then `env`, each of which may
 * use those before it as `$(NAME)`.
 *
 * @throws PodProblem where a kubelet does not start the container
 */
export function environmentOf(
  container: Container,
  template: PodTemplate,
  objects: Objects,
  pod: PodIdentity,
): Record<string, string> {
  const links = template.spec.enableServiceLinks === false ? [] : pod.services;
  const variables: Record<string, string> = {};
  for (const service of [...links, pod.kubernetes]) Object.assign(variables, serviceVariables(service));

  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const texts = configMapRef
      ? objects.configMaps?.[configMapRef.name]
      : objects.secrets?.[secretRef?.name ?? ''];
    const { name, optional } = configMapRef ?? secretRef ?? { name: '' };
    if (!texts && !optional)
      throw new PodProblem(`${configMapRef ? 'configmap' : 'secret'} "${name}" not found`);
    for (const [key, text] of Object.entries(texts ?? {})) variables[prefix + key] = text;
  }
  for (const entry of container.env ?? []) {
    const value = valueOfVariable(entry, template, objects, pod, variables);
    if (value !== undefined) variables[entry.name] = value;
  }
  return variables;
}

/** Replaces `$(NAME)` by the variable; one that is not there stays, and `$$` is a dollar sign. */
export const expand = (text: string, variables: Texts) =>
  text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) =>
    name === undefined ? '$' : (variables[name] ?? whole),
  );

function valueOfVariable(
  { name, value, valueFrom }: EnvVar,
  template: PodTemplate,
  objects: Objects,
  pod: PodIdentity,
  variables: Texts,
): string | undefined {
  if (!valueFrom) return expand(value ?? '', variables);
  const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom;
  if (secretKeyRef) return keyOf('secret', objects.secrets, secretKeyRef);
  if (configMapKeyRef) return keyOf('configmap', objects.configMaps, configMapKeyRef);
  if (fieldRef) return fieldOf(fieldRef.fieldPath, template, pod);
  throw new Error(`the harness does not know where the variable ${name} comes from`);
}

function keyOf(
  kind: string,
  objects: Readonly<Record<string, Texts>> | undefined,
  { name = '', key, optional }: KeyRef,
): string | undefined {
  const texts = objects?.[name];
  if (texts?.[key] !== undefined || optional) return texts?.[key];
  throw new PodProblem(
    texts ? `couldn't find key ${key} in ${kind} "${name}"` : `${kind} "${name}" not found`,
  );
}

/** A field of the pod that the downward API gives. */
export function fieldOf(path: string, { metadata, spec }: PodTemplate, pod: PodIdentity): string {
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(path) ?? [];
  if (map === 'labels' || map === 'annotations') return metadata?.[map]?.[key] ?? '';
  const fields: Record<string, string | undefined> = {
    'metadata.name': pod.name,
    'metadata.namespace': pod.namespace,
    'metadata.uid': '00000000-0000-4000-8000-000000000000',
    'spec.nodeName': 'node',
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': pod.ip,
    'status.podIPs': pod.ip,
    'status.hostIP': '127.0.0.1',
    'status.hostIPs': '127.0.0.1',
  };
  const value = fields[path];
  if (value === undefined) throw new Error(`the harness does not know the field ${path} of a pod`);
  return value;
}

/** The variables of a Service, as kubelets and Docker's links name them. */
function serviceVariables({ name, ip, ports }: ServiceAddress): Record<string, string> {
  const prefix = name.toUpperCase().replaceAll('-', '_');
  const variables: Record<string, string> = { [`${prefix}_SERVICE_HOST`]: ip };
  ports.forEach(({ name: portName, port }, index) => {
    if (index === 0) {
      variables[`${prefix}_SERVICE_PORT`] = String(port);
      variables[`${prefix}_PORT`] = `tcp://${ip}:${port}`;
    }
    if (portName) {
      variables[`${prefix}_SERVICE_PORT_${portName.toUpperCase().replaceAll('-', '_')}`] = String(port);
    }
    const link = `${prefix}_PORT_${port}_TCP`;
    variables[link] = `tcp://${ip}:${port}`;
    variables[`${link}_PROTO`] = 'tcp';
    variables[`${link}_PORT`] = String(port);
    variables[`${link}_ADDR`] = ip;
  });
  return variables;
}
