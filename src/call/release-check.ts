import { version } from '../version.ts';
import type { AnsweredCall } from './hook-calls.ts';

/** How soon a registry is to be asked about again, in seconds: at first, and at the longest. */
const MIN_RESYNC_SECONDS = 30;
const MAX_RESYNC_SECONDS = 600;

/**
 * Tells calls that were meant for another release. The URL of each hook carries the release of the CompositeController
 * that it is in (`/sync?v=1.2.0`). A changed CompositeController makes Metacontroller call for all registries at once,
 * which during an upgrade are answered by instances of the release before as well (docs/design.md, "Upgrades"). Such an
 * answer asks for another call, so that each registry soon gets one of the new release.
 *
 * An upgrade is over in minutes. Where the releases differ for long, because the image alone was replaced, registries are
 * asked about ever more rarely.
 */
export class ReleaseCheck {
  readonly #release: string;
  readonly #now: () => number;
  /** When the first call for another release came, by the clock. */
  #since: number | undefined;

  /**
   * @param release of this instance
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(release: string = version, now: () => number = () => performance.now()) {
    this.#release = release;
    this.#now = now;
  }

  /**
   * The answer to send. It differs from the decided one at most in `resyncAfterSeconds`, which causes no write.
   *
   * @param meant the release in the URL of the call: undefined if there is none, a list if there are several
   */
  complete(answered: AnsweredCall, meant: unknown): string {
    const { text, summary } = answered;
    if (meant === undefined || meant === this.#release) {
      // The call of an upgrade that comes after this one starts the time again.
      if (meant !== undefined) this.#since = undefined;
      return text;
    }
    this.#since ??= this.#now();
    // All others ask for a call already, or need none.
    if (summary.outcome !== 'settled' && summary.outcome !== 'invalid') return text;
    const elapsed = (this.#now() - this.#since) / 1000;
    const seconds = Math.min(MAX_RESYNC_SECONDS, Math.max(MIN_RESYNC_SECONDS, Math.ceil(elapsed / 2)));
    return `${text.slice(0, -1)},"resyncAfterSeconds":${seconds}}`;
  }
}
