// How a command ends: 0 done, 1 failed or not found, 2 usage.

export const ExitCode = { done: 0, failed: 1, usage: 2 } as const;

/** The user gets the message as one line, and the exit code 1. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
