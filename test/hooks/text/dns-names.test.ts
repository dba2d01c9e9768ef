import { test } from 'tap';
import { dnsLabel, dnsSubdomain, isDnsLabel } from '../../../hooks/text/dns-names.ts';

const names: readonly {
  readonly reason: string;
  readonly name: string;
  readonly isLabel: boolean;
  readonly isSubdomain: boolean;
}[] = [
  { reason: 'one letter', name: 'a', isLabel: true, isSubdomain: true },
  { reason: 'one digit', name: '0', isLabel: true, isSubdomain: true },
  { reason: 'dashes inside', name: 'a--b-1', isLabel: true, isSubdomain: true },
  { reason: 'a label at the limit', name: 'a'.repeat(63), isLabel: true, isSubdomain: true },
  { reason: 'one character more', name: 'a'.repeat(64), isLabel: false, isSubdomain: true },
  { reason: 'dots inside', name: 'a.b', isLabel: false, isSubdomain: true },
  { reason: 'no characters', name: '', isLabel: false, isSubdomain: false },
  { reason: 'a dash first', name: '-a', isLabel: false, isSubdomain: false },
  { reason: 'a dash last', name: 'a-', isLabel: false, isSubdomain: false },
  { reason: 'two dots in a row', name: 'a..b', isLabel: false, isSubdomain: false },
  { reason: 'a capital letter', name: 'A', isLabel: false, isSubdomain: false },
  { reason: 'an underscore', name: 'a_b', isLabel: false, isSubdomain: false },
  { reason: 'a line break at the end', name: 'a\n', isLabel: false, isSubdomain: false },
];

for (const { reason, name, isLabel, isSubdomain } of names) {
  test(`a name with ${reason}`, async (t) => {
    t.equal(isDnsLabel(name), isLabel, dnsLabel.expects);
    t.equal(new RegExp(dnsSubdomain.pattern).test(name), isSubdomain, dnsSubdomain.expects);
  });
}
