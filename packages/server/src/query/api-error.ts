// What a client of /api/culprit can do wrong, and what can go wrong for it.

export const API_ERRORS = {
  /** A parameter of the path or the query string is not what it must be. */
  "bad-parameter": 400,
  "trace-not-found": 404,
  "span-not-found": 404,
  /** No such path. */
  "not-found": 404,
  /** One document would be larger than a text can be. */
  "answer-too-large": 422,
  "store-unavailable": 503,
  internal: 500,
} as const;

export type ApiErrorCode = keyof typeof API_ERRORS;

export class CulpritApiError extends Error {
  override readonly name = "CulpritApiError";
  readonly code: ApiErrorCode;

  constructor(code: ApiErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface ApiErrorDocument {
  readonly error: { readonly code: ApiErrorCode; readonly message: string };
}

export function apiErrorDocument(code: ApiErrorCode, message: string): ApiErrorDocument {
  return { error: { code, message } };
}
