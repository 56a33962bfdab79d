import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useState,
} from "react";

// Narrower than 160 px no name can be read; wider than 900 px no bar.
const MIN_PX = 160;
const MAX_PX = 900;
const DEFAULT_PX = 440;
const KEY = "culprit.label-width";

export interface LabelWidth {
  readonly px: number;
  readonly style: CSSProperties;
  readonly set: (px: number) => void;
}

/** Width of the column of names, kept for the next visit. */
export function useLabelWidth(): LabelWidth {
  const [px, setPx] = useState(remembered);
  const set = (wanted: number): void => {
    const next = Math.round(Math.min(Math.max(wanted, MIN_PX), MAX_PX));
    setPx(next);
    try {
      localStorage.setItem(KEY, String(next));
    } catch {
      // Storage may be forbidden: the width then lasts as long as the page.
    }
  };
  return { px, style: { "--label-width": `${px}px` } as CSSProperties, set };
}

function remembered(): number {
  try {
    const px = Number(localStorage.getItem(KEY) ?? Number.NaN);
    return px >= MIN_PX && px <= MAX_PX ? px : DEFAULT_PX;
  } catch {
    return DEFAULT_PX;
  }
}

export function LabelSplitter(props: { readonly width: LabelWidth }): ReactNode {
  const { px, set } = props.width;
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
    set(event.clientX - left);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === "ArrowLeft") set(px - 16);
    if (event.key === "ArrowRight") set(px + 16);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be dragged; this is the ARIA window splitter
    <div
      className="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the names"
      aria-valuenow={px}
      aria-valuemin={MIN_PX}
      aria-valuemax={MAX_PX}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={() => set(DEFAULT_PX)}
      onKeyDown={onKeyDown}
    />
  );
}
