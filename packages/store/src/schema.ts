// The tables, as numbered steps that are never changed once released: a database remembers the last step it took.

import { PAIR_HASHES } from "./attribute-condition.ts";
import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";
import { LENGTH } from "./span-conditions.ts";
import { StoreOpenError } from "./store-open-error.ts";

/**
 * Spans are sorted by their start in steps of this, then by trace: few enough steps that a trace's spans lie together,
 * and short enough that what arrived in a few seconds is a few steps of a part that holds minutes. An expression that is
 * to be found in the index spells it as the table does.
 */
export const START_STEP_NANOS = 5_000_000_000n;

/**
 * Sort key: time and trace order won over service order by a factor of three in space and eight in reading a trace.
 * The start is the span's own, whatever it claims; partitions are days of arrival (UTC, wherever we run), so that spans
 * of a thousand different years arrive in one part.
 * Durability: the part is flushed before the insert answers. Merged parts are not; their sources stay on disk for
 * another eight minutes (old_parts_lifetime), far longer than the kernel keeps dirty pages.
 * min_bytes_for_wide_part 100 MB: a block of 60,000 spans becomes one file rather than one a column, which takes 12
 * flushes instead of 70; merged parts pass the limit and are wide again.
 * merge_selector_base 10: fewer, wider merges, which under load are a third of the process.
 */
const SPANS = `
create table culprit.spans (
  tenant LowCardinality(String) default '',
  trace_id FixedString(16),
  span_id FixedString(8),
  parent_span_id FixedString(8),
  start_unix_nano UInt64,
  duration_nano Int64,
  received_unix_nano UInt64,
  flags UInt32,
  kind Int32,
  status_code Int32,
  service LowCardinality(String),
  name LowCardinality(String),
  resource LowCardinality(String),
  scope LowCardinality(String),
  attributes Map(LowCardinality(String), String),
  attribute_types LowCardinality(String),
  details String,
  projection by_trace (select _part_offset order by tenant, trace_id)
)
engine = MergeTree
partition by toDate(toDateTime(intDiv(received_unix_nano, 1000000000), 'UTC'))
order by (tenant, intDiv(start_unix_nano, ${START_STEP_NANOS}), trace_id)
settings default_compression_codec = 'ZSTD(1)', fsync_after_insert = 1, fsync_part_directory = 1,
  merge_selector_base = 10, min_bytes_for_wide_part = 100000000`;

/** Which operations exist, once a day of arrival, so that the lists need not read spans. */
const OPERATIONS = `
create table culprit.operations (
  tenant LowCardinality(String) default '',
  day Date,
  service String,
  name String,
  kind Int32
)
engine = ReplacingMergeTree
partition by day
order by (tenant, service, name, kind)
settings fsync_after_insert = 1, fsync_part_directory = 1`;

/**
 * Quiet traces are found by arrival, every second or so: without it each question would read the arrivals of a whole
 * part, and parts grow to days. Parts that were written before get it when they are merged.
 */
const ARRIVAL_INDEX = `
alter table culprit.spans add index by_arrival received_unix_nano type minmax granularity 1`;

/**
 * One row a judgement; a trace that is judged again gets another row, which says `again`; the one
 * with the latest arrival counts, then the one judged last. Sorted as spans are; partitions are days of arrival of the trace's last span.
 * The path is a tree, an entry a call stack, side by side so that a slice of traces is one insert: two names, the time,
 * and in `path_parents` the place of the caller's entry counted from 1, 0 for the root's.
 * `not_judged` says why a trace has a row but no verdict; empty for all others.
 */
const VERDICTS = `
create table culprit.verdicts (
  tenant LowCardinality(String) default '',
  trace_id FixedString(16),
  start_unix_nano UInt64,
  duration_nano UInt64,
  received_unix_nano UInt64,
  judged_unix_nano UInt64,
  again UInt8,
  analysis_version UInt32,
  span_count UInt32,
  error_span_count UInt32,
  root_service LowCardinality(String),
  root_operation LowCardinality(String),
  bottleneck_service LowCardinality(String),
  bottleneck_operation LowCardinality(String),
  finding_kinds Array(LowCardinality(String)),
  error_origins Array(LowCardinality(String)),
  path_services Array(LowCardinality(String)),
  path_operations Array(LowCardinality(String)),
  path_parents Array(UInt16),
  path_nanos Array(UInt64),
  not_judged LowCardinality(String)
)
engine = MergeTree
partition by toDate(toDateTime(intDiv(received_unix_nano, 1000000000), 'UTC'))
order by (tenant, intDiv(start_unix_nano, 60000000000), trace_id)
settings default_compression_codec = 'ZSTD(1)', fsync_after_insert = 1, fsync_part_directory = 1,
  merge_selector_base = 10, min_bytes_for_wide_part = 100000000`;

