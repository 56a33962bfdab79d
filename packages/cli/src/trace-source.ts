// Where a reading command finds traces: a running server, or a folder that no server holds.

import { existsSync } from "node:fs";
import path from "node:path";
import {
  type AnalysisOptions,
  analyzeTrace,
  type Topology,
  TopologyCollector,
} from "@culprit/analysis";
import {
  type ExplainRequest,
  type Explanation,
  type Profile,
  profile as profileSchema,
  type Verdict,
  verdict as verdictSchema,
} from "@culprit/api";
import {
  bandParameter,
  explainTraces,
  foldedProfile,
  parseExplainRequest,
  parseProfileRequest,
  traceProfile,
} from "@culprit/server";
import { openEmbeddedStore, type Store } from "@culprit/store";
import { assembleTrace, type Span, SpanCollector } from "@culprit/trace-model";
import { decodeOtlpJson } from "@culprit/wire";
import { type Command, Option } from "commander";
import { CommandFailed, UsageError } from "./cli-error.ts";
import { reasonOf } from "./fetch-failure.ts";
import { type OnProgress, postExplain } from "./post-explain.ts";
import { userPath } from "./user-path.ts";

export interface TraceSource {
  /** All spans as they were received; undefined when there is no such trace. */
  spans(traceId: string): Promise<readonly Span[] | undefined>;
  verdict(traceId: string, options: AnalysisOptions): Promise<Verdict | undefined>;
  /** @param parameters of GET /api/culprit/profile */
  profile(parameters: URLSearchParams): Promise<Profile>;
  /** Folded stacks as text. */
  foldedProfile(parameters: URLSearchParams): Promise<string>;
  explain(request: ExplainRequest, onProgress: OnProgress): Promise<Explanation>;
  close(): Promise<void>;
}

export interface SourceOptions {
  readonly url?: string;
  readonly data?: string;
}

export function addSourceOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--url <url>", "a running Culprit (default: the local one when it answers)").env(
        "CULPRIT_URL",
      ),
    )
    .option("--data <dir>", "read the folder of a Culprit that is not running");
}

export async function openTraceSource(options: SourceOptions): Promise<TraceSource> {
  const place = await choosePlace(options);
  return place.kind === "server" ? new ServerSource(place.url) : openFolder(place.dataDir);
}

export type Place =
  | { readonly kind: "server"; readonly url: string }
  | { readonly kind: "folder"; readonly dataDir: string };

/** What the options say; without them the local server when it answers. */
export async function choosePlace(
  { url, data }: SourceOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Place> {
  if (url !== undefined && data !== undefined && environment["CULPRIT_URL"] !== url) {
    throw new UsageError("name a server or a folder (--data), not both");
  }
  if (data !== undefined) return { kind: "folder", dataDir: userPath(data) };
  if (url !== undefined) return { kind: "server", url: baseUrl(url) };
  const port = environment["CULPRIT_QUERY_PORT"] ?? "16686";
  const local = `http://127.0.0.1:${port}`;
  if (await answers(local)) return { kind: "server", url: local };
  const dataDir = environment["CULPRIT_DATA"];
  if (dataDir !== undefined) return { kind: "folder", dataDir: userPath(dataDir) };
  throw new CommandFailed(
    `no Culprit answers at ${local}: start one with "culprit serve", or name a folder with --data DIR`,
  );
}

function baseUrl(text: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  const withScheme = scheme === undefined ? `http://${text}` : text;
  const isHttp = scheme === undefined || scheme === "http" || scheme === "https";
  if (!isHttp || !URL.canParse(withScheme)) {
    throw new UsageError(`"${text}" is not an http address such as http://127.0.0.1:16686`);
  }
  return withScheme.replace(/\/+$/, "");
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}

class ServerSource implements TraceSource {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async spans(traceId: string): Promise<readonly Span[] | undefined> {
    const response = await this.#get(`/api/culprit/traces/${traceId}/otlp`);
    if (response === undefined) return undefined;
    const collector = new SpanCollector();
    decodeOtlpJson(new Uint8Array(await response.arrayBuffer()), collector);
    return collector.spans;
  }

  async verdict(traceId: string, options: AnalysisOptions): Promise<Verdict | undefined> {
    const query = new URLSearchParams({ overlapTolerance: String(options.overlapTolerance ?? 0) });
    const response = await this.#get(`/api/culprit/traces/${traceId}/verdict?${query}`);
    return response === undefined ? undefined : verdictSchema.parse(await response.json());
  }

  async profile(parameters: URLSearchParams): Promise<Profile> {
    return profileSchema.parse(await (await this.#profile(parameters)).json());
  }

  async foldedProfile(parameters: URLSearchParams): Promise<string> {
    const query = new URLSearchParams(parameters);
    query.set("format", "folded");
    return (await this.#profile(query)).text();
  }

  async #profile(parameters: URLSearchParams): Promise<Response> {
    const response = await this.#get(`/api/culprit/profile?${parameters}`);
    if (response === undefined) {
      throw new CommandFailed(`${this.#url} knows no profiles: it is an older Culprit`);
    }
    return response;
  }

  explain(request: ExplainRequest, onProgress: OnProgress): Promise<Explanation> {
    return postExplain(this.#url, request, onProgress);
  }

  async close(): Promise<void> {
    // Every answer was read to its end.
  }

  /** Undefined for 404. */
  async #get(path: string): Promise<Response | undefined> {
    let response: Response;
    try {
      response = await fetch(this.#url + path);
    } catch (error) {
      throw new CommandFailed(`no Culprit answers at ${this.#url}: ${reasonOf(error)}`);
    }
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) {
      throw new CommandFailed(
        `${this.#url}${path} answers ${response.status}: ${await response.text()}`,
      );
    }
    return response;
  }
}

async function openFolder(dataDir: string): Promise<TraceSource> {
  if (!existsSync(dataDir)) throw new CommandFailed(`there is no folder ${dataDir}`);
  // Opening makes what is not there; reading must not.
  if (!existsSync(path.join(dataDir, "engine"))) {
    throw new CommandFailed(`${dataDir} holds no Culprit database`);
  }
  const store = await openEmbeddedStore(dataDir);
  return {
    spans: async (traceId) => (await store.reader.trace(traceId))?.spans,
    async verdict(traceId, options) {
      const found = await store.reader.trace(traceId);
      if (found === undefined) return undefined;
      const { spans, lateSpanIds } = found;
      const topology = await storedTopology(store);
      return analyzeTrace(assembleTrace(spans), { ...options, topology, lateSpanIds });
    },
    profile: async (parameters) =>
      traceProfile(
        store.profiles,
        await storedTopology(store),
        parseProfileRequest(parameters, Date.now()),
      ),
    foldedProfile: async (parameters) =>
      foldedProfile(
        store.profiles,
        await storedTopology(store),
        parseProfileRequest(parameters, Date.now()),
        bandParameter(parameters),
      ),
    explain: (request, onProgress) =>
      explainTraces(store.cohorts, parseExplainRequest(request), onProgress),
    close: () => store.close(),
  };
}

/** What the server that judged the folder's traces learnt of the system. */
async function storedTopology({ ledger }: Store): Promise<Topology> {
  const collector = new TopologyCollector();
  collector.learn(await ledger.topology());
  return collector.topology;
}
