import { type Static, Type } from '@sinclair/typebox';
import { textRule } from '../common-rules.ts';
import { List, SpecObject, TEXT_LIMIT, Text } from '../fields/common.ts';
import { withRules } from '../rule.ts';

/** The rules compare it with mounts, name by name. */
const withoutDots = textRule(
  'must be the path of a file: remove each "." and ".."',
  "!self.matches('(^|/)[.]{1,2}(/|$)')",
  (path) => !path.split('/').some((name) => name === '.' || name === '..'),
);

const EventTypes = (description: string) =>
  Type.Optional(List(Text('Type of an event, such as source.create.', { maxLength: 253 }), { description }));

/** The audit log of a registry server: who called what, and with which outcome. */
export const AuditConfig = SpecObject(
  {
    enabled: Type.Optional(
      Type.Boolean({ description: 'Whether calls of the registry API are recorded.', default: false }),
    ),
    logFile: Type.Optional(
      withRules(
        Type.String({
          description:
            'File for the records, in a folder that exists and that the server may write to: /data and /tmp, which are lost with the pod, or a volume of your own. The server appends to it and never shortens it. Standard output if it is left out.',
          pattern: '^/.*[^/]$',
          maxLength: TEXT_LIMIT,
          expects: 'the absolute path of a file, such as /data/audit.log',
        }),
        [withoutDots],
      ),
    ),
    eventTypes: EventTypes(
      'Types of events to record; all if it is left out or empty. docs/registry-server.md lists them.',
    ),
    excludeEventTypes: EventTypes('Types of events not to record, also if eventTypes has them.'),
    includeRequestData: Type.Optional(
      Type.Boolean({
        description: 'Whether the bodies of calls that change something are recorded, as they are.',
        default: false,
      }),
    ),
    maxDataSize: Type.Optional(
      Type.Integer({
        description: 'How much of a body is recorded, in bytes; the server has 1024 by default.',
        minimum: 0,
        maximum: 1_048_576,
      }),
    ),
  },
  {
    description:
      'The audit log of the registry server: one line of JSON for each call, with the level AUDIT. Servers before v1.0.2 ignore it.',
  },
);
export type AuditConfig = Static<typeof AuditConfig>;
