// ClickHouse's engine inside this process (npm: chdb). One folder belongs to one process: the engine locks it.
//
// A session of chdb runs one statement at a time, so inserts, commands and reads have sessions of their own, and so
// have inserts and reads in the background.
// Its `insert()` takes text formats only; a Native block therefore goes through a file in the data folder and
// `insert … from infile`. The file needs no flush of its own: the part that the engine writes from it is the data.

import { existsSync, statSync } from "node:fs";
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Session as ChdbSession } from "chdb";
import type { Engine, NativeInsert } from "./engine.ts";
import { nativeBlock } from "./native-column.ts";
import { StoreUnavailable } from "./span-writer.ts";
import { quote } from "./sql.ts";
import { MAX_STATEMENT_BYTES, StatementTooLong } from "./statement-too-long.ts";
import { StoreOpenError } from "./store-open-error.ts";

/**
 * Indexes inside a part are made when parts are merged: of a part of one block its arrivals are known as they are, and two
 * more files would have to be flushed before the ack.
 */
const INSERT_SETTINGS = "materialize_skip_indexes_on_insert = 0";

/**
 * Merges can wait, answers cannot: on a full machine they get a tenth of the weight of others. The engine holds inserts up
 * when parts become too many.
 */
const MERGE_NICENESS = 10;

/**
 * Parts below 20 MB (some 300,000 spans) have the engine's quick codec, LZ4: they are merged within seconds, and ZSTD is for
 * what lasts. At 155,000 spans/s from 256 connections inserts and merges took 0.40 of a processor instead of 0.54.
 */
const COMPRESSION = [
  "--compression.case.method=zstd",
  "--compression.case.level=1",
  "--compression.case.min_part_size=20000000",
  "--compression.case.min_part_size_ratio=0",
];

/** Two reads at a time: more would only share the same cores and multiply the memory that each may take. */
const READ_SESSIONS = 2;

export async function openEmbeddedEngine(dataDir: string): Promise<Engine> {
  const folder = resolve(dataDir);
  const inbox = join(folder, "inbox");
  try {
    await makeFolder(folder);
  } catch (cause) {
    throw new StoreOpenError(`the data folder ${dataDir} cannot be made: ${messageOf(cause)}`, {
      cause,
    });
  }
  const sessions = await openSessions(join(folder, "engine"), dataDir);
  await makeFolder(inbox);
  // Blocks that a crash left behind were never acked. Only what we wrote goes: the folder may be somebody's home.
  for (const name of await readdir(inbox)) {
    if (/^\d+\.native$/.test(name)) await rm(join(inbox, name), { force: true });
  }
  return new EmbeddedEngine(sessions, inbox);
}

/** Parents first, one by one: Node's own recursive mkdir never returns below /proc. */
async function makeFolder(folder: string): Promise<void> {
  const parent = dirname(folder);
  if (parent !== folder && !existsSync(parent)) await makeFolder(parent);
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST" || !statSync(folder).isDirectory()) throw error;
  });
}

async function openSessions(folder: string, dataDir: string): Promise<ChdbSession[]> {
  // Loaded here and not above: the library is 570 MB, and the command's --help should not wait for it.
  const { Session } = await import("chdb");
  const opened: ChdbSession[] = [];
  try {
    const options = {
      connectionArgs: [`--os_threads_nice_value_merge_mutate=${MERGE_NICENESS}`, ...COMPRESSION],
    };
    for (let i = 0; i < READ_SESSIONS + 4; i++) opened.push(new Session(folder, options));
    return opened;
  } catch (cause) {
    for (const session of opened) session.close();
    throw new StoreOpenError(
      `the data folder ${dataDir} cannot be opened: another process holds it, or it cannot be written. ` +
        "Stop the other culprit, or give another folder with --data.",
      { cause },
    );
  }
}

class EmbeddedEngine implements Engine {
  readonly background: Pick<Engine, "insert" | "select">;
  readonly #all: readonly ChdbSession[];
  readonly #inserts: Lane;
  readonly #commands: Lane;
  readonly #reads: readonly Lane[];
  readonly #lanes: readonly Lane[];
  readonly #inbox: string;
  #blocks = 0;

  constructor(sessions: readonly ChdbSession[], inbox: string) {
    const lanes = sessions.map((session) => new Lane(session));
    const [inserts, commands, backInserts, backReads, ...reads] = lanes;
    if (
      inserts === undefined ||
      commands === undefined ||
      backInserts === undefined ||
      backReads === undefined
    ) {
      throw new Error("too few sessions");
    }
    this.#all = sessions;
    this.#inserts = inserts;
    this.#commands = commands;
    this.#reads = reads;
    this.#lanes = lanes;
    this.#inbox = inbox;
    this.background = {
      insert: (block) => this.#insert(backInserts, block),
      select: (sql) => backReads.run(sql),
    };
  }

  insert(block: NativeInsert): Promise<void> {
    return this.#insert(this.#inserts, block);
  }

  async #insert(lane: Lane, { table, blocks }: NativeInsert): Promise<void> {
    const file = join(this.#inbox, `${++this.#blocks}.native`);
    const names = blocks[0]?.columns.map(({ name }) => name).join(", ");
    try {
      await writePieces(
        file,
        blocks.flatMap(({ columns, rows }) => nativeBlock(columns, rows)),
      );
      await lane.run(
        `insert into ${table} (${names}) from infile ${quote(file)} compression 'none' settings ${INSERT_SETTINGS} format Native`,
      );
    } catch (cause) {
      const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
      throw new StoreUnavailable(
        `${rows} rows of ${table} could not be written: ${messageOf(cause)}`,
        {
          cause,
        },
      );
    } finally {
      await rm(file, { force: true });
    }
  }

  async select(sql: string): Promise<Uint8Array> {
    const sizeBytes = Buffer.byteLength(sql);
    if (sizeBytes > MAX_STATEMENT_BYTES) {
      throw new StatementTooLong(
        `the conditions come to ${sizeBytes} bytes of SQL, and ${MAX_STATEMENT_BYTES} are taken: give fewer or shorter ones`,
      );
    }
    let quietest = this.#reads[0] as Lane;
    for (const lane of this.#reads) if (lane.waiting < quietest.waiting) quietest = lane;
    return quietest.run(sql);
  }

  async command(sql: string): Promise<void> {
    await this.#commands.run(sql);
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.idle()));
    for (const session of this.#all) session.close();
  }
}

/** One session and the statements that wait for it. */
class Lane {
  waiting = 0;
  readonly #session: ChdbSession;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(session: ChdbSession) {
    this.#session = session;
  }

  run(sql: string): Promise<Uint8Array> {
    this.waiting++;
    const result = this.#tail.then(async () => {
      try {
        const answer = await this.#session.queryAsync(sql, { format: "Native" });
        return answer.bytes();
      } finally {
        this.waiting--;
      }
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async idle(): Promise<void> {
    await this.#tail;
  }
}

async function writePieces(path: string, pieces: Uint8Array[]): Promise<void> {
  const file = await open(path, "wx");
  try {
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const { bytesWritten } = await file.writev(pieces);
    // A full disk shows as a short write before it shows as an error.
    if (bytesWritten !== size) throw new Error(`the disk took ${bytesWritten} of ${size} bytes`);
  } finally {
    await file.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
