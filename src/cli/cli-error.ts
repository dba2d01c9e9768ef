/** The command line or the input can't be used. The message is for the user, and says what to do; the exit code is 2. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
