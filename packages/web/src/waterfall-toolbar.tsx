import type { KeyboardEvent, ReactNode } from "react";
import { formatCount } from "./time-format.ts";

export interface WaterfallToolbarProps {
  readonly typed: string;
  /** undefined: nothing typed. */
  readonly matchCount: number | undefined;
  readonly errorCount: number;
  readonly pathOnly: boolean;
  readonly hasPath: boolean;
  readonly zoomed: boolean;
  readonly onType: (typed: string) => void;
  readonly onNextMatch: (backwards: boolean) => void;
  readonly onNextError: () => void;
  readonly onPathOnly: (on: boolean) => void;
  readonly onCollapse: () => void;
  readonly onExpand: () => void;
  readonly onReset: () => void;
}

export function WaterfallToolbar(props: WaterfallToolbarProps): ReactNode {
  const { typed, matchCount, errorCount } = props;
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Enter") {
      event.preventDefault();
      props.onNextMatch(event.shiftKey);
    } else if (event.key === "Escape") props.onType("");
  };
  return (
    <div className="toolbar" role="toolbar" aria-label="Waterfall">
      <span className="toolbar-search">
        <input
          type="search"
          className="input"
          value={typed}
          onChange={(event) => props.onType(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder="Find service or operation"
          aria-label="Find spans by service, operation or id"
          autoComplete="off"
          spellCheck={false}
        />
        <span className="match-count" role="status">
          {matchCount !== undefined &&
            (matchCount === 0 ? "no match" : `${formatCount(matchCount)} found`)}
        </span>
        {matchCount !== undefined && matchCount > 0 && (
          <>
            <button
              type="button"
              className="icon-button"
              aria-label="Previous match"
              onClick={() => props.onNextMatch(true)}
            >
              ↑
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label="Next match"
              onClick={() => props.onNextMatch(false)}
            >
              ↓
            </button>
          </>
        )}
      </span>
      <label className="switch" data-disabled={!props.hasPath}>
        <input
          type="checkbox"
          checked={props.pathOnly}
          disabled={!props.hasPath}
          onChange={(event) => props.onPathOnly(event.target.checked)}
        />
        <i className="path-swatch" aria-hidden="true" />
        Critical path only
      </label>
      <span className="toolbar-rest">
        {errorCount > 0 && (
          <button type="button" className="link-button error-count" onClick={props.onNextError}>
            Next error
          </button>
        )}
        <button type="button" className="link-button" onClick={props.onExpand}>
          Expand all
        </button>
        <button type="button" className="link-button" onClick={props.onCollapse}>
          Collapse all
        </button>
        <button
          type="button"
          className="link-button"
          disabled={!props.zoomed}
          onClick={props.onReset}
        >
          Reset zoom
        </button>
      </span>
    </div>
  );
}
