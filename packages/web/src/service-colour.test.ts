import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serviceColour } from "./service-colour.ts";

test("no service is coloured like an error or the critical path", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const { hue, tone } = serviceColour(name);
      assert.ok(hue >= 135 && hue <= 333);
      assert.ok(tone === 0 || tone === 1);
    }),
  );
});

test("the services of the shop keep colours of their own", () => {
  const names = ["frontend-service", "payment-service", "inventory-service", "order-service"];
  assert.deepEqual(
    names.map((name) => serviceColour(name).hue),
    [207, 333, 261, 153],
  );
});
