/** A request's parameter is not what it must be; the message says which and why. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}
