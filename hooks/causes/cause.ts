/** Why pods are not ready: what a script can switch on, and what a person reads. */
export interface PodCause {
  /** One CamelCase word: the one that Kubernetes has for it, where it has one. */
  readonly reason: string;
  /** In our words, as a part of a sentence: the same as long as nothing else happens. */
  readonly said: string;
  /** In the words of the scheduler, the kubelet, a registry of images, or the server's log, without what changes each time. */
  readonly words?: string | undefined;
  /** Words for where there are none, and none were written before. */
  readonly fallback?: string | undefined;
  /** How often the container was restarted, for one that ends. */
  readonly restarts?: number;
  /** Whether it stays as it is until a person does something, so that waiting is no use. */
  readonly certain: boolean;
}

/** A cause as one message. */
export const messageOf = ({ said, words }: PodCause): string =>
  words === undefined ? said : `${said}: ${words}`;

/**
 * What is over by itself, or at the next attempt: a network, a service that starts, a limit of calls. Words that have any of it
 * are never certain.
 */
export const passing =
  /time-?out|timed out|deadline exceeded|context canceled|connection (?:refused|reset|closed)|broken pipe|no such host|server misbehaving|temporary failure|try again|unreachable|no route to host|\bdial (?:tcp|udp|error)|\bEOF\b|too ?many|rate limit|\b429\b|\b50[0-4]\b|no space left|QPS exceeded|is starting up|shutting down|in recovery|not yet accepting|slots are reserved/i;
