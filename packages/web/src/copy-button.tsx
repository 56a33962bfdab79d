import { type ReactNode, useEffect, useState } from "react";

export function CopyButton(props: {
  readonly text: () => string;
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}): ReactNode {
  const [outcome, setOutcome] = useState<"copied" | "failed">();

  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), 1600);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = (): void => {
    copyText(props.text()).then(
      () => setOutcome("copied"),
      () => setOutcome("failed"),
    );
  };

  return (
    <button
      type="button"
      className={props.className ?? "button"}
      onClick={copy}
      aria-label={props.label}
      title={props.label}
      data-outcome={outcome}
    >
      {props.children}
      <span className="visually-hidden" role="status">
        {outcome === "copied" && "Copied"}
        {outcome === "failed" && "Copying was refused by the browser"}
      </span>
    </button>
  );
}

// Outside of https and localhost there is no clipboard API; the old way still works there.
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("copy was refused");
}
