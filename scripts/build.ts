/**
 * Builds the program: `npm run build`. All modules of the service become one file, packages included, because to find, read
 * and compile some 900 of them took two thirds of the time from the start of the process until it is ready, and 20 MiB. The
 * commands are files beside it with what they need: neither loads what only the other needs.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

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

const common: BuildOptions = {
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
  plugins: [otherBuild],
};

// Parts have names of their contents: old ones would stay.
rmSync(new URL(outdir, root), { recursive: true, force: true });

await build({ ...common, entryPoints: ['src/main.ts'] });
await build({
  ...common,
  entryPoints: { cli: 'src/cli/bin.ts', 'kubectl-mcpreg': 'src/cli/kubectl-bin.ts' },
  // What the programs share, and what is imported by `import()`.
  splitting: true,
  chunkNames: 'part-[hash]',
});
