/**
 * The last lines of the log of a container that fails are kept in the status of its pod: it writes no termination message of its
 * own (https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/).
 */
export const terminationMessagePolicy = 'FallbackToLogsOnError';