/**
 * Every trace whose last span arrived at or before the highest `judged_until_unix_nano` has its row in `verdicts`.
 * One row for each length of quiet that was ever set: the shortest tells which traces may have been judged before.
 */
const VERDICT_PROGRESS = `
create table culprit.verdict_progress (
  tenant LowCardinality(String) default '',
  quiet_nano UInt64,
  judged_until_unix_nano UInt64
)
engine = ReplacingMergeTree(judged_until_unix_nano)
order by (tenant, quiet_nano)
settings fsync_after_insert = 1, fsync_part_directory = 1`;

/** What the traces of a day of arrival told of the system: who answers at a target, and since when an instance runs. */
const CALLEES = `
create table culprit.callees (
  tenant LowCardinality(String) default '',
  day Date,
  target String,
  service String
)
engine = ReplacingMergeTree
partition by day
order by (tenant, target, service)
settings fsync_after_insert = 1, fsync_part_directory = 1`;

const INSTANCES = `
create table culprit.instances (
  tenant LowCardinality(String) default '',
  day Date,
  instance String,
  first_seen_unix_nano SimpleAggregateFunction(min, UInt64)
)
engine = AggregatingMergeTree
partition by day
order by (tenant, instance)
settings fsync_after_insert = 1, fsync_part_directory = 1`;

/**
 * The spans in smaller portions, for reads of a few traces: what a read costs is the granules it touches and the blocks
 * that are unpacked for them. A table's granules are settled when it is made, so there is a new one, which takes over the
 * parts as they are (links to the same files); what is merged from then on has the new granules and indexes. Until the
 * exchange the old table has everything, and a step that was interrupted is taken again.
 * index_granularity 2048: a quarter of the usual size reads 20 traces that lie apart in half the time, for 7 % of the
 * inserts' work and 1.5 B a span; an eighth would cost 30 % of it.
 * by_length: a granule's longest span, so that a search for long ones passes the others by.
 * by_pair: which attributes are in 131,072 spans. Coarse, because there pairs repeat: 1.2 B a span where each of eleven
 * attributes has a thousand values; 1 in 400 tells of a pair that is not there.
 * merge_selector_base 40: at 200,000 spans a second merges take 0.18 to 0.25 cores, where they took 0.45 at 10, for some 30
 * active parts instead of 15.
 * min_age_to_force_merge_seconds: a day's parts that have not changed for ten minutes become one (150 GB at most): each
 * part costs every look-up by trace id a third of a millisecond.
 */
const SPANS_IN_SMALLER_GRANULES = `
create table culprit.spans_3 (
  tenant LowCardinality(String) default '',
  trace_id FixedString(16),
  span_id FixedString(8),
  parent_span_id FixedString(8),
  start_unix_nano UInt64,
  duration_nano Int64,
  received_unix_nano UInt64,
  flags UInt32,
  kind Int32,
  status_code Int32,
  service LowCardinality(String),
  name LowCardinality(String),
  resource LowCardinality(String),
  scope LowCardinality(String),
  attributes Map(LowCardinality(String), String),
  attribute_types LowCardinality(String),
  details String,
  index by_arrival received_unix_nano type minmax granularity 1,
  index by_length ${LENGTH} type minmax granularity 1,
  index by_pair ${PAIR_HASHES} type bloom_filter(0.0025) granularity 64,
  projection by_trace (select _part_offset order by tenant, trace_id)
)
engine = MergeTree
partition by toDate(toDateTime(intDiv(received_unix_nano, 1000000000), 'UTC'))
order by (tenant, intDiv(start_unix_nano, ${START_STEP_NANOS}), trace_id)
settings default_compression_codec = 'ZSTD(1)', fsync_after_insert = 1, fsync_part_directory = 1,
  merge_selector_base = 40, min_bytes_for_wide_part = 100000000,
  index_granularity = 2048, min_compress_block_size = 8192,
  min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1,
  enable_max_bytes_limit_for_min_age_to_force_merge = 1`;

