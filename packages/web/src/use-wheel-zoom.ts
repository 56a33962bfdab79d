import { type RefObject, useEffect } from "react";

/** Ctrl and the wheel (or a pinch) zooms around the pointer; Shift and the wheel, or a sideways one, pans. */
export function useWheelZoom(
  timeline: RefObject<HTMLElement | null>,
  area: RefObject<HTMLElement | null>,
  onZoom: (factor: number, anchor: number) => void,
  onPan: (by: number) => void,
): void {
  useEffect(() => {
    const node = area.current;
    if (node === null) return;
    const onWheel = (event: WheelEvent): void => {
      const box = timeline.current?.getBoundingClientRect();
      if (box === undefined || box.width === 0) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const anchor = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
        onZoom(1.0015 ** event.deltaY, anchor);
        return;
      }
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (sideways === 0 || (!event.shiftKey && Math.abs(sideways) < Math.abs(event.deltaY)))
        return;
      event.preventDefault();
      onPan(sideways / box.width);
    };
    // React's own listener is passive and could not keep the page from zooming.
    node.addEventListener("wheel", onWheel, { passive: false });
    return () => node.removeEventListener("wheel", onWheel);
  }, [timeline, area, onZoom, onPan]);
}
