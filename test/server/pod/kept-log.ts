/** As much of a log as a kubelet keeps (kubernetes: pkg/kubelet/container/runtime.go, MaxContainerTerminationMessageLog*). */
const LINES = 80;
const BYTES = 2048;

/**
 * What a kubelet writes into the status of a container that failed, with `terminationMessagePolicy: FallbackToLogsOnError`:
 * the last 80 lines of its log, and of those the last 2,048 bytes, wherever that is.
 */
export function keptLog(log: string): string {
  const lines = log.split('\n');
  // A line break at the end ends the last line.
  const last = lines.slice(lines.at(-1) === '' ? -LINES - 1 : -LINES).join('\n');
  return Buffer.from(last).subarray(-BYTES).toString();
}
