import { test } from 'tap';
import { readSpec } from '../../../support/read-spec.ts';
import { testRefusals, typed } from '../../../support/refusals.ts';

const of = (networkPolicy: unknown) => ({ ...typed, networkPolicy });
const from = (...peers: unknown[]) => of({ from: peers });
const labels = (matchLabels: unknown) => from({ podSelector: { matchLabels } });
const expression = (one: object) => from({ namespaceSelector: { matchExpressions: [one] } });
const block = (cidr: unknown, ...except: unknown[]) => from({ ipBlock: { cidr, except } });
const either = 'must have either ipBlock, or namespaceSelector and podSelector or one of them';
const range = 'a range of addresses such as 10.0.0.0/8 or fd00::/8';
const strict = `must be ${range}, without zeros before a number, and with zeros in all bits behind the prefix`;

testRefusals([
  {
    spec: of({}),
    expected: 'spec.networkPolicy.from: is required: set it to a list',
    reason: 'a policy about nobody',
  },
  {
    spec: from(),
    expected: 'spec.networkPolicy.from: must not be empty: list at least one',
    reason: 'an empty list, which would mean everybody',
  },
  {
    spec: of({ from: [{ podSelector: {} }], monitoringFrom: [] }),
    expected: 'spec.networkPolicy.monitoringFrom: must not be empty: list at least one',
    reason: 'an empty list of those who monitor',
  },
  {
    spec: from({ podSelector: {} }, {}),
    expected: `spec.networkPolicy.from[1]: ${either}`,
    reason: 'a peer that selects nothing',
  },
  {
    spec: of({ from: [{ podSelector: {} }], monitoringFrom: [{}] }),
    expected: `spec.networkPolicy.monitoringFrom[0]: ${either}`,
    reason: 'one who monitors and is nobody',
  },
  {
    spec: from({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
    expected: `spec.networkPolicy.from[0]: ${either}`,
    reason: 'addresses and pods',
  },
  ...['10.0.0.0', '10.0.0.0/08', 'a/b', 'fe80::1%eth0/64', ''].map((cidr) => ({
    spec: block(cidr),
    expected: `spec.networkPolicy.from[0].ipBlock.cidr: must be ${range}, found "${cidr}"`,
    reason: `no range, "${cidr}"`,
  })),
  ...['10.0.0.1/8', '010.0.0.0/8', '10.0/8', '10.0.0.0/33', '::/129', 'fd00::1/8', '::ffff:a00:0/104'].map(
    (cidr) => ({
      spec: block(cidr),
      expected: `spec.networkPolicy.from[0].ipBlock.cidr: ${strict}, found "${cidr}"`,
      reason: `a range that Kubernetes 1.36 refuses, ${cidr}`,
    }),
  ),
  {
    spec: block('10.0.0.0/8', '10.1.0.0/16', '10.1.0.1/16'),
    expected: `spec.networkPolicy.from[0].ipBlock.except[1]: ${strict}, found "10.1.0.1/16"`,
    reason: 'an exception that is no range',
  },
  ...['10.0.0.0/8', '10.0.0.0/7', '11.0.0.0/16', 'fd00::/16'].map((part) => ({
    spec: block('10.0.0.0/8', part),
    expected: `spec.networkPolicy.from[0].ipBlock.except[0]: must be a part of "10.0.0.0/8", and not all of it, found "${part}": correct or remove it`,
    reason: `an exception that is no part, ${part}`,
  })),
  {
    spec: labels({ 'a b': 'c' }),
    expected:
      'spec.networkPolicy.from[0].podSelector.matchLabels.a b: must have as its key a name of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, behind a domain in lower case and "/" if it has one',
    reason: 'a label that no pod has',
  },
  {
    spec: labels({ a: 'b c' }),
    expected:
      'spec.networkPolicy.from[0].podSelector.matchLabels.a: must be at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, found "b c"',
    reason: 'a value that no label has',
  },
  {
    spec: expression({ key: 'a', operator: 'In' }),
    expected:
      'spec.networkPolicy.from[0].namespaceSelector.matchExpressions[0].values: is required with In: list at least one value',
    reason: 'one of no values',
  },
  {
    spec: expression({ key: 'a', operator: 'NotIn', values: [] }),
    expected:
      'spec.networkPolicy.from[0].namespaceSelector.matchExpressions[0].values: is required with NotIn: list at least one value',
    reason: 'none of no values',
  },
  {
    spec: expression({ key: 'a', operator: 'Exists', values: ['b'] }),
    expected:
      'spec.networkPolicy.from[0].namespaceSelector.matchExpressions[0].values: has no meaning with Exists: remove it',
    reason: 'values of a label that is only there',
  },
  {
    spec: expression({ key: 'a', operator: 'Like', values: ['b'] }),
    expected:
      'spec.networkPolicy.from[0].namespaceSelector.matchExpressions[0].operator: must be one of In, NotIn, Exists, DoesNotExist, found "Like"',
    reason: 'an operator that there is not',
  },
  {
    spec: from({ podSelector: { app: 'gateway' } }),
    expected: 'spec.networkPolicy.from[0].podSelector.app: is not known here: correct its name, or remove it',
    reason: 'labels without matchLabels, which would let in every pod',
  },
  {
    spec: from({ namespaceSelector: { matchLabel: { a: 'b' } } }),
    expected:
      'spec.networkPolicy.from[0].namespaceSelector.matchLabel: is not known here: correct its name, or remove it',
    reason: 'a field with a mistake in its name, which would let in every namespace',
  },
  {
    spec: from({ ipBlock: { cidr: '10.0.0.0/8', exept: ['10.1.0.0/16'] } }),
    expected: 'spec.networkPolicy.from[0].ipBlock.exept: is not known here: correct its name, or remove it',
    reason: 'exceptions with a mistake in their name, which would be let in',
  },
  {
    spec: expression({
      key: `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}/e`,
      operator: 'Exists',
    }),
    expected: `spec.networkPolicy.from[0].namespaceSelector.matchExpressions[0].key: must be a name of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, behind a domain in lower case and "/" if it has one, found "${'a'.repeat(59)}…"`,
    reason: 'a key with a domain that is too long',
  },
  {
    spec: of({ from: [{ podSelector: {} }], egressPorts: [80, 80] }),
    expected: 'spec.networkPolicy.egressPorts[1]: names 80 a second time: remove it',
    reason: 'a port twice',
  },
  {
    spec: from(...Array.from({ length: 51 }, () => ({ podSelector: {} }))),
    expected: 'spec.networkPolicy.from: may have at most 50 items, found 51: remove some',
    reason: 'too many peers',
  },
  {
    spec: of({ from: [{ podSelector: {} }], egressPorts: [0] }),
    expected: 'spec.networkPolicy.egressPorts[0]: must be a whole number from 1 to 65535, found 0',
    reason: 'a port that there is not',
  },
]);

test('whom a policy may be about', async (t) => {
  const peers = [
    { podSelector: {} },
    { namespaceSelector: {}, podSelector: { matchLabels: { a: '' } } },
    { namespaceSelector: { matchExpressions: [{ key: 'x.y/z', operator: 'DoesNotExist', values: [] }] } },
    { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '192.168.1.1/32'] } },
    { ipBlock: { cidr: '::/0', except: ['FD00::/8'] } },
  ];
  t.strictSame(readSpec(from(...peers)).problems, undefined);
});
