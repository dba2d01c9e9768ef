import { parseJsonBody } from '../body/json-body.ts';
import { hasDuplicateKeys } from '../body/json-text.ts';
import { keyOf } from './memo.ts';

/** The body of a call as it was received, not parsed yet. */
export class ReceivedBody {
  /** The same for bodies with the same bytes. */
  readonly key: string;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.key = keyOf(bytes);
  }

  /** @throws {RequestError} if the body is not JSON, or has more values than any request */
  parse(): unknown {
    return parseJsonBody(this.#bytes);
  }

  /** Whether an object in it has a key twice; the body has to be valid JSON. */
  hasDuplicateKeys(): boolean {
    return hasDuplicateKeys(this.#bytes.toString());
  }
}
