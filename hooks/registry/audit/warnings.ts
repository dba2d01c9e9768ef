import { listOf, textOf } from '../../json.ts';
import { SECTION_LIMIT, type Section, type Sections } from '../section.ts';
import { type Warning, warnAbout } from '../warning.ts';
import { eventTypes } from './event-types.ts';

/** What is not recorded that most people would expect to be. */
export function auditWarnings({ audit }: Sections): Warning[] {
  const { field, value } = audit;
  const isForgotten = value['enabled'] === undefined && Object.keys(value).length > 0;
  return [
    ...warnAbout(
      'AuditDisabled',
      isForgotten ? [`${field}.enabled`] : [],
      'is not set, so that nothing is recorded: set it to true, or to false if that is meant',
    ),
    ...warnAbout(
      'UnknownEventType',
      ['eventTypes', 'excludeEventTypes'].flatMap((list) => unknownTypes(audit, list)),
      'is no type of event that server 1.5.1 has, which compares them letter by letter: correct it as docs/registry-server.md lists them',
    ),
  ];
}

/** The fields of a list that no event has. */
const unknownTypes = ({ field, value }: Section, list: string): string[] =>
  listOf(value[list])
    .slice(0, SECTION_LIMIT)
    .flatMap((type, index) => (eventTypes.has(textOf(type)) ? [] : [`${field}.${list}[${index}]`]));
