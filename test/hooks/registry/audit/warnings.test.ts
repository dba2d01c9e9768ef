import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { stringify } from 'yaml';
import { eventTypes } from '../../../../hooks/registry/audit/event-types.ts';
import { quiet, testWarnings } from '../../../support/warnings.ts';

const auditOf = (auditConfig: object) => ({ ...quiet, auditConfig });
const rawOf = (audit: unknown) => ({
  configYAML: stringify({
    auth: { mode: 'oauth', authz: { roles: { superAdmin: [] } } },
    audit,
  }),
});

const disabled = 'is not set, so that nothing is recorded: set it to true, or to false if that is meant';
const unknown =
  'is no type of event that server 1.5.1 has, which compares them letter by letter: correct it as docs/registry-server.md lists them';

testWarnings([
  {
    spec: auditOf({ logFile: '/data/audit.log' }),
    expected: [`AuditDisabled: spec.auditConfig.enabled: ${disabled}`],
    reason: 'an audit log that was not switched on',
  },
  {
    spec: rawOf({ maxDataSize: 10 }),
    expected: [`AuditDisabled: spec.configYAML: audit.enabled: ${disabled}`],
    reason: 'the same in a configuration of the user',
  },
  {
    spec: auditOf({ enabled: false, logFile: '/data/audit.log' }),
    expected: [],
    reason: 'an audit log that was switched off',
  },
  { spec: auditOf({}), expected: [], reason: 'an empty section' },
  {
    spec: auditOf({
      enabled: true,
      eventTypes: ['source.create', 'Source.Create', 'source.*'],
      excludeEventTypes: ['mcp_tool_call'],
    }),
    expected: [
      `UnknownEventType: spec.auditConfig.eventTypes[1], spec.auditConfig.eventTypes[2], spec.auditConfig.excludeEventTypes[0]: ${unknown}`,
    ],
    reason: 'types that no event has',
  },
  {
    spec: rawOf({ enabled: true, eventTypes: [7, 'user.info'] }),
    expected: [`UnknownEventType: spec.configYAML: audit.eventTypes[0]: ${unknown}`],
    reason: 'the same in a configuration of the user, of any type',
  },
  {
    spec: auditOf({ enabled: true, eventTypes: [...eventTypes] }),
    expected: [],
    reason: 'all types of the server',
  },
]);

test('the documentation lists the types of events', async (t) => {
  const text = readFileSync(new URL('../../../../docs/registry-server.md', import.meta.url), 'utf8');
  const line = text.split('\n').find((row) => row.startsWith('| Types of events:')) ?? '';
  const listed = [...line.matchAll(/`([a-z]+(\.[a-z]+)+)`/g)].map(([, type]) => type);
  t.strictSame(listed, [...eventTypes]);
});
