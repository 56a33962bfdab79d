// The doors of the server: every port it can listen on, by name. The names are those of the ready line, the ports
// those that exporters and Jaeger clients expect.

export type DoorName =
  | "query"
  | "otlp-http"
  | "otlp-grpc"
  | "query-grpc"
  | "jaeger-http"
  | "jaeger-grpc"
  | "jaeger-compact"
  | "jaeger-binary"
  | "zipkin"
  | "sampling";

export interface Door {
  readonly name: DoorName;
  readonly port: number;
  /** A door that is not built yet is accepted in the options and stays closed. */
  readonly built: boolean;
  readonly purpose: string;
}

export const DOORS: readonly Door[] = [
  { name: "query", port: 16686, built: true, purpose: "web UI, Jaeger HTTP API, metrics" },
  { name: "otlp-http", port: 4318, built: true, purpose: "OTLP over HTTP" },
  { name: "otlp-grpc", port: 4317, built: true, purpose: "OTLP over gRPC" },
  { name: "query-grpc", port: 16685, built: false, purpose: "Jaeger query over gRPC" },
  { name: "jaeger-http", port: 14268, built: false, purpose: "Jaeger Thrift over HTTP" },
  { name: "jaeger-grpc", port: 14250, built: false, purpose: "Jaeger over gRPC" },
  { name: "jaeger-compact", port: 6831, built: false, purpose: "Jaeger agent, UDP, compact" },
  { name: "jaeger-binary", port: 6832, built: false, purpose: "Jaeger agent, UDP, binary" },
  { name: "zipkin", port: 9411, built: false, purpose: "Zipkin" },
  { name: "sampling", port: 5778, built: false, purpose: "sampling strategies" },
];

/** 0 takes a free port. */
export type DoorPort = number | "off";

/** The option that sets the port of a door. */
export function doorFlag(name: DoorName): string {
  return `--${name}-port`;
}

/** The port to open a door on: `wanted`, else the standard one; off when it is not built yet. */
export function portOf(door: Door, wanted: DoorPort | undefined): DoorPort {
  return door.built ? (wanted ?? door.port) : "off";
}

export class DoorError extends Error {
  override readonly name = "DoorError";
}

/** What went wrong when a door could not be opened, in one line that names port and flag. */
export function doorError(name: DoorName, host: string, port: number, cause: unknown): DoorError {
  const flag = doorFlag(name);
  const address = `${host}:${port}`;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const text = cause instanceof Error ? cause.message : String(cause);
  if (code === "EADDRINUSE" || text.includes("EADDRINUSE")) {
    return new DoorError(
      `${address} (${name}) is in use: stop what listens there, or choose another port with ${flag} (0 takes a free one, off closes this door)`,
      { cause },
    );
  }
  if (code === "EACCES" || text.includes("EACCES")) {
    return new DoorError(
      `${address} (${name}) is not allowed for this user: choose a port from 1024 on with ${flag}`,
      { cause },
    );
  }
  return new DoorError(`${address} (${name}, ${flag}) cannot be opened: ${text}`, { cause });
}

/** `host:port` as it is written in a URL. */
export function addressText(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
