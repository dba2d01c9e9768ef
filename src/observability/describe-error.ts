import { truncate } from './truncate.ts';

/** Frames of a stack that are logged: twice as many as Node.js keeps. */
const maxFrames = 20;

/**
 * What is logged of an error. Its message may hold a text that a caller chose, and its stack begins with the message, so
 * both are cut.
 */
export function describeError({ name, message, stack = '' }: Error) {
  const short = truncate(message);
  const frames = stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(-maxFrames);
  return { type: name, message: short, stack: [`${name}: ${short}`, ...frames.map(truncate)].join('\n') };
}
