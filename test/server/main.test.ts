import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

test('what the harness needs and does not find is said, all at once', (t) => {
  const folder = t.testdir({
    config: 'current-context: none\ncontexts: []\nclusters: []\nusers: []\n',
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', main], {
    encoding: 'utf8',
    env: { PATH: folder, POSTGRES_BIN: join(folder, 'bin'), KUBECONFIG: join(folder, 'config') },
  });
  t.equal(status, 2);
  t.equal(stdout, '');
  for (const words of [
    /^test:server can't run\.\n/,
    /^- Not on this machine: unshare, setpriv, mount, chroot, ip, git\. On Debian: apt-get install util-linux mount coreutils iproute2 git$/m,
    ...(process.getuid?.() === 0 ? [] : [/^- This needs (Linux|root)/m]),
    /^- No registry server: set REGISTRY_SERVER, .*\nGet the binaries from https:/m,
    /^- No PostgreSQL: .*bin has no initdb\. .* set POSTGRES_BIN/m,
    /^- KUBECONFIG .*: its current context needs a server/m,
  ]) {
    t.match(stderr, words);
  }
  t.end();
});

test('a server that is named wrongly is refused', (t) => {
  const { status, stderr } = spawnSync(process.execPath, ['--import=tsx', main, 'v1.5.1=/nowhere'], {
    encoding: 'utf8',
  });
  t.equal(status, 2);
  t.match(stderr, /^- v1\.5\.1: \/nowhere is not a program that can be run\./m);
  t.end();
});
