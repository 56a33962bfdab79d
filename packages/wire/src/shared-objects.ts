// One object for equal resources and scopes, so that a sink can know a process by identity and a large file does not
// hold the same resource a thousand times.

import { type Attributes, NO_ATTRIBUTES, type Resource, type Scope } from "@culprit/trace-model";
import { keyValuesOf } from "./otlp-json-values.ts";

/** Enough for a large fleet; past it the table starts afresh. */
const MAX_ENTRIES = 4096;

class Table<T> {
  readonly #objects = new Map<string, T>();

  /** @returns the object that was first given for the key */
  shared(key: string, object: T): T {
    const known = this.#objects.get(key);
    if (known !== undefined) return known;
    if (this.#objects.size === MAX_ENTRIES) this.#objects.clear();
    this.#objects.set(key, object);
    return object;
  }
}

export class SharedObjects {
  readonly #resources = new Table<Resource>();
  readonly #scopes = new Table<Scope>();

  resource(attributes: Attributes, droppedAttributesCount = 0, schemaUrl = ""): Resource {
    const key = JSON.stringify([keyValuesOf(attributes), droppedAttributesCount, schemaUrl]);
    return this.#resources.shared(key, { attributes, droppedAttributesCount, schemaUrl });
  }

  scope(
    name: string,
    version: string,
    attributes: Attributes = NO_ATTRIBUTES,
    droppedAttributesCount = 0,
    schemaUrl = "",
  ): Scope {
    const key = JSON.stringify([
      name,
      version,
      keyValuesOf(attributes),
      droppedAttributesCount,
      schemaUrl,
    ]);
    const scope = { name, version, attributes, droppedAttributesCount, schemaUrl };
    return this.#scopes.shared(key, scope);
  }
}
