export { type Attribute, attribute, type SpanDetail, spanDetail } from "./span-detail.ts";
export { type TraceList, type TraceListItem, traceList, traceListItem } from "./trace-list.ts";
export { type TracePage, tracePage } from "./trace-page.ts";
export { duration, type SpanRef, spanRef, unixNano } from "./units.ts";
