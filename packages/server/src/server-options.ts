import type { Store, StoreOptions } from "@culprit/store";
import type { DoorName, DoorPort } from "./door.ts";

export interface ServerOptions {
  /** Opens the database; the server adds its own hooks, and closes it at its end. */
  readonly openStore: (hooks: Pick<StoreOptions, "onCommit">) => Promise<Store>;
  /** Whether verdicts of traces that have gone quiet are stored; true when absent. */
  readonly storesVerdicts?: boolean;
  /** Address to listen on; 127.0.0.1 when absent, so that nothing is reachable from outside unasked. */
  readonly host?: string;
  /** Doors that are not named get their standard port. */
  readonly ports?: Partial<Readonly<Record<DoorName, DoorPort>>>;
  /** Folder of the built web UI; without it the pages say how to build it. */
  readonly uiDir?: string;
  /** File of sampling strategies in Jaeger's format, read again when it changes; without it everything is sampled. */
  readonly samplingStrategiesFile?: string;
  /** Origins of web pages that may send spans (OTLP over HTTP, Zipkin), `*` for any; none when absent. */
  readonly corsOrigins?: readonly string[];
  /** Of one request body, as it comes and unpacked; 64 MiB when absent. */
  readonly maxBodyBytes?: number;
  /** Of one JSON body, unpacked; 16 MiB when absent. */
  readonly maxJsonBodyBytes?: number;
  /** Of all request bodies that are being received or unpacked; 192 MiB when absent. */
  readonly maxBytesInFlight?: number;
}

export interface RunningServer {
  /** `host:port` of every open door. */
  readonly addresses: ReadonlyMap<DoorName, string>;
  /** Stops accepting, answers what has been accepted, flushes and closes the database. */
  close(): Promise<void>;
}
