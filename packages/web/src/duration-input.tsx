import type { ReactNode } from "react";
import { normaliseDuration } from "./search-state.ts";

export function DurationInput(props: {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const wrong = normaliseDuration(props.value) === undefined;
  return (
    <input
      className="input"
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      placeholder={props.placeholder}
      aria-label={props.label}
      aria-invalid={wrong}
      title="For example 250ms, 1.5s or 2m; a bare number is milliseconds"
      autoComplete="off"
      spellCheck={false}
    />
  );
}
