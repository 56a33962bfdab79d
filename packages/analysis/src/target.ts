// Whom a span calls and which instance of a service made it, as keys that are the same in every trace.

import {
  AttributeKeys,
  type Resource,
  type Span,
  serviceName,
  type UnixNanos,
} from "@culprit/trace-model";
import { firstText } from "./conventions.ts";

const PEER_SERVICE: AttributeKeys = new AttributeKeys("peer.service", "service.peer.name");
const ADDRESS: AttributeKeys = new AttributeKeys(
  "server.address",
  "net.peer.name",
  "net.peer.ip",
  "net.sock.peer.name",
  "network.peer.address",
  "net.sock.peer.addr",
);
const PORT: AttributeKeys = new AttributeKeys(
  "server.port",
  "net.peer.port",
  "network.peer.port",
  "net.sock.peer.port",
);
const URL_TEXT: AttributeKeys = new AttributeKeys("url.full", "http.url");
const HTTP_HOST: AttributeKeys = new AttributeKeys("http.host");
const INSTANCE_ID: AttributeKeys = new AttributeKeys("service.instance.id");

/** The peer service, else address and port, else those of the URL; undefined where the span names none. */
export function targetOf({ attributes }: Span): string | undefined {
  const peer = firstText(attributes, PEER_SERVICE);
  if (peer !== undefined) return peer;
  const address = firstText(attributes, ADDRESS);
  if (address !== undefined) {
    const port = firstText(attributes, PORT);
    return port === undefined ? address : withPort(address, port);
  }
  const url = firstText(attributes, URL_TEXT);
  return (url === undefined ? undefined : hostOf(url)) ?? firstText(attributes, HTTP_HOST);
}

/** Few targets are asked for again and again, and to look up a text made anew costs ten times as much. */
const MAX_TARGETS = 4096;
const targets = new Map<string, Map<string, string>>();

function withPort(address: string, port: string): string {
  let ofAddress = targets.get(address);
  if (ofAddress === undefined) {
    if (targets.size === MAX_TARGETS) targets.clear();
    ofAddress = new Map();
    targets.set(address, ofAddress);
  }
  let target = ofAddress.get(port);
  if (target === undefined) {
    target = `${address}:${port}`;
    if (ofAddress.size < MAX_TARGETS) ofAddress.set(port, target);
  }
  return target;
}

/** `host:port` of an absolute URL, without what stands before an @. */
function hostOf(url: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#@]+)/i.exec(url)?.[1];
}

/** A process has one resource for all of its spans, whose text need not be made anew for every trace. */
const instances = new WeakMap<Resource, { readonly name: string | undefined }>();

/** Service and instance; undefined where the resource has no instance's id. */
export function instanceOf({ resource }: Span): string | undefined {
  let instance = instances.get(resource);
  if (instance === undefined) {
    const id = firstText(resource.attributes, INSTANCE_ID);
    instance = { name: id === undefined ? undefined : `${serviceName(resource)} ${id}` };
    instances.set(resource, instance);
  }
  return instance.name;
}

/** Whether it holds for an instance that made one of the spans. */
export function anyInstance(spans: readonly Span[], holds: (instance: string) => boolean): boolean {
  let before: Resource | undefined;
  for (const span of spans) {
    if (span.resource === before) continue;
    before = span.resource;
    const instance = instanceOf(span);
    if (instance !== undefined && holds(instance)) return true;
  }
  return false;
}

/** @param spans at least one */
export function earliestStart(spans: readonly Span[]): UnixNanos {
  let earliest = (spans[0] as Span).startUnixNano;
  for (const { startUnixNano } of spans) if (startUnixNano < earliest) earliest = startUnixNano;
  return earliest;
}
