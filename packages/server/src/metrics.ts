// What the server says about itself at /metrics, in Prometheus' text format.

import type { WriterStatus } from "@culprit/store";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { DoorName } from "./door.ts";

const WITHOUT_SPANS = ["query", "query-grpc", "sampling"] as const;

/** A door through which spans come. */
export type Receiver = Exclude<DoorName, (typeof WITHOUT_SPANS)[number]>;

export function isReceiver(door: DoorName): door is Receiver {
  return !WITHOUT_SPANS.some((name) => name === door);
}

export type RefusalReason =
  | "malformed"
  | "too-large"
  | "unsupported"
  | "overloaded"
  | "store-unavailable"
  | "aborted";

/** What the engine counts about itself, by the names of ClickHouse's system.events. */
export type EngineEvents = ReadonlyMap<string, number>;

export interface DoorFigures {
  readonly spans: number;
  readonly rejectedSpans: number;
  /** By reason. */
  readonly refusedRequests: Readonly<Record<string, number>>;
}

export interface MetricSources {
  readonly writerStatus: () => WriterStatus;
  readonly bytesInFlight: () => number;
  readonly engineEvents: () => Promise<EngineEvents>;
}

export class Metrics {
  readonly registry: Registry = new Registry();
  readonly #spans = this.#counter("culprit_received_spans_total", "Spans taken in", ["receiver"]);
  readonly #bytes = this.#counter(
    "culprit_received_bytes_total",
    "Bytes of request bodies taken in, unpacked",
    ["receiver"],
  );
  readonly #rejectedSpans = this.#counter(
    "culprit_rejected_spans_total",
    "Spans that could not be kept (partial success)",
    ["receiver"],
  );
  readonly #refused = this.#counter("culprit_refused_requests_total", "Requests refused", [
    "receiver",
    "reason",
  ]);
  readonly #blockSpans = this.#histogram(
    "culprit_block_spans",
    "Spans of a committed block",
    [10, 100, 1_000, 10_000, 30_000, 60_000, 120_000],
  );
  readonly #blockBytes = this.#histogram(
    "culprit_block_bytes",
    "Bytes of a committed block",
    [1e4, 1e5, 1e6, 1e7, 3e7, 1e8],
  );
  readonly #commitSeconds = this.#histogram(
    "culprit_commit_seconds",
    "From the closing of a block to its commit on disk",
    [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  );

  /** @param sources what is read when /metrics is asked for */
  observe(sources: MetricSources): void {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 100 });
    observeWriter(registers, sources);
    observeEngine(registers, sources.engineEvents);
  }

  taken(receiver: Receiver, spans: number, rejectedSpans: number, sizeBytes: number): void {
    this.#spans.inc({ receiver }, spans);
    this.#bytes.inc({ receiver }, sizeBytes);
    if (rejectedSpans > 0) this.#rejectedSpans.inc({ receiver }, rejectedSpans);
  }

  refused(receiver: Receiver, reason: RefusalReason): void {
    this.#refused.inc({ receiver, reason });
  }

  /** What came through a door so far. */
  async doorFigures(receiver: Receiver): Promise<DoorFigures> {
    const ofDoor = async (counter: Counter) =>
      (await counter.get()).values.filter(({ labels }) => labels["receiver"] === receiver);
    const sum = async (counter: Counter) =>
      (await ofDoor(counter)).reduce((total, { value }) => total + value, 0);
    const refused = await ofDoor(this.#refused);
    return {
      spans: await sum(this.#spans),
      rejectedSpans: await sum(this.#rejectedSpans),
      refusedRequests: Object.fromEntries(
        refused.map(({ labels, value }) => [String(labels["reason"]), value]),
      ),
    };
  }

  committed(spans: number, sizeBytes: number, durationMs: number): void {
    this.#blockSpans.observe(spans);
    this.#blockBytes.observe(sizeBytes);
    this.#commitSeconds.observe(durationMs / 1000);
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.registry] });
  }
}

function observeWriter(registers: Registry[], sources: MetricSources): void {
  const read = (name: string, help: string, value: () => number): void => {
    const options = {
      name,
      help,
      registers,
      collect(this: { set(value: number): void }) {
        this.set(value());
      },
    };
    new Gauge(options);
  };
  const { writerStatus } = sources;
  read("culprit_pending_spans", "Spans not yet committed", () => writerStatus().pendingSpans);
  read("culprit_pending_bytes", "Bytes not yet committed", () => writerStatus().pendingBytes);
  read(
    "culprit_waiting_share",
    "Part of the last seconds in which senders waited for a block to be written",
    () => writerStatus().waitingShare,
  );
  read("culprit_request_bytes_in_flight", "Bytes of bodies in memory", sources.bytesInFlight);
}

interface EngineMetric {
  /** As `Store.engineEvents` names it. */
  readonly event: string;
  readonly name: string;
  readonly help: string;
  readonly isGauge?: true;
}

const ENGINE_METRICS: readonly EngineMetric[] = [
  {
    event: "FileSync",
    name: "culprit_engine_file_syncs_total",
    help: "Files flushed to disk by the engine",
  },
  {
    event: "InsertedRows",
    name: "culprit_engine_inserted_rows_total",
    help: "Rows inserted, spans and others",
  },
  {
    event: "MergedRows",
    name: "culprit_engine_merged_rows_total",
    help: "Rows rewritten by merges",
  },
  {
    event: "ActiveParts",
    name: "culprit_engine_active_parts",
    help: "Parts that hold spans",
    isGauge: true,
  },
];

function observeEngine(registers: Registry[], engineEvents: () => Promise<EngineEvents>): void {
  let reading: Promise<EngineEvents> | undefined;
  // All metrics of one answer come from one question to the engine.
  const read = (): Promise<EngineEvents> => {
    reading ??= engineEvents().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  for (const { event, name, help, isGauge } of ENGINE_METRICS) {
    if (isGauge) {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set((await read()).get(event) ?? 0);
        },
      });
    } else {
      new Counter({
        name,
        help,
        registers,
        async collect() {
          const value = (await read()).get(event) ?? 0;
          this.reset();
          this.inc(value);
        },
      });
    }
  }
}
