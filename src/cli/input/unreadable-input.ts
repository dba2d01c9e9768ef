import { CliError } from '../cli-error.ts';
import type { Place } from './input-document.ts';

/** Some of the input can't be read; what else there is can be. */
export class UnreadableInput extends CliError {
  readonly reason: 'NotYaml' | 'UnreadableFile';
  readonly place: Place;
  /** What is wrong and how to correct it, without the place. */
  readonly what: string;

  /** @param where as the message names it */
  constructor(reason: UnreadableInput['reason'], place: Place, what: string, where = place.file) {
    super(`${where}: ${what}`);
    this.reason = reason;
    this.place = place;
    this.what = what;
  }
}

/** What is done about input that can't be read: by throwing it, the rest is not read. */
export type Refuse = (mistake: UnreadableInput) => void;

export const refuseAll: Refuse = (mistake) => {
  throw mistake;
};
