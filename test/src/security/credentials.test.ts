import { test } from 'tap';
import { readTokens, readUsers } from '../../../src/security/credentials.ts';

const file = (text: string) => Buffer.from(text);

test('the tokens of a file', async (t) => {
  const tokens = readTokens(file('old-token\r\n\n  new.token_~+/==  \n'));
  for (const token of ['old-token', 'new.token_~+/==']) t.equal(tokens.has(token), true, token);
  for (const other of [
    '',
    'old',
    'old-token ',
    'OLD-TOKEN',
    'old-token\nnew.token_~+/==',
    'x'.repeat(10_000),
  ]) {
    t.equal(tokens.has(other), false, JSON.stringify(other));
  }
});

test('the users of a file', async (t) => {
  const users = readUsers(file('metacontroller:pässword\nother:a:b c\n'));
  for (const user of ['metacontroller:pässword', 'other:a:b c']) {
    t.equal(users.has(Buffer.from(user).toString('latin1')), true, user);
  }
  for (const other of ['', ':', 'metacontroller', 'metacontroller:', 'other:a', 'metacontroller:other']) {
    t.equal(users.has(other), false, JSON.stringify(other));
  }
});

test('a byte order mark is not part of the first line', async (t) => {
  const marked = (text: string) => file(`\ufeff${text}`);
  t.equal(readTokens(marked('token\nother\n')).has('token'), true);
  t.equal(readUsers(marked('meta:pass\nother:pass\n')).has('meta:pass'), true);
});

test('invalid files of credentials are refused, without their content in the message', async (t) => {
  const cases = [
    { reason: 'an empty file', read: readTokens, text: '', message: 'it has no token' },
    { reason: 'a file of spaces', read: readTokens, text: ' \n\t\n', message: 'it has no token' },
    {
      reason: 'a token that no header can carry',
      read: readTokens,
      text: 'good\nhunter 2\n',
      message: 'line 2 has a character that is not allowed in a bearer token',
    },
    {
      reason: 'nothing but a byte order mark',
      read: readTokens,
      text: '\ufeff\n',
      message: 'it has no token',
    },
    { reason: 'an empty file of users', read: readUsers, text: '\n', message: 'it has no user' },
    {
      reason: 'a user without a password',
      read: readUsers,
      text: 'hunter2\n',
      message: 'line 1 is not user:password without spaces around the colon',
    },
    {
      reason: 'a password without a user',
      read: readUsers,
      text: ':hunter2\n',
      message: 'line 1 is not user:password without spaces around the colon',
    },
    {
      reason: 'a password that begins with a space',
      read: readUsers,
      text: 'meta: hunter2\n',
      message: 'line 1 is not user:password without spaces around the colon',
    },
    {
      reason: 'a user that ends with one',
      read: readUsers,
      text: 'meta :hunter2\n',
      message: 'line 1 is not user:password without spaces around the colon',
    },
    {
      reason: 'an empty password',
      read: readUsers,
      text: 'hunter2:\n',
      message: 'line 1 is not user:password without spaces around the colon',
    },
  ];
  for (const { reason, read, text, message } of cases) t.throws(() => read(file(text)), { message }, reason);
});

test('a password may have any bytes, and only equals itself', async (t) => {
  const bytes = (hex: string) => Buffer.from(hex, 'hex');
  const users = readUsers(Buffer.concat([Buffer.from('meta:'), bytes('fffe80'), Buffer.from('\r\n')]));
  const has = (password: Buffer) =>
    users.has(Buffer.concat([Buffer.from('meta:'), password]).toString('latin1'));
  t.equal(has(bytes('fffe80')), true);
  t.equal(has(bytes('fffe81')), false);
  t.equal(has(Buffer.from('\ufffd\ufffd\ufffd')), false);
  t.equal(readUsers(Buffer.from('meta:voilà\n')).has(Buffer.from('meta:voilà').toString('latin1')), true);
});

test('UTF-16 is refused, because no user in it would match', async (t) => {
  const littleEndian = Buffer.from('\ufeffmeta:pass\n', 'utf16le');
  for (const bytes of [littleEndian, Buffer.from(littleEndian).swap16()]) {
    for (const read of [readTokens, readUsers]) {
      t.throws(() => read(bytes), { message: 'it is UTF-16: save it as UTF-8' });
    }
  }
});
