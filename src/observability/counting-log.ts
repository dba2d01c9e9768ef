/**
 * Gathers what happens again and again into one log line a second: a line for each would be load of its own.
 *
 * @param write writes the line, with how often it has happened in the second that has ended
 * @returns what is to be called each time that it happens
 */
export function countingLog(write: (times: number) => void): () => void {
  let times = 0;
  return () => {
    times += 1;
    if (times > 1) return;
    setTimeout(() => {
      write(times);
      times = 0;
    }, 1000).unref();
  };
}
