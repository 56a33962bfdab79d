import type { CSSProperties, ReactNode } from "react";
import { serviceColour } from "./service-colour.ts";

/** Custom properties that the `.svc` class turns into the service's colours, in light and dark. */
export function serviceStyle(service: string): CSSProperties {
  const { hue, tone } = serviceColour(service);
  return { "--hue": hue, "--tone": tone } as CSSProperties;
}

export function ServiceDot(props: { readonly service: string }): ReactNode {
  return <i className="svc dot" style={serviceStyle(props.service)} aria-hidden="true" />;
}

export function ServiceChip(props: {
  readonly service: string;
  readonly count?: number;
}): ReactNode {
  return (
    <span className="chip" title={props.service}>
      <ServiceDot service={props.service} />
      <span className="chip-name">{props.service}</span>
      {props.count !== undefined && <b>{props.count}</b>}
    </span>
  );
}
