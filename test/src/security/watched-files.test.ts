import { type Test, test } from 'tap';
import { WatchedFiles } from '../../../src/security/watched-files.ts';
import { SettingsError } from '../../../src/settings/load-settings.ts';
import { SecretFolder } from '../../support/secret-folder.ts';

function parse(contents: readonly Buffer[]): string {
  const text = contents.join('|');
  if (text.includes('broken')) throw new Error('it is broken');
  return text;
}

/** Two files of a folder that changes, and what is logged of it. */
function watched(t: Test) {
  const folder = new SecretFolder({ a: '1', b: '2' });
  t.teardown(() => folder.remove());
  const files = new WatchedFiles();
  const loaded = files.load(
    [
      { setting: 'A_FILE', path: folder.path('a') },
      { setting: 'B_FILE', path: folder.path('b') },
    ],
    parse,
  );
  const log: string[] = [];
  const line = (level: string) => (_fields: object, message?: string) => void log.push(`${level} ${message}`);
  const names = `A_FILE ${folder.path('a')}, B_FILE ${folder.path('b')}`;
  return { folder, loaded, log, names, poll: () => files.poll({ info: line('info'), error: line('error') }) };
}

test('what has changed is in use when it looks the same at two readings', async (t) => {
  const { folder, loaded, log, poll } = watched(t);
  poll();
  t.strictSame([loaded.value, loaded.version, log], ['1|2', 1, []], 'nothing has changed');
  folder.update({ a: '3', b: '2' });
  poll();
  t.strictSame([loaded.value, loaded.version, log], ['1|2', 1, []], 'it may be half of a change');
  folder.update({ a: '3', b: '4' });
  poll();
  t.strictSame([loaded.value, loaded.version, log], ['1|2', 1, []], 'it was');
  poll();
  t.strictSame([loaded.value, loaded.version, log], ['3|4', 2, ['info files reloaded']]);
  poll();
  t.strictSame([loaded.value, loaded.version, log.length], ['3|4', 2, 1]);
});

test('what can not be used is told once, and what was read before stays in use', async (t) => {
  const { folder, loaded, log, names, poll } = watched(t);
  folder.update({ a: 'broken', b: '2' });
  for (let times = 0; times < 4; times += 1) poll();
  const complaint = `error ${names} can't be used: it is broken; what was read before stays in use`;
  t.strictSame([loaded.value, loaded.version, log.splice(0)], ['1|2', 1, [complaint]]);

  folder.update({ a: '1' });
  for (let times = 0; times < 4; times += 1) poll();
  const missing = `error B_FILE ${folder.path('b')} can't be read: there is no such file; what was read before stays in use`;
  t.strictSame([loaded.value, loaded.version, log.splice(0)], ['1|2', 1, [missing]]);

  folder.update({ a: '5', b: '6' });
  for (let times = 0; times < 4; times += 1) poll();
  t.strictSame([loaded.value, loaded.version, log.splice(0)], ['5|6', 2, ['info files reloaded']]);

  folder.update({ a: 'broken', b: '2' });
  for (let times = 0; times < 4; times += 1) poll();
  t.strictSame(log.splice(0), [complaint], 'the same complaint after a change is a new one');

  folder.update({ a: '5', b: '6' });
  poll();
  folder.update({ a: 'broken', b: '2' });
  for (let times = 0; times < 4; times += 1) poll();
  t.strictSame(log, [complaint], 'and so it is when all was well again in between');
});

test('a first reading that fails names the setting and the path', async (t) => {
  const files = new WatchedFiles();
  const folder = new SecretFolder({ a: 'broken' });
  t.teardown(() => folder.remove());
  const load = (path: string) => () => files.load([{ setting: 'A_FILE', path }], parse);
  const cases = [
    { path: folder.path('z'), message: `A_FILE ${folder.path('z')} can't be read: there is no such file` },
    { path: folder.path('..data'), message: `A_FILE ${folder.path('..data')} can't be read: it is a folder` },
    { path: folder.path('a'), message: `A_FILE ${folder.path('a')} can't be used: it is broken` },
  ];
  for (const { path, message } of cases) t.throws(load(path), new SettingsError(message));
});
