/** The exit codes of all commands (docs/command-line.md, "Exit codes"). */
export const ExitCode = {
  fine: 0,
  /** Something was found: a spec is invalid, children differ, a registry is not well. */
  findings: 1,
  /** The command line or the input can't be used; nothing was decided. */
  unusable: 2,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
