import { type Child, startChild } from "./child.ts";
import type { ShopOptions } from "./shop.ts";
import type { PartName, ServiceName, ShopSetup } from "./shop-setup.ts";

type Env = Readonly<Record<string, string>>;

/** The processes of one shop, in the order in which they were started. */
export class ShopParts {
  /** Resolves with the name of a process that ended without being asked. */
  readonly broken: Promise<PartName>;
  readonly #options: ShopOptions;
  readonly #setup: ShopSetup;
  readonly #onLine: (line: string) => void;
  readonly #started: Part[] = [];
  #restarting: Promise<void> | undefined;
  #tellBroken: (part: PartName) => void = () => {};

  constructor(options: ShopOptions) {
    this.#options = options;
    this.#setup = options.setup ?? {};
    this.#onLine = eachLineOnce(options.onLine ?? (() => {}));
    this.broken = new Promise((resolve) => {
      this.#tellBroken = resolve;
    });
  }

  async start(name: PartName, file: string, env: Env = {}): Promise<Child> {
    const part: Part = {
      name,
      file,
      env,
      child: await this.#launch(name, file, env),
      asked: false,
    };
    this.#started.push(part);
    this.#watch(part);
    return part.child;
  }

  /** @returns the addresses of its instances, with spaces in between */
  async startService(name: ServiceName, file: string, env: Env): Promise<string> {
    const { second, lossy } = this.#setup;
    const through = lossy === name ? await this.#startCollector() : {};
    const first = await this.start(name, file, { ...env, ...through });
    if (second?.service !== name) return urlOf(first);
    const other = await this.start(name, file, { ...env, ...second.env, PORT: "0" });
    return `${urlOf(first)} ${urlOf(other)}`;
  }

  restart(name: ServiceName, env: Env): Promise<void> {
    const restarted = this.#restart(name, env);
    this.#restarting = restarted.catch(() => {});
    return restarted;
  }

  async #restart(name: ServiceName, env: Env): Promise<void> {
    const part = this.#started.find((candidate) => candidate.name === name);
    if (part === undefined) throw new Error(`${name} has not been started`);
    const port = part.child.ready.port;
    part.asked = true;
    await part.child.stop();
    await part.child.gone;
    part.child = await this.#launch(name, part.file, { ...part.env, ...env, PORT: String(port) });
    part.asked = false;
    this.#watch(part);
  }

  async stop(): Promise<void> {
    for (const part of this.#started) part.asked = true;
    await this.#restarting;
    const isCollector = ({ name }: Part): boolean => name === "lossy-collector";
    // Callers first, so that nobody calls a service that is gone.
    await end(this.#started.filter((part) => !isCollector(part)).toReversed());
    // The last spans of the others have gone through it by now.
    await end(this.#started.filter(isCollector));
  }

  async #startCollector(): Promise<Env> {
    const forwardUrl =
      this.#options.otlpEndpoint ??
      process.env.OTEL_EXPORTER_OTLP_ENDPOINT ??
      "http://localhost:4318";
    const collector = await this.start("lossy-collector", "services/lossy-collector.ts", {
      FORWARD_URL: forwardUrl,
    });
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: urlOf(collector),
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    };
  }

  #launch(name: PartName, file: string, env: Env): Promise<Child> {
    const { otlpEndpoint, ports, signal } = this.#options;
    const { clock } = this.#setup;
    const traced = name.endsWith("-service");
    const shifted = clock?.service === name;
    return startChild({
      name,
      file,
      traced,
      onLine: this.#onLine,
      ...(shifted ? { preload: "shifted-clock.ts" } : {}),
      ...(signal === undefined ? {} : { signal }),
      env: {
        ...this.#options.env,
        PORT: String(ports?.[name] ?? 0),
        ...(traced ? { OTEL_SERVICE_NAME: name } : {}),
        ...(otlpEndpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint }),
        ...(shifted ? otherHost(clock.aheadMs) : {}),
        ...this.#setup.env?.[name],
        ...env,
      },
    });
  }

  #watch(part: Part): void {
    const { child } = part;
    void child.gone.then(() => {
      if (!part.asked && part.child === child) this.#tellBroken(part.name);
    });
  }
}

interface Part {
  readonly name: PartName;
  readonly file: string;
  readonly env: Env;
  child: Child;
  /** It ends because we said so. */
  asked: boolean;
}

async function end(parts: readonly Part[]): Promise<void> {
  for (const part of parts) await part.child.stop();
  await Promise.all(parts.map((part) => part.child.gone));
}

/** One host has one clock: a clock of its own means a host of its own. */
function otherHost(aheadMs: number): Env {
  return {
    SHOP_CLOCK_AHEAD_MS: String(aheadMs),
    OTEL_RESOURCE_ATTRIBUTES: "host.name=shop-2,host.id=5d1c0f2e8a7b4c3d9e6f00112233aabb",
  };
}

export function urlOf(child: Child): string {
  return `http://localhost:${child.ready.port}`;
}

/** Four services that cannot reach Culprit say the same sentence; once is enough. */
function eachLineOnce(onLine: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (said.has(line)) return;
    if (said.size < 1000) said.add(line);
    onLine(line);
  };
}
