/** The root file systems of the images, as far as the programs need them. */
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  readSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** From this machine into a container, read-only unless it says otherwise. */
export interface Bind {
  readonly from: string;
  readonly to: string;
  readonly writable?: boolean;
}

/** Where the program is in the published image. */
export const SERVER_PROGRAM = '/ko-app/thv-registry-api';
const TRUST = '/etc/ssl/certs/ca-certificates.crt';
const DEVICES = ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom'];
const LIBRARIES = ['/usr/lib', '/usr/lib64', '/lib', '/lib64'];
const PROGRAMS = ['/usr/bin', '/usr/sbin', '/bin', '/sbin'];

/** The variables that the image itself sets. */
export const imageEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/ko-app',
  SSL_CERT_FILE: TRUST,
};

export interface ImageOptions {
  /** The certificates that the image trusts, in PEM. */
  readonly trust: string;
  /** Text of `/etc/hosts`, which a kubelet writes. */
  readonly hosts: string;
}

/** Makes the root folder of a container; returns what has to be mounted in it besides the volumes. */
function makeRoot(root: string, { trust, hosts }: ImageOptions, systemFolders: readonly string[]): Bind[] {
  for (const folder of ['etc/ssl/certs', 'tmp', 'home/nonroot', 'var/run']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const files = {
    'etc/passwd':
      'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
    'etc/group': 'root:x:0:\nnonroot:x:65532:\n',
    'etc/nsswitch.conf': 'hosts: files dns\n',
    // What names/answer-names.ts answers.
    'etc/resolv.conf': 'nameserver 127.0.0.1\n',
    'etc/hosts': hosts,
    [TRUST.slice(1)]: trust,
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);

  const binds = DEVICES.map((path): Bind => ({ from: path, to: path, writable: true }));
  for (const path of systemFolders.filter((folder) => existsSync(folder))) {
    // On most systems /lib is a link to usr/lib.
    if (lstatSync(path).isSymbolicLink()) symlinkSync(readlinkSync(path), join(root, path));
    else binds.push({ from: path, to: path });
  }
  return binds;
}

/** The image of the registry server: distroless, with the program alone. */
export function makeServerRoot(root: string, options: ImageOptions, binary: string): Bind[] {
  // A program that somebody built may need the C library; the published one does not.
  const libraries = isDynamic(binary) ? LIBRARIES : [];
  return [...makeRoot(root, options, libraries), { from: binary, to: SERVER_PROGRAM }];
}

/** The image of an init container: this machine's programs in place of busybox. */
export const makeInitRoot = (root: string, options: ImageOptions): Bind[] =>
  makeRoot(root, options, [...LIBRARIES, ...PROGRAMS]);

/** Whether a program names a loader, as its first page does. */
function isDynamic(binary: string): boolean {
  const page = Buffer.alloc(4096);
  const file = openSync(binary, 'r');
  try {
    readSync(file, page, 0, page.length, 0);
  } finally {
    closeSync(file);
  }
  return page.includes('/ld-');
}
