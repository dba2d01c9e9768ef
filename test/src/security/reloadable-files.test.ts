import { type Test, test } from 'tap';
import { ReloadableFiles } from '../../../src/security/reloadable-files.ts';
import { SettingsError } from '../../../src/settings/load-settings.ts';
import { SecretFolder } from '../../support/secret-folder.ts';

const recovered = 'info files can be used again, with their content unchanged';

function parse(contents: readonly Buffer[]): string {
  const text = contents.join('|');
  if (text.includes('broken')) throw new Error('it is broken');
  return text;
}

/** Two files that change, and the log about them. */
function reloadable(t: Test) {
  const folder = new SecretFolder({ a: '1', b: '2' });
  t.teardown(() => folder.remove());
  let now = 0;
  const files = new ReloadableFiles(() => now);
  const loaded = files.load(
    [
      { setting: 'A_FILE', path: folder.path('a') },
      { setting: 'B_FILE', path: folder.path('b') },
    ],
    parse,
  );
  const log: string[] = [];
  const line = (level: string) => (fields: object, message?: string) => {
    const { failedForSeconds } = fields as { failedForSeconds?: number };
    log.push(`${level} ${message}${failedForSeconds ? `, for ${failedForSeconds} s` : ''}`);
  };
  const names = `A_FILE ${folder.path('a')}, B_FILE ${folder.path('b')}`;
  const reload = () => files.reload({ info: line('info'), error: line('error') });
  const wait = (seconds: number) => {
    now += seconds * 1000;
  };
  return { folder, files, loaded, log, names, reload, wait };
}

test('new content is used once it is the same at two readings', async (t) => {
  const { folder, loaded, log, reload } = reloadable(t);
  reload();
  t.strictSame([loaded.value, loaded.version, log], ['1|2', 1, []], 'nothing has changed');
  folder.update({ a: '3', b: '2' });
  reload();
  t.strictSame([loaded.value, loaded.version, log], ['1|2', 1, []], 'it may be half of a change');
  folder.update({ a: '3', b: '4' });
  reload();
  t.strictSame([loaded.value, loaded.version, log], ['1|2', 1, []], 'it was');
  reload();
  t.strictSame([loaded.value, loaded.version, log], ['3|4', 2, ['info files reloaded']]);
  reload();
  t.strictSame([loaded.value, loaded.version, log.length], ['3|4', 2, 1]);
});

test('files that can not be used are logged once a minute, and the previous content stays in use', async (t) => {
  const { folder, loaded, log, names, reload } = reloadable(t);
  folder.update({ a: 'broken', b: '2' });
  for (let times = 0; times < 4; times += 1) reload();
  const failure = `error ${names} can't be used: it is broken; the previous content stays in use`;
  t.strictSame([loaded.value, loaded.version, log.splice(0)], ['1|2', 1, [failure]]);

  folder.update({ a: '1' });
  for (let times = 0; times < 4; times += 1) reload();
  const missing = `error B_FILE ${folder.path('b')} can't be read: no such file; the previous content stays in use`;
  t.strictSame([loaded.value, loaded.version, log.splice(0)], ['1|2', 1, [missing]]);

  folder.update({ a: '5', b: '6' });
  for (let times = 0; times < 4; times += 1) reload();
  t.strictSame([loaded.value, loaded.version, log.splice(0)], ['5|6', 2, ['info files reloaded']]);

  folder.update({ a: 'broken', b: '2' });
  for (let times = 0; times < 4; times += 1) reload();
  t.strictSame(log.splice(0), [failure], 'the same error after a change is logged again');

  folder.update({ a: '5', b: '6' });
  reload();
  folder.update({ a: 'broken', b: '2' });
  for (let times = 0; times < 4; times += 1) reload();
  t.strictSame(log, [recovered, failure], 'and also if the files could be used in between');
});

test('a lasting failure is logged every minute, and is in the metrics all the time', async (t) => {
  const { folder, files, loaded, log, names, reload, wait } = reloadable(t);
  const failed = (yes: boolean) => ({ A_FILE: yes, B_FILE: yes });
  const failure = `error ${names} can't be used: it is broken; the previous content stays in use`;
  reload();
  t.strictSame(files.failures(), failed(false));
  folder.update({ a: 'broken', b: '2' });
  for (let seconds = 0; seconds < 150; seconds += 5) {
    reload();
    t.strictSame(files.failures(), failed(seconds >= 5), `after ${seconds} s`);
    wait(5);
  }
  t.strictSame(log.splice(0), [failure, `${failure}, for 60 s`, `${failure}, for 120 s`]);

  folder.update({ a: '1', b: '2' });
  reload();
  t.strictSame(files.failures(), failed(false));
  t.strictSame(log.splice(0), [recovered]);
  t.strictSame([loaded.value, loaded.version], ['1|2', 1]);

  folder.update({ a: 'broken', b: '2' });
  for (let times = 0; times < 2; times += 1) reload();
  folder.update({ a: '3', b: '2' });
  reload();
  t.strictSame(files.failures(), failed(true), 'it may be half of a change');
  reload();
  t.strictSame(files.failures(), failed(false));
  t.strictSame(log, [failure, 'info files reloaded']);
});

test('a first reading that fails names the setting and the path', async (t) => {
  const files = new ReloadableFiles();
  const folder = new SecretFolder({ a: 'broken' });
  t.teardown(() => folder.remove());
  const load = (path: string) => () => files.load([{ setting: 'A_FILE', path }], parse);
  const cases = [
    { path: folder.path('z'), message: `A_FILE ${folder.path('z')} can't be read: no such file` },
    {
      path: folder.path('..data'),
      message: `A_FILE ${folder.path('..data')} can't be read: it is a directory`,
    },
    { path: folder.path('a'), message: `A_FILE ${folder.path('a')} can't be used: it is broken` },
  ];
  for (const { path, message } of cases) t.throws(load(path), new SettingsError(message));
});
