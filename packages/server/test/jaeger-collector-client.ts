// jaeger.api_v2.CollectorService through an independent client: the library reads message definitions, which are those
// of Jaeger's public interface by the numbers of their fields.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials, loadPackageDefinition, type ServiceError } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const COLLECTOR = `
syntax = "proto3";
package jaeger.api_v2;
message Time { int64 seconds = 1; int32 nanos = 2; }
enum ValueType { STRING = 0; BOOL = 1; INT64 = 2; FLOAT64 = 3; BINARY = 4; }
message KeyValue {
  string key = 1;
  ValueType v_type = 2;
  string v_str = 3;
  bool v_bool = 4;
  int64 v_int64 = 5;
  double v_float64 = 6;
  bytes v_binary = 7;
}
message Log { Time timestamp = 1; repeated KeyValue fields = 2; }
enum SpanRefType { CHILD_OF = 0; FOLLOWS_FROM = 1; }
message SpanRef { bytes trace_id = 1; bytes span_id = 2; SpanRefType ref_type = 3; }
message Process { string service_name = 1; repeated KeyValue tags = 2; }
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  string operation_name = 3;
  repeated SpanRef references = 4;
  uint32 flags = 5;
  Time start_time = 6;
  Time duration = 7;
  repeated KeyValue tags = 8;
  repeated Log logs = 9;
  Process process = 10;
  string process_id = 11;
  repeated string warnings = 12;
}
message Batch { repeated Span spans = 1; Process process = 2; }
message PostSpansRequest { Batch batch = 1; }
message PostSpansResponse {}
service CollectorService { rpc PostSpans(PostSpansRequest) returns (PostSpansResponse); }
`;

interface Stub {
  PostSpans(
    request: object,
    done: (error: ServiceError | null, response: object | undefined) => void,
  ): void;
  close(): void;
}

export interface CollectorClient {
  /** @param batch with the fields of the definition in lower camel case */
  postSpans(batch: object): Promise<object>;
  close(): void;
}

export function newCollectorClient(address: string): CollectorClient {
  const folder = mkdtempSync(join(tmpdir(), "culprit-proto-"));
  const file = join(folder, "collector.proto");
  writeFileSync(file, COLLECTOR);
  const loaded = loadPackageDefinition(loadSync(file, { enums: String, longs: String })) as {
    readonly [name: string]: unknown;
  };
  rmSync(folder, { recursive: true });
  const { api_v2 } = loaded["jaeger"] as {
    api_v2: {
      CollectorService: new (
        address: string,
        channel: ReturnType<typeof credentials.createInsecure>,
      ) => Stub;
    };
  };
  const stub = new api_v2.CollectorService(address, credentials.createInsecure());
  return {
    postSpans: (batch) =>
      new Promise((resolve, reject) => {
        stub.PostSpans({ batch }, (error, response) =>
          error === null ? resolve(response ?? {}) : reject(error),
        );
      }),
    close: () => stub.close(),
  };
}
