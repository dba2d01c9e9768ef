import { type CompletedCommand, withSubcommands } from './command-tree.ts';

/**
 * Completion for bash, from 3.2 on, which macOS has. Where it offers nothing, bash offers files.
 *
 * @param program has names of letters, digits and `-` only
 */
export function bashCompletion(name: string, program: CompletedCommand): string {
  const all = withSubcommands(program);
  const steps = all.flatMap(({ path }) =>
    path.length > 0 ? [`      "${pathOf(path.slice(0, -1))} ${path.at(-1)}") path="${pathOf(path)}" ;;`] : [],
  );
  const values = all.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) => {
      const patterns = flags.map((flag) => `"${pathOf(path)} ${flag}"`).join('|');
      if (value === 'none') return [];
      const words = Array.isArray(value) ? value.join(' ') : '';
      return [`    ${patterns}) words="${words}" ;;`];
    }),
  );
  const commands = all.map(
    (command) => `        "${pathOf(command.path)}") words="${wordsOf(command).join(' ')}" ;;`,
  );
  const functionName = `_${name.replaceAll('-', '_')}`;
  return `# bash completion for ${name}: source <(${name} completion bash)
${functionName}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${steps.join('\n')}
    esac
  done
  case "$path $prev" in
${values.join('\n')}
    *)
      case "$path" in
${commands.join('\n')}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F ${functionName} ${name}
`;
}

const pathOf = (path: readonly string[]) => path.map((each) => ` ${each}`).join('');

const wordsOf = ({ commands, options, words }: CompletedCommand): string[] => [
  ...commands.map(({ path }) => path.at(-1) ?? ''),
  ...words,
  ...options.flatMap(({ flags }) => flags),
];
