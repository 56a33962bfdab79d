import { type ReactNode, type SubmitEvent, useState } from "react";
import { useNavigate } from "react-router";
import { parseTraceId } from "./search-state.ts";

export function TraceJump(): ReactNode {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const navigate = useNavigate();

  const go = (text: string): void => {
    const traceId = parseTraceId(text);
    setWrong(traceId === undefined);
    if (traceId === undefined) return;
    setTyped("");
    void navigate(`/trace/${traceId}`);
  };

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (typed.trim() !== "") go(typed);
  };

  return (
    <form className="trace-jump" onSubmit={submit} aria-label="Open a trace by its id">
      <input
        name="traceId"
        className="input mono"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setWrong(false);
        }}
        onPaste={(event) => {
          const text = event.clipboardData.getData("text");
          if (parseTraceId(text) === undefined) return;
          event.preventDefault();
          go(text);
        }}
        placeholder="Paste a trace id"
        aria-label="Trace id"
        aria-invalid={wrong}
        autoComplete="off"
        spellCheck={false}
      />
      {wrong && (
        <p className="field-error" role="alert">
          A trace id is up to 32 hexadecimal digits.
        </p>
      )}
    </form>
  );
}
