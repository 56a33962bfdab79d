import type { ReactNode } from "react";

/** Options of a select; what is chosen is one of them even when it is not known. */
export function Options(props: {
  readonly chosen: string;
  readonly among: readonly string[];
  readonly labelOf?: (value: string) => string;
}): ReactNode {
  const { chosen, among, labelOf } = props;
  const missing = chosen !== "" && !among.includes(chosen);
  const all = missing ? [chosen, ...among] : among;
  return all.map((value) => (
    <option key={value} value={value}>
      {labelOf === undefined ? value : labelOf(value)}
    </option>
  ));
}
