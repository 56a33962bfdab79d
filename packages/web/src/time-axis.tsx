import type { CSSProperties, ReactNode, Ref } from "react";
import { ticksThatFit } from "./ticks.ts";
import { formatDuration } from "./time-format.ts";
import type { TimeWindow } from "./time-window.ts";
import { useRangeDrag } from "./use-range-drag.ts";

/** None after the trace's end: a window is never shorter than 100 ns, a trace may be. */
export function ticksFor(
  window: TimeWindow,
  widthPx: number,
  durationNanos: number,
): readonly { readonly label: string; readonly fraction: number }[] {
  const width = window.end - window.start;
  return ticksThatFit(window, widthPx)
    .filter(({ at }) => at <= durationNanos)
    .map(({ at, label }) => ({ label, fraction: (at - window.start) / width }));
}

export function TimeAxis(props: {
  readonly ref: Ref<HTMLDivElement>;
  readonly window: TimeWindow;
  readonly widthPx: number;
  readonly durationNanos: number;
  readonly onWindow: (window: TimeWindow) => void;
  readonly onReset: () => void;
}): ReactNode {
  const { window, onWindow } = props;
  const width = window.end - window.start;
  const { range, handlers } = useRangeDrag(({ from, to }) =>
    onWindow({ start: window.start + from * width, end: window.start + to * width }),
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a pointer's shortcut; keys zoom in the tree
    <div
      ref={props.ref}
      className="time-axis"
      title="Drag to zoom, double-click to reset"
      onDoubleClick={props.onReset}
      {...handlers}
    >
      {ticksFor(window, props.widthPx, props.durationNanos).map(({ label, fraction }) => (
        <span
          key={label}
          className="tick"
          data-edge={fraction > 0.94}
          style={{ "--at": fraction } as CSSProperties}
        >
          {label}
        </span>
      ))}
      {range !== undefined && (
        <span
          className="drag-range"
          style={{ "--from": range.from, "--to": range.to } as CSSProperties}
        >
          {formatDuration((range.to - range.from) * width)}
        </span>
      )}
    </div>
  );
}
