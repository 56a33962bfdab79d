// A span as Zipkin's v2 API writes it: times and durations in microseconds. https://zipkin.io/zipkin-api/

export interface ZipkinSpan {
  /** 16 or 32 lower-case hex digits. */
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly kind?: "CLIENT" | "SERVER" | "PRODUCER" | "CONSUMER";
  readonly name?: string;
  readonly timestamp?: number;
  readonly duration?: number;
  readonly debug?: true;
  readonly shared?: true;
  readonly localEndpoint?: ZipkinEndpoint;
  readonly remoteEndpoint?: ZipkinEndpoint;
  readonly annotations?: readonly ZipkinAnnotation[];
  readonly tags?: { readonly [key: string]: string };
}

export interface ZipkinEndpoint {
  readonly serviceName?: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly port?: number;
}

export interface ZipkinAnnotation {
  readonly timestamp: number;
  readonly value: string;
}

/** Attributes for what only Zipkin has. */
export const SHARED_KEY = "zipkin.shared";
export const DEBUG_KEY = "zipkin.debug";
export const PEER_SERVICE_KEY = "peer.service";

export interface EndpointKeys {
  readonly address: string;
  readonly port: string;
}

/** The side that recorded the span. */
export const LOCAL_KEYS: EndpointKeys = {
  address: "network.local.address",
  port: "network.local.port",
};
/** The other side, when it was called… */
export const CALLEE_KEYS: EndpointKeys = { address: "server.address", port: "server.port" };
/** …and when it is the one who called. */
export const CALLER_KEYS: EndpointKeys = { address: "client.address", port: "client.port" };
