-- What `npm run bench:ingest` calls "the engine alone": a plain table for the spans of the benchmark, time and trace
-- order, every insert flushed, no secondary index, no projection, no view, merges as the engine does them.
-- The measure stays fixed while the product's own schema changes: do not tune it.
create table reference.spans (
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
order by (intDiv(start_unix_nano, 60000000000), trace_id)
settings default_compression_codec = 'ZSTD(1)', fsync_after_insert = 1, fsync_part_directory = 1
