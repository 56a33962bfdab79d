import { type PointerEvent, useRef, useState } from "react";

/** Fractions of the element's width, ascending. */
export interface DragRange {
  readonly from: number;
  readonly to: number;
}

// Less than this is a click with an unsteady hand.
const LEAST_PX = 4;

export interface RangeDrag {
  readonly range: DragRange | undefined;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerCancel: () => void;
  };
}

/** Dragging across an element chooses a range of it. */
export function useRangeDrag(onRange: (range: DragRange) => void): RangeDrag {
  const [range, setRange] = useState<DragRange>();
  const origin = useRef<number>(undefined);

  const fraction = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
  };
  const end = (): void => {
    origin.current = undefined;
    setRange(undefined);
  };

  return {
    range,
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        origin.current = fraction(event);
      },
      onPointerMove: (event) => {
        if (origin.current === undefined) return;
        const here = fraction(event);
        setRange({ from: Math.min(origin.current, here), to: Math.max(origin.current, here) });
      },
      onPointerUp: (event) => {
        const width = event.currentTarget.getBoundingClientRect().width;
        if (range !== undefined && (range.to - range.from) * width >= LEAST_PX) onRange(range);
        end();
      },
      onPointerCancel: end,
    },
  };
}
