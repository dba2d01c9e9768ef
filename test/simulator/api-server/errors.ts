export type ErrorReason = 'AlreadyExists' | 'NotFound' | 'Conflict' | 'Invalid' | 'Forbidden';

const codes: Record<ErrorReason, number> = {
  AlreadyExists: 409,
  NotFound: 404,
  Conflict: 409,
  Invalid: 422,
  Forbidden: 403,
};

/** A refusal of the API server. */
export class ApiError extends Error {
  readonly reason: ErrorReason;
  readonly code: number;

  constructor(reason: ErrorReason, message: string) {
    super(message);
    this.reason = reason;
    this.code = codes[reason];
  }
}
