/** Why pods are not ready: what a script can switch on, and what a person reads. */
export interface PodCause {
  /** One CamelCase word: the one that Kubernetes has for it, where it has one. */
  readonly reason: string;
  /** In our words, as a part of a sentence: the same as long as nothing else happens. */
  readonly said: string;
  /** In the words of the scheduler, the kubelet, a registry of images, or the server's log, without what changes each time. */
  readonly words?: string | undefined;
  /** Words for where there are none, and none were told before. */
  readonly fallback?: string | undefined;
  /** Whether it stays as it is until a person does something, so that waiting is no use. */
  readonly certain: boolean;
}

/** A cause as one message. */
export const messageOf = ({ said, words }: PodCause): string =>
  words === undefined ? said : `${said}: ${words}`;
