import { type JsonObject, textOf } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';
import type { PodCause } from './cause.ts';
import { kubeletWords } from './words.ts';

/** Why an image is not there (kubernetes: pkg/kubelet/images/types.go), and the one word that stands for each of them. */
const reasons: ReadonlyMap<string, string> = new Map([
  // The kubelet tries in between: these two follow each other for ever.
  ['ErrImagePull', 'ImagePullBackOff'],
  ['ImagePullBackOff', 'ImagePullBackOff'],
  ...['ErrImageNeverPull', 'InvalidImageName', 'ImageInspectError'].map(itself),
  ...['RegistryUnavailable', 'SignatureValidationFailed'].map(itself),
]);

function itself(reason: string): [string, string] {
  return [reason, reason];
}

/** What a registry says of an image that another attempt won't find either. Of all else, the network may be the cause. */
const lasting =
  /not found|unknown|does not exist|not present|denied|unauthorized|forbidden|authenticat|authoriz|credentials|no match(?:ing manifest)? for|invalid|parse|signature|policy/i;

/** The head of what the kubelet says, which names the image again. */
const heads = [
  /^Back-off pulling image "[^"]{0,1000}"(?:: )?/,
  /^ErrImagePull: /,
  /^rpc error: code = \w{1,40} desc = /,
  /^failed to pull and unpack image "[^"]{0,1000}": /,
  /^failed to resolve reference "[^"]{0,1000}": /,
] as const;

/**
 * Why the image of a container can't be pulled.
 *
 * @param waiting the state of the container
 * @param container as a message names it
 * @returns undefined if it waits for something else
 */
export function imageCause(waiting: JsonObject, container: string, image: unknown): PodCause | undefined {
  const reason = reasons.get(textOf(waiting['reason']));
  if (reason === undefined) return undefined;
  const message = textOf(waiting['message']).slice(0, 8192);
  const words = kubeletWords(heads.reduce((rest, head) => rest.replace(head, ''), message));
  return {
    reason,
    said: `the image ${foreignText(image, 300)} of ${container} can't be pulled`,
    words,
    certain: isLasting(words),
  };
}

/** Whether the words are about an image that is not there. Without any, as from kubelets before 1.31, it is taken for that. */
const isLasting = (words: string | undefined): boolean => words === undefined || lasting.test(words);

/** A cause with other words: those of the registry are lost between two attempts (kubelet before 1.31). */
export const withWords = (cause: PodCause, words: string): PodCause => ({
  ...cause,
  words,
  ...(reasons.has(cause.reason) ? { certain: isLasting(words) } : {}),
});
