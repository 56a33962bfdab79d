import type { ReactNode } from "react";

/** An empty or failed state: what is the case, and what to do about it. */
export function Notice(props: {
  readonly title: string;
  readonly tone?: "error";
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className="notice" data-tone={props.tone} role={props.tone && "alert"}>
      <h1>{props.title}</h1>
      {props.children}
    </section>
  );
}
