import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every import between files of this project, as paths from its root. */
const imports: readonly Import[] = ['hooks', 'src', 'scripts', 'test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => importsOf(posix.join(folder, file))),
);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = text.matchAll(
    /^(?:import|export|\})(?: [^'\n]*)? ?from '(\.[^']+)'|^import '(\.[^']+)'/gm,
  );
  return [...specifiers].map(([, named, bare]) => ({
    from: file,
    to: posix.normalize(posix.join(dirname(file), named ?? bare ?? '')),
  }));
}

const isBelow = (folder: string) => (file: string) => file.startsWith(`${folder}/`);

interface Boundary {
  readonly folder: string;
  /** Where else its files may import from. */
  readonly may: readonly string[];
  readonly reason: string;
}

const boundaries: readonly Boundary[] = [
  { folder: 'hooks', may: [], reason: 'what is decided knows nothing of how it is served' },
  { folder: 'src', may: ['hooks'], reason: 'what runs in production is neither test nor script' },
  { folder: 'scripts', may: ['hooks', 'src'], reason: 'what is generated and checked needs no test' },
  { folder: 'test/simulator', may: [], reason: 'the simulator knows nothing of what is tried in it' },
];

for (const { folder, may, reason } of boundaries) {
  test(`${folder}: ${reason}`, async (t) => {
    const own = imports.filter(({ from }) => isBelow(folder)(from));
    t.ok(own.length > 0);
    t.strictSame(
      own.filter(({ to }) => ![folder, ...may].some((allowed) => isBelow(allowed)(to))),
      [],
    );
  });
}

/** The rooms of a folder are what lies directly in it: folders, and files by their names. */
for (const folder of ['hooks', 'hooks/registry', 'src']) {
  test(`no two rooms of ${folder} need each other, whichever way round`, async (t) => {
    t.strictSame(circles(roomsOf(folder)), []);
  });
}

/** Each room with the rooms that it imports. */
function roomsOf(folder: string): Map<string, Set<string>> {
  const roomOf = (file: string) => file.slice(folder.length + 1).split('/', 1)[0] ?? '';
  const rooms = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    if (!isBelow(folder)(from) || !isBelow(folder)(to) || roomOf(from) === roomOf(to)) continue;
    rooms.set(roomOf(from), (rooms.get(roomOf(from)) ?? new Set()).add(roomOf(to)));
  }
  return rooms;
}

/** Takes away rooms that nothing is needed of any more, or that need nothing, until only circles are left. */
function circles(rooms: Map<string, Set<string>>): string[] {
  const left = new Map([...rooms].map(([room, needs]) => [room, new Set(needs)]));
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    const needed = new Set([...left.values()].flatMap((needs) => [...needs]));
    for (const [room, needs] of left) {
      for (const need of needs) if (!left.has(need)) needs.delete(need);
      if (needs.size === 0 || !needed.has(room)) left.delete(room);
    }
  }
  return [...left].map(([room, needs]) => `${room} → ${[...needs].sort().join(', ')}`).sort();
}