/**
 * The calls of a judged trace, an entry a call, side by side: who calls whom, and in `call_outcomes` twice the bucket of
 * the called span's duration, plus 1 where it has the status ERROR. Rows of before do not know theirs.
 */
const CALLS = `
alter table culprit.verdicts
  add column calls_known UInt8,
  add column call_parents Array(LowCardinality(String)),
  add column call_children Array(LowCardinality(String)),
  add column call_outcomes Array(UInt16)`;

/** Copies of rows of spans that retention leaves alone; found by trace. */
const ARCHIVED_SPANS = `
create table culprit.archived_spans (
  tenant LowCardinality(String) default '',
  trace_id FixedString(16),
  span_id FixedString(8),
  parent_span_id FixedString(8),
  start_unix_nano UInt64,
  duration_nano Int64,
  received_unix_nano UInt64,
  flags UInt32,
  kind Int32,
  status_code Int32,
  service LowCardinality(String),
  name LowCardinality(String),
  resource LowCardinality(String),
  scope LowCardinality(String),
  attributes Map(LowCardinality(String), String),
  attribute_types LowCardinality(String),
  details String
)
engine = MergeTree
order by (tenant, trace_id)
settings default_compression_codec = 'ZSTD(1)', fsync_after_insert = 1, fsync_part_directory = 1`;

/**
 * The codec is the engine's choice by the size of a part (`embedded-engine.ts`), and verdicts are merged as seldom as spans.
 */
const CODEC_BY_SIZE = [
  "alter table culprit.spans reset setting default_compression_codec",
  "alter table culprit.verdicts reset setting default_compression_codec",
  "alter table culprit.verdicts modify setting merge_selector_base = 40",
];

export interface SchemaStep {
  readonly version: number;
  readonly statements: readonly string[];
}

export const SCHEMA_STEPS: readonly SchemaStep[] = [
  { version: 1, statements: [SPANS, OPERATIONS] },
  { version: 2, statements: [ARRIVAL_INDEX, VERDICTS, VERDICT_PROGRESS, CALLEES, INSTANCES] },
  {
    version: 3,
    statements: [
      "drop table if exists culprit.spans_3 sync settings max_table_size_to_drop = 0",
      SPANS_IN_SMALLER_GRANULES,
      "alter table culprit.spans_3 attach partition all from culprit.spans",
      "exchange tables culprit.spans_3 and culprit.spans",
      "drop table culprit.spans_3 sync settings max_table_size_to_drop = 0",
    ],
  },
  { version: 4, statements: [ARCHIVED_SPANS] },
  { version: 5, statements: [CALLS] },
  { version: 6, statements: CODEC_BY_SIZE },
];

/** Brings the database to the last step. A database that is further on than we know is refused, untouched. */
export async function migrate(
  engine: Engine,
  steps: readonly SchemaStep[] = SCHEMA_STEPS,
): Promise<void> {
  await engine.command("create database if not exists culprit");
  await engine.command(
    `create table if not exists culprit.schema_steps (version UInt32, taken_at DateTime default now())
     engine = MergeTree order by version settings fsync_after_insert = 1, fsync_part_directory = 1`,
  );
  const [row] = await selectRows(
    engine,
    "select max(version) as version from culprit.schema_steps",
  );
  const current = Number(row?.["version"] ?? 0);
  const last = steps.at(-1)?.version ?? 0;
  if (current > last) {
    throw new StoreOpenError(
      `the data were written by a newer culprit (schema ${current}; this one knows ${last}). ` +
        "Use that version or a newer one, or give another folder with --data.",
    );
  }
  for (const { version, statements } of steps) {
    if (version <= current) continue;
    for (const statement of statements) await engine.command(statement);
    await engine.command(`insert into culprit.schema_steps (version) values (${version})`);
  }
}
