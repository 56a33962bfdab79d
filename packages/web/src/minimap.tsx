import { type CSSProperties, type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";
import { type MinimapColours, minimapPixels } from "./minimap-pixels.ts";
import type { PathOverlay } from "./path-overlay.ts";
import { serviceStyle } from "./service-chip.tsx";
import { type TimeWindow, wholeWindow } from "./time-window.ts";
import type { TraceColumns } from "./trace-columns.ts";
import { useRangeDrag } from "./use-range-drag.ts";
import { useWidth } from "./use-width.ts";

const HEIGHT_PX = 40;

export function Minimap(props: {
  readonly columns: TraceColumns;
  readonly overlay: PathOverlay | undefined;
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
}): ReactNode {
  const { columns, overlay, window, onWindow } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const widthPx = useWidth(box);
  const theme = useTheme();
  const whole = wholeWindow(columns.durationNanos);
  const length = whole.end;
  const { range, handlers } = useRangeDrag(({ from, to }) =>
    onWindow({ start: from * length, end: to * length }),
  );

  useEffect(() => {
    const node = canvas.current;
    if (node === null || widthPx === 0) return;
    // The theme decides the colours that are read from the page.
    void theme;
    draw(node, columns, overlay, widthPx);
  }, [columns, overlay, widthPx, theme]);

  const zoomed = window.start > 0 || window.end < length;
  const shown = range ?? { from: window.start / length, to: window.end / length };
  return (
    <div
      ref={box}
      className="minimap"
      title="The whole trace: drag to zoom into a part"
      data-zoomed={zoomed || range !== undefined}
      style={{ "--from": shown.from, "--to": shown.to } as CSSProperties}
      {...handlers}
    >
      <canvas ref={canvas} />
      <span className="minimap-before" />
      <span className="minimap-after" />
    </div>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  columns: TraceColumns,
  overlay: PathOverlay | undefined,
  widthPx: number,
): void {
  const ratio = Math.min(window.devicePixelRatio, 2);
  canvas.width = Math.round(widthPx * ratio);
  canvas.height = Math.round(HEIGHT_PX * ratio);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return;
  const { width, height } = canvas;
  const pixels = minimapPixels(columns, overlay, coloursOf(context, columns), width, height);
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer as ArrayBuffer), width, height);
  context.putImageData(image, 0, 0);
}

// CSS knows the colours; a pixel painted with each tells what they are in bytes.
function coloursOf(context: CanvasRenderingContext2D, columns: TraceColumns): MinimapColours {
  const probe = document.createElement("i");
  document.body.append(probe);
  const read = (className: string, style: CSSProperties = {}): number => {
    probe.className = className;
    for (const [name, value] of Object.entries(style)) probe.style.setProperty(name, String(value));
    context.fillStyle = getComputedStyle(probe).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    return new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0;
  };
  const services = Uint32Array.from(columns.services, (name) =>
    read("svc svc-soft", serviceStyle(name)),
  );
  const colours = { services, path: read("fill-path"), error: read("fill-error") };
  probe.remove();
  return colours;
}

function useTheme(): string {
  return useSyncExternalStore(subscribeTheme, () => {
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    return document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
  });
}

function subscribeTheme(changed: () => void): () => void {
  const media = window.matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  media.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", changed);
  };
}
