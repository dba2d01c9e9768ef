import { type Static, Type } from '@sinclair/typebox';
import { SpecObject } from '../fields/common.ts';
import { LabelsOfChild } from '../fields/string-maps.ts';
import { withRules } from '../rule.ts';
import { longerThanZero } from './rules.ts';

/** What a PodMonitor is made from. */
export const Monitoring = SpecObject(
  {
    enabled: Type.Optional(Type.Boolean({ description: 'Whether there is a PodMonitor.', default: false })),
    interval: Type.Optional(
      withRules(
        Type.String({
          description: 'How often Prometheus reads the metrics, such as 30s; its own interval if left out.',
          // The units of Prometheus that are of use here (prometheus-operator: pkg/apis/monitoring/v1/types.go, Duration), with
          // so few digits that Prometheus can count the result.
          pattern: '^([0-9]{1,4}h)?([0-9]{1,5}m)?([0-9]{1,7}s)?([0-9]{1,9}ms)?$',
          maxLength: 32,
          expects: 'a duration of hours, minutes, seconds and milliseconds, such as 30s or 1m30s',
        }),
        [longerThanZero],
      ),
    ),
    labels: Type.Optional(
      LabelsOfChild(
        'Labels of the PodMonitor, for a Prometheus that selects PodMonitors by their labels, such as release: prometheus. Not those that the hook sets.',
      ),
    ),
  },
  {
    description:
      'Lets a Prometheus of the Prometheus operator read the metrics of each pod, with a PodMonitor. The server has metrics since v1.5.1, and only with enabled and metrics.enabled in telemetryConfig.',
  },
);
export type Monitoring = Static<typeof Monitoring>;
