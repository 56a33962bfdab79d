export {
  DOORS,
  type Door,
  DoorError,
  type DoorName,
  type DoorPort,
  doorFlag,
  doorFlags,
  onlyDoors,
} from "./door.ts";
export { type ExplainQuestion, parseExplainRequest } from "./query/explain-request.ts";
export { explainTraces } from "./query/explain-traces.ts";
export { ParameterError } from "./query/parameter-error.ts";
export { bandParameter, parseProfileRequest } from "./query/profile-request.ts";
export { foldedProfile, traceProfile } from "./query/trace-profile.ts";
export type { RunningServer, ServerOptions } from "./server-options.ts";
export { startServer } from "./start-server.ts";
