/** A request that can't be served as it was made; the message is meant for the caller. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly statusCode: number;
  /** By which the log groups refused calls (RefusalLog). */
  readonly kind: string;
  /**
   * A JSON pointer (RFC 6901) to the wrong field of the body, such as `/parent/metadata/name`, truncated; empty for the
   * body itself, undefined where no field is wrong.
   */
  readonly field: string | undefined;

  /** @param options `kind` has to be given if the message has text that the caller chose */
  constructor(
    statusCode: number,
    message: string,
    { kind = message, field }: { readonly kind?: string; readonly field?: string } = {},
  ) {
    super(message);
    this.statusCode = statusCode;
    this.kind = kind;
    this.field = field;
  }
}
