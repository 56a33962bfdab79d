import { InvalidArgumentError } from "commander";

/**
 * Another origin, or several with commas between them, as the environment has them.
 * @param others what was given before
 */
export function corsOrigins(text: string, others: readonly string[] = []): readonly string[] {
  const origins = text.split(",").map((origin) => origin.trim());
  for (const origin of origins) {
    if (origin === "*" || (URL.canParse(origin) && new URL(origin).origin === origin)) continue;
    const message = `an origin is such as https://shop.example or http://localhost:3000, or *; not "${origin}".`;
    throw new InvalidArgumentError(message);
  }
  return [...others, ...origins];
}
