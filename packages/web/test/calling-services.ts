// Traces of services that call each other, as OTLP/JSON: a service fails, another is slower than it was.

interface Edge {
  readonly service: string;
  readonly nanos: number;
  readonly fails?: boolean;
  readonly calls?: readonly Edge[];
}

const MS = 1e6;

/** `count` traces that start a second apart, up to `lastMs`. */
export function callingServices(
  lastMs: number,
  count: number,
  { isBad }: { readonly isBad: boolean },
): string {
  const spans: { service: string; span: object }[] = [];
  for (let n = 0; n < count; n++) {
    const traceId = (lastMs - n * 1000).toString(16).padStart(32, "0");
    const fails = isBad && n % 4 === 0;
    const edge: Edge = {
      service: "frontend",
      nanos: 400 * MS,
      calls: [
        {
          service: "checkout",
          nanos: (isBad ? 320 : 90) * MS,
          fails,
          calls: [
            { service: "payment", nanos: (isBad ? 300 : 60) * MS, fails },
            { service: "shipping", nanos: 20 * MS },
          ],
        },
        {
          service: "recommendation",
          nanos: 45 * MS,
          calls: [{ service: "product-catalog", nanos: 9 * MS }],
        },
        { service: "recommendation", nanos: 30 * MS },
      ],
    };
    let serial = 0;
    const add = (
      { service, nanos, fails = false, calls = [] }: Edge,
      parentSpanId: string,
    ): void => {
      const spanId = (++serial).toString(16).padStart(16, "0");
      const start = BigInt(lastMs - n * 1000) * 1_000_000n;
      spans.push({
        service,
        span: {
          traceId,
          spanId,
          parentSpanId,
          name: `GET /${service}`,
          kind: 2,
          startTimeUnixNano: `${start}`,
          endTimeUnixNano: `${start + BigInt(nanos)}`,
          status: fails ? { code: 2 } : {},
        },
      });
      for (const call of calls) add(call, spanId);
    };
    add(edge, "");
  }
  const byService = Map.groupBy(spans, ({ service }) => service);
  return JSON.stringify({
    resourceSpans: Array.from(byService, ([service, ofService]) => ({
      resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
      scopeSpans: [{ spans: ofService.map(({ span }) => span) }],
    })),
  });
}
