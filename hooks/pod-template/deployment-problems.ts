import { selectorOf } from '../children/metadata.ts';
import { CONFIG_HASH_ANNOTATION, type PodTemplate } from '../children/pod-template.ts';
import { describe, type Problem } from '../problem.ts';
import type { Unknown } from '../registry/registry.ts';
import { podSpecOf } from './template-parts.ts';
import { TEMPLATE_FIELD } from './user-fields.ts';

/** Metadata that the Deployment and the Service depend on, and fields that the template of a Deployment may not have. */
export function deploymentProblems(own: PodTemplate, merged: PodTemplate, unknown: Unknown): Problem[] {
  return [
    ...selectorProblems(own, merged),
    ...(unknown.config ? [] : configHashProblems(own, merged)),
    ...podFieldProblems(merged),
  ];
}

function selectorProblems(own: PodTemplate, { metadata }: PodTemplate): Problem[] {
  return Object.entries(selectorOf(own.metadata.labels['app.kubernetes.io/name'] ?? ''))
    .filter(([label, value]) => metadata?.labels?.[label] !== value)
    .map(([label, value]) => ({
      field: `${TEMPLATE_FIELD}.metadata.labels.${label}`,
      message: `must be ${describe(value)}, because the Deployment and the Service select pods by it: do not change or delete it`,
    }));
}

/** Without the hash of the configuration in its template, a Deployment would keep the pods of an old configuration. */
function configHashProblems(own: PodTemplate, { metadata }: PodTemplate): Problem[] {
  const hash = own.metadata.annotations[CONFIG_HASH_ANNOTATION];
  return metadata?.annotations?.[CONFIG_HASH_ANNOTATION] === hash
    ? []
    : [
        {
          field: `${TEMPLATE_FIELD}.metadata.annotations.${CONFIG_HASH_ANNOTATION}`,
          message:
            'must stay as it is, because it replaces the pods when the configuration changes: do not change or delete it',
        },
      ];
}

/** As the API server validates Deployments (kubernetes: pkg/apis/apps/validation/validation.go). */
function podFieldProblems(merged: PodTemplate): Problem[] {
  const { restartPolicy, ephemeralContainers, activeDeadlineSeconds } = podSpecOf(merged);
  return [
    ...(restartPolicy === undefined || restartPolicy === 'Always'
      ? []
      : [
          {
            field: `${TEMPLATE_FIELD}.spec.restartPolicy`,
            message: `must be Always in a Deployment, found ${describe(restartPolicy)}: remove it`,
          },
        ]),
    ...Object.entries({ ephemeralContainers, activeDeadlineSeconds })
      .filter(([, value]) => value !== undefined)
      .map(([name]) => ({
        field: `${TEMPLATE_FIELD}.spec.${name}`,
        message: 'is not allowed in a Deployment: remove it',
      })),
  ];
}
