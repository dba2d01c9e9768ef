/**
 * Builds the program: `npm run build`. All modules of the service become one file, packages included, because to find, read
 * and compile some 900 of them took two thirds of the time from the start of the process until it is ready, and 20 MiB. The
 * commands are files beside it with what they need: neither loads what only the other needs.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

const root = new URL('..', import.meta.url);
const outdir = 'dist/src';

/** Imports that lead from one build to the other, which is a file beside it. */
const otherBuild: Plugin = {
  name: 'other build',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/cli\/bin\.ts$/ }, () => ({ path: './cli.js', external: true }));
    onResolve({ filter: /^\.\.\/main\.ts$/ }, () => ({ path: './main.js', external: true }));
  },
};

const common = {
  absWorkingDir: fileURLToPath(root),
  outdir,
  bundle: true,
  platform: 'node',
  // The oldest version in `engines` of package.json.
  target: 'node20.19',
  format: 'esm',
  // Packages that are not ES modules call `require` for the modules of Node.js.
  banner: {
    js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
  // Names stay as they are, for the stacks in the log. `node --enable-source-maps` shows them by source file.
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  // The package of that name: the module of Node.js is deprecated, and says so to everyone from Node.js 22 on.
  alias: { punycode: 'punycode/punycode.js' },
  metafile: true,
  plugins: [otherBuild],
} satisfies BuildOptions;

// Parts have names of their contents: old ones would stay.
rmSync(new URL(outdir, root), { recursive: true, force: true });

const service = await build({ ...common, entryPoints: ['src/main.ts'] });
const commands = await build({
  ...common,
  entryPoints: { cli: 'src/cli/bin.ts', 'kubectl-mcpreg': 'src/cli/kubectl-bin.ts' },
  // What the programs share, and what is imported by `import()`.
  splitting: true,
  chunkNames: 'part-[hash]',
});

// The folders of the packages that are in the files now, for their licences (scripts/package.ts).
const folders = new Set([service, commands].flatMap(({ metafile }) => packagesIn(metafile)));
writeFileSync(new URL('dist/packages.json', root), JSON.stringify([...folders].sort()));

/** Of a package, its parts may be left out that nothing needs. */
function packagesIn({ outputs }: Metafile): string[] {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
      return folder === undefined || bytesInOutput === 0 ? [] : [folder];
    }),
  );
}
