import { truncate } from './truncate.ts';

/** How many frames of a stack are logged: twice as many as Node.js keeps. */
const maxFrames = 20;

/**
 * What is logged about an error. Its message may contain text that a caller chose, and its stack begins with the
 * message, so both are truncated.
 */
export function describeError({ name, message, stack = '' }: Error) {
  const short = truncate(message);
  const frames = stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(-maxFrames);
  return { type: name, message: short, stack: [`${name}: ${short}`, ...frames.map(truncate)].join('\n') };
}
