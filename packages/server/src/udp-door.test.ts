import assert from "node:assert/strict";
import { test } from "node:test";
import { sendPackets } from "../test/send-packets.ts";
import { openUdpDoor } from "./udp-door.ts";

test("packets up to 65,000 bytes come whole, with their sender", async () => {
  const sizes: number[] = [];
  const all = Promise.withResolvers<void>();
  const door = await openUdpDoor("jaeger-compact", "127.0.0.1", 0, (packet, from) => {
    assert.equal(from.address, "127.0.0.1");
    sizes.push(packet.length);
    if (sizes.length === 3) all.resolve();
  });
  const port = Number(door.address.split(":")[1]);
  await sendPackets(port, [new Uint8Array(65_000), new Uint8Array(1), new Uint8Array(0)]);
  await all.promise;
  await door.close();
  assert.deepEqual(sizes, [65_000, 1, 0]);
});

test("closing takes what had already come", async () => {
  let count = 0;
  const door = await openUdpDoor("jaeger-compact", "127.0.0.1", 0, () => {
    count++;
  });
  const port = Number(door.address.split(":")[1]);
  await sendPackets(
    port,
    Array.from({ length: 100 }, () => new Uint8Array(100)),
  );
  await door.close();
  assert.equal(count, 100);
});

test("a port in use is one line that names port and flag", async () => {
  const door = await openUdpDoor("jaeger-binary", "127.0.0.1", 0, () => undefined);
  const port = Number(door.address.split(":")[1]);
  await assert.rejects(
    openUdpDoor("jaeger-binary", "127.0.0.1", port, () => undefined),
    {
      name: "DoorError",
      message: new RegExp(
        `^127\\.0\\.0\\.1:${port} \\(jaeger-binary\\) is in use: .*--jaeger-binary-port`,
      ),
    },
  );
  await door.close();
});

test("an address that is not ours is one line as well", async () => {
  await assert.rejects(
    openUdpDoor("jaeger-compact", "192.0.2.1", 0, () => undefined),
    { name: "DoorError", message: /^192\.0\.2\.1:0 \(jaeger-compact, --jaeger-compact-port\)/ },
  );
});
