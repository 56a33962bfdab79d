// What a key tells of: how a request ended, over which connection it went, or which single instance worked on it; all
// other keys may be causes.
// https://opentelemetry.io/docs/specs/semconv/

import {
  DATABASE_STATUS,
  ERROR_TYPE,
  EXCEPTION_MESSAGE,
  EXCEPTION_TYPE,
  GRPC_STATUS,
  HTTP_STATUS,
} from "../conventions.ts";

const OUTCOME_KEYS: ReadonlySet<string> = new Set([
  ...HTTP_STATUS.keys,
  ...GRPC_STATUS.keys,
  ...DATABASE_STATUS.keys,
  ...ERROR_TYPE.keys,
  ...EXCEPTION_TYPE.keys,
  ...EXCEPTION_MESSAGE.keys,
  "error",
  "error.message",
  "exception.escaped",
  "exception.stacktrace",
  "http.status_text",
  "http.response.body.size",
  "http.response_content_length",
  "otel.status_code",
  "otel.status_description",
]);

export function isOutcomeKey(key: string): boolean {
  return OUTCOME_KEYS.has(key);
}

const CONNECTION_KEYS: ReadonlySet<string> = new Set([
  "client.port",
  "net.host.ip",
  "net.host.port",
  "net.peer.ip",
  "net.peer.port",
  "net.sock.host.addr",
  "net.sock.host.port",
  "net.sock.peer.addr",
  "net.sock.peer.port",
  "network.local.address",
  "network.local.port",
  "network.peer.address",
  "network.peer.port",
  "peer.ipv4",
  "peer.ipv6",
  "peer.port",
  "server.port",
]);

export function isConnectionKey(key: string): boolean {
  return CONNECTION_KEYS.has(key);
}

const INSTANCE_KEYS: ReadonlySet<string> = new Set([
  "container.id",
  "container.name",
  "host.id",
  "host.ip",
  "host.name",
  "k8s.pod.ip",
  "k8s.pod.name",
  "k8s.pod.uid",
  "k8s.replicaset.name",
  "k8s.replicaset.uid",
  "process.pid",
  "service.instance.id",
]);

export function isInstanceKey(key: string): boolean {
  return INSTANCE_KEYS.has(key);
}
