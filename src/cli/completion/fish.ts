import { type CompletedCommand, withSubcommands } from './command-tree.ts';

/** Completion for fish. */
export function fishCompletion(name: string, program: CompletedCommand): string {
  const lines = withSubcommands(program).flatMap(({ path, options, commands, words, takesPaths }) => {
    const condition = conditionOf(path, commands);
    const names = commands.map(
      (command) => `-n ${condition} -a ${command.path.at(-1)} -d ${quoted(command.summary)}`,
    );
    const first = words.length > 0 ? [`-n ${condition} -a ${quoted(words.join(' '))}`] : [];
    const files = takesPaths ? [`-n ${condition} -F`] : [];
    const flags = options.map((option) => {
      const [short, long] = [/^-(\w)$/, /^--(.+)$/].map((pattern) =>
        option.flags.map((flag) => pattern.exec(flag)?.[1]).find(Boolean),
      );
      const { value } = option;
      const parameter =
        value === 'none'
          ? ''
          : value === 'path'
            ? ' -r -F'
            : Array.isArray(value)
              ? ` -x -a ${quoted(value.join(' '))}`
              : ' -x';
      return `-n ${condition}${short ? ` -s ${short}` : ''}${long ? ` -l ${long}` : ''}${parameter} -d ${quoted(option.description)}`;
    });
    return [...names, ...first, ...files, ...flags];
  });
  return `# fish completion for ${name}: ${name} completion fish | source
complete -c ${name} -f
${lines.map((line) => `complete -c ${name} ${line}\n`).join('')}`;
}

/** When a command is the one that is being written: its words are there, and none of its own commands yet. */
function conditionOf(path: readonly string[], commands: readonly CompletedCommand[]): string {
  if (path.length === 0) return '__fish_use_subcommand';
  const below = commands.map((command) => command.path.at(-1)).join(' ');
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  return quoted(
    [...seen, ...(below === '' ? [] : [`not __fish_seen_subcommand_from ${below}`])].join('; and '),
  );
}

const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
