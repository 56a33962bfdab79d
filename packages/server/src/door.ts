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
  readonly purpose: string;
}

export const DOORS: readonly Door[] = [
  { name: "query", port: 16686, purpose: "web UI, Jaeger HTTP API, metrics" },
  { name: "otlp-http", port: 4318, purpose: "OTLP over HTTP" },
  { name: "otlp-grpc", port: 4317, purpose: "OTLP over gRPC" },
  { name: "query-grpc", port: 16685, purpose: "Jaeger query over gRPC" },
  { name: "jaeger-http", port: 14268, purpose: "Jaeger Thrift over HTTP" },
  { name: "jaeger-grpc", port: 14250, purpose: "Jaeger over gRPC" },
  { name: "jaeger-compact", port: 6831, purpose: "Jaeger agent, UDP, compact" },
  { name: "jaeger-binary", port: 6832, purpose: "Jaeger agent, UDP, binary" },
  { name: "zipkin", port: 9411, purpose: "Zipkin" },
  { name: "sampling", port: 5778, purpose: "sampling strategies" },
];

/** 0 takes a free port. */
export type DoorPort = number | "off";

/** The option that sets the port of a door. */
export function doorFlag(name: DoorName): string {
  return `--${name}-port`;
}

/** Every door: those that are named on their ports, all others closed. */
export function onlyDoors(
  open: Partial<Readonly<Record<DoorName, DoorPort>>>,
): Readonly<Record<DoorName, DoorPort>> {
  const ports = DOORS.map(({ name }) => [name, open[name] ?? "off"] as const);
  return Object.fromEntries(ports) as Record<DoorName, DoorPort>;
}

/** The same as options of `culprit serve`. */
export function doorFlags(open: Partial<Readonly<Record<DoorName, DoorPort>>>): string[] {
  return Object.entries(onlyDoors(open)).map(
    ([name, port]) => `${doorFlag(name as DoorName)}=${port}`,
  );
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
