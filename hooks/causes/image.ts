import { type JsonObject, textOf } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';
import { type PodCause, passing } from './cause.ts';
import { kubeletWords } from './words.ts';

const PULL = 'ImagePullBackOff';

/**
 * Why an image is not there (kubernetes: pkg/kubelet/images/types.go), and the one word that stands for each of them: the
 * kubelet tries and waits in turn, and says another one each time.
 */
const reasons: ReadonlyMap<string, string> = new Map([
  ...['ErrImagePull', PULL, 'RegistryUnavailable', 'SignatureValidationFailed'].map(
    (reason) => [reason, PULL] as const,
  ),
  ...['ErrImageNeverPull', 'InvalidImageName', 'ImageInspectError'].map(
    (reason) => [reason, reason] as const,
  ),
]);

/** What a registry says of an image that another attempt won't find either. */
const lasting =
  /manifest unknown|name unknown|(?:^|: )not found\.?$|repository does not exist|pull access denied|requested access to the resource is denied|\b401 unauthorized|\b403 forbidden|unauthorized: |denied: |no match(?:ing manifest)? for |invalid reference|is not present with pull policy|couldn't parse image/i;

/** The head of what the kubelet says, which names the image again. */
const heads = [
  /^Back-off pulling image "[^"]{0,1000}"(?:: )?/,
  /^(?:ErrImagePull|RegistryUnavailable|SignatureValidationFailed): /,
  /^rpc error: code = \w{1,40} desc = /,
  /^failed to pull and unpack image "[^"]{0,1000}": /,
  /^failed to resolve reference "[^"]{0,1000}": /,
] as const;

/** More than the kubelet says of an image. */
const READ_LIMIT = 8192;

/**
 * Why the image of a container can't be pulled, or one that is mounted into it.
 *
 * @param waiting the state of the container
 * @param container as a message names it
 * @param image of the container
 * @param mounted images that are volumes of the pod
 * @returns undefined if it waits for something else
 */
export function imageCause(
  waiting: JsonObject,
  container: string,
  image: unknown,
  mounted: readonly string[],
): PodCause | undefined {
  const reason = reasons.get(textOf(waiting['reason']));
  if (reason === undefined) return undefined;
  const message = textOf(waiting['message']).slice(0, READ_LIMIT);
  const words = kubeletWords(heads.reduce((rest, head) => rest.replace(head, ''), message));
  const volume = mounted.find((each) => each !== image && message.includes(`"${each}"`));
  const which =
    volume === undefined
      ? `the image ${foreignText(image, NAME_LIMIT)} of ${container}`
      : `the image ${foreignText(volume, NAME_LIMIT)}, a volume of ${container},`;
  const what = reason === 'InvalidImageName' ? 'has a name that no image can have' : "can't be pulled";
  return { reason, said: `${which} ${what}`, words, certain: isLasting(reason, words) };
}

/** Longer than the names of most images. */
const NAME_LIMIT = 300;

/** Whether the words are about an image that is not there. Kubelets before 1.32 have none between two attempts. */
function isLasting(reason: string, words: string | undefined): boolean {
  if (reason === 'InvalidImageName' || reason === 'ErrImageNeverPull') return true;
  return reason === PULL && words !== undefined && !passing.test(words) && lasting.test(words);
}

/** A cause with other words: those of the registry are lost between two attempts (kubelet before 1.32). */
export const withWords = (cause: PodCause, words: string | undefined): PodCause => ({
  ...cause,
  words,
  ...(reasons.has(cause.reason) ? { certain: isLasting(cause.reason, words) } : {}),
});
