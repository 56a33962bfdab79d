import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from "react";

/** A heading of a few lines; what is longer than those can be asked for. */
export function ClampedHeading(props: {
  readonly className: string;
  readonly text: string;
}): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const [open, setOpen] = useState(false);
  const cut = useIsCut(heading, props.text);
  return (
    <div className="clamped-heading">
      <h1 ref={heading} className={props.className} data-clamped={!open}>
        {props.text}
      </h1>
      {(cut || open) && (
        <button type="button" className="link-button" onClick={() => setOpen(!open)}>
          {open ? "Less" : "More"}
        </button>
      )}
    </div>
  );
}

function useIsCut(ref: RefObject<HTMLElement | null>, text: string): boolean {
  const [cut, setCut] = useState(false);
  useLayoutEffect(() => {
    void text;
    const node = ref.current;
    if (node === null) return;
    const measure = (): void => setCut(node.scrollHeight > node.clientHeight + 1);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, [ref, text]);
  return cut;
}
