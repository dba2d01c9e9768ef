/**
 * Builds the service: `npm run build`. All modules become one file, packages included, because to find, read and compile
 * some 900 of them took two thirds of the time from the start of the process until it is ready, and 20 MiB.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

await build({
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  entryPoints: ['src/main.ts'],
  outfile: 'dist/src/main.js',
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
});
