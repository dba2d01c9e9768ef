import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { test } from 'tap';
import { parse, stringify } from 'yaml';
import { bashCompletion } from '../../../src/cli/completion/bash.ts';
import { commandTree, withSubcommands } from '../../../src/cli/completion/command-tree.ts';
import { fishCompletion } from '../../../src/cli/completion/fish.ts';
import { zshCompletion } from '../../../src/cli/completion/zsh.ts';
import { buildProgram, runCli } from '../../../src/cli/program.ts';
import { answerCommandLine, isCommand } from '../../../src/command-line.ts';
import { version } from '../../../src/version.ts';
import { cli } from '../../support/cli.ts';
import { documentOf } from '../../support/documents.ts';
import { matchesGolden } from '../../support/golden.ts';

const sink = { write: () => undefined, isTerminal: false };
const io = {
  ...{ out: sink, err: sink, environment: {}, now: () => new Date() },
  readStdin: async () => Buffer.alloc(0),
};
const program = commandTree(buildProgram(io, () => async () => undefined));
const commands = withSubcommands(program).filter(
  (each) => each.path.length > 0 && each.commands.length === 0,
);

test('the service has its own command line', async (t) => {
  for (const args of [[], ['serve'], ['--help'], ['--print-config']])
    t.notOk(isCommand(args), args.join(' '));
  for (const args of [['render'], ['help'], ['nonsense']]) t.ok(isCommand(args), args.join(' '));
});

test('the help of the service lists each command as its own help does', async (t) => {
  const help = answerCommandLine(['--help'], {}) ?? '';
  const listed = [...help.matchAll(/^ {2}([a-z]+) {2,}(\S.*)$/gm)].map(([, name, summary]) => [
    name,
    summary,
  ]);
  t.strictSame(
    listed,
    program.commands.map(({ path, summary }) => [path[0], summary]),
  );
});

/** Each example of a help: its command, without what is piped into it. */
const examplesIn = (help: string): string[] =>
  [...(help.split(/\nExamples?:\n/)[1] ?? '').matchAll(/^ {2}(.*)$/gm)].map(([, line = '']) =>
    line.replace(/^.*\| */, ''),
  );

for (const { path } of commands) {
  const name = path.join(' ');
  test(`${name}: the example of its help works`, async (t) => {
    const { code, out, err } = await cli([...path, '--help']);
    t.strictSame({ code, err }, { code: 0, err: '' });
    const examples = examplesIn(out);
    t.ok(examples.length > 0, 'it has one');
    const spec = { configYAML: 'sources: []\n' };
    const registry = stringify({
      ...{ apiVersion: 'toolhive.stacklok.dev/v1beta1', kind: 'MCPRegistry' },
      ...{ metadata: { name: 'a' }, spec },
    });
    const folder = t.testdir({ 'registry.yaml': registry, 'registry.before.yaml': registry });
    const before = process.cwd();
    process.chdir(folder);
    t.teardown(() => process.chdir(before));
    for (const example of examples) {
      const [begin, ...args] = example.split(' ');
      t.equal(begin, 'mcpregistry-hook', example);
      const result = await cli(args, { stdin: registry });
      t.not(result.code, 2, `${example}: ${result.err}`);
      t.not(result.out + result.err, '', example);
    }
  });
}

test('each command is documented, and the files that the document shows can be read', async (t) => {
  const { text } = documentOf('docs/command-line.md');
  for (const { path } of commands) t.match(text, `mcpregistry-hook ${path.join(' ')} `, path.join(' '));
  for (const [, shown = ''] of text.matchAll(/^```yaml\n([\s\S]*?)^```/gm))
    t.doesNotThrow(() => parse(shown));
});

const refusals: readonly {
  readonly args: readonly string[];
  readonly err: string;
  readonly reason: string;
}[] = [
  {
    args: ['rendr'],
    err: "error: unknown command 'rendr'\n(Did you mean render?)\nTry --help.\n",
    reason: 'an unknown command',
  },
  {
    args: ['render'],
    err: "error: required option '-f, --file <path>' not specified\nTry --help.\n",
    reason: 'no input',
  },
  {
    args: ['render', '-f', '-', '--nonsense'],
    err: "error: unknown option '--nonsense'\nTry --help.\n",
    reason: 'an unknown option',
  },
  {
    args: ['render', '-f', '-', '-o', 'xml'],
    err: "error: option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are yaml, json.\nTry --help.\n",
    reason: 'an unknown format',
  },
  {
    args: ['render', '-f', '/nowhere.yaml'],
    err: 'error: /nowhere.yaml: it does not exist: check the path\n',
    reason: 'input that is not there',
  },
];

for (const { args, err, reason } of refusals) {
  test(`${reason}: exit code 2`, async (t) => {
    t.strictSame(await cli(args), { code: 2, out: '', err });
  });
}

test('a mistake of the program is no finding', async (t) => {
  let said = '';
  const broken = {
    ...io,
    err: {
      ...sink,
      write: (text: string) => {
        said += text;
      },
    },
    readStdin: async () => {
      throw new RangeError('boom');
    },
  };
  t.equal(await runCli(['render', '-f', '-'], broken), 2);
  t.match(said, /^error: this is a bug of mcpregistry-hook, please report it: RangeError: boom\n +at /);
});

test('--version and help', async (t) => {
  t.strictSame(await cli(['--version']), { code: 0, out: `${version}\n`, err: '' });
  const { code, out } = await cli(['help', 'render']);
  t.equal(code, 0);
  t.match(out, 'Usage: mcpregistry-hook render [options]');
});

/** A program with each kind of thing that is completed. */
const small = () => {
  const tree = new Command('small-tool').helpOption(false);
  tree
    .command('show')
    .summary("print what's there")
    .helpOption(false)
    .addOption(new Option('-o, --output <format>', 'the format: one [of two]').choices(['yaml', 'json']))
    .option('-f, --file <path>', 'a file')
    .option('--name <name>', 'a name')
    .option('-q', 'print nothing');
  const nested = tree.command('export').summary('export it').helpOption(false);
  nested.command('helm').summary('as values').helpOption(false).option('--dir <folder>', 'where to');
  nested.command('manifests').summary('as manifests').helpOption(false);
  tree.command('check').summary('check files').helpOption(false).argument('[path...]').option('-a', 'all');
  tree
    .command('completion')
    .summary('print a script')
    .helpOption(false)
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']));
  return commandTree(tree);
};

test('completion scripts hold what commander knows', async (t) => {
  matchesGolden(t, 'completion/small-tool.bash', bashCompletion('small-tool', small()));
  matchesGolden(t, 'completion/small-tool.zsh', zshCompletion('small-tool', small()));
  matchesGolden(t, 'completion/small-tool.fish', fishCompletion('small-tool', small()));
});

/** What bash offers behind some words. */
function bashOffers(file: string, words: readonly string[]): string[] {
  const script =
    'source "$1"; shift; COMP_WORDS=(small-tool "$@"); COMP_CWORD=$#; _small_tool; declare -p COMPREPLY';
  const printed = execFileSync('bash', ['-c', script, 'bash', file, ...words], { encoding: 'utf8' });
  return [...printed.matchAll(/\]="([^"]*)"/g)].map(([, word = '']) => word);
}

test('bash completes commands, options and values', async (t) => {
  const file = join(t.testdir(), 'completion.bash');
  writeFileSync(file, bashCompletion('small-tool', small()));
  const offers: readonly { words: readonly string[]; offered: readonly string[]; reason: string }[] = [
    { words: [''], offered: ['show', 'export', 'check', 'completion'], reason: 'commands' },
    { words: ['sh'], offered: ['show'], reason: 'the beginning of a command' },
    { words: ['show', '--'], offered: ['--output', '--file', '--name'], reason: 'options' },
    { words: ['show', '-o', ''], offered: ['yaml', 'json'], reason: 'values' },
    { words: ['show', '-q', '--output', 'j'], offered: ['json'], reason: 'values of a later option' },
    { words: ['show', '-f', ''], offered: [], reason: 'files, which bash offers by itself' },
    { words: ['export', ''], offered: ['helm', 'manifests'], reason: 'commands of a command' },
    { words: ['export', 'helm', '--'], offered: ['--dir'], reason: 'options of a command of a command' },
    {
      words: ['check', ''],
      offered: ['-a'],
      reason: 'options; files are offered by bash itself where nothing else is',
    },
    { words: ['completion', 'f'], offered: ['fish'], reason: 'an argument' },
  ];
  for (const { words, offered, reason } of offers) t.strictSame(bashOffers(file, words), offered, reason);
});

test('the completion is that of the whole program', async (t) => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await cli(['completion', shell]);
    t.equal(code, 0);
    for (const { path } of commands) t.match(out, path.at(-1) ?? '', `${shell}: ${path.join(' ')}`);
  }
});
