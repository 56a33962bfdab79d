import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { normaliseAttribute } from "./search-state.ts";

/** Several key=value, one at a time: Enter takes what is typed, Backspace in the empty field the last one back. */
export function AttributeInput(props: {
  readonly attributes: readonly string[];
  readonly onChange: (attributes: readonly string[]) => void;
}): ReactNode {
  const { attributes, onChange } = props;
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const inputId = useId();

  const take = (): boolean => {
    if (typed.trim() === "") return false;
    const attribute = normaliseAttribute(typed);
    setWrong(attribute === undefined);
    if (attribute === undefined) return true;
    setTyped("");
    onChange([...attributes.filter((other) => other !== attribute), attribute]);
    return true;
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Enter" && take()) event.preventDefault();
    const last = attributes.at(-1);
    if (event.key === "Backspace" && typed === "" && last !== undefined) {
      event.preventDefault();
      setTyped(last);
      onChange(attributes.slice(0, -1));
    }
  };

  return (
    <div className="field field-attributes">
      <label htmlFor={inputId}>Attributes</label>
      <div className="input tokens" data-invalid={wrong}>
        {attributes.map((attribute) => (
          <span key={attribute} className="token mono">
            {attribute}
            <button
              type="button"
              aria-label={`Remove ${attribute}`}
              onClick={() => onChange(attributes.filter((other) => other !== attribute))}
            >
              ×
            </button>
          </span>
        ))}
        <input
          id={inputId}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setWrong(false);
          }}
          onKeyDown={onKeyDown}
          onBlur={take}
          placeholder={attributes.length === 0 ? "key=value, Enter" : ""}
          aria-invalid={wrong}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      </div>
      {wrong && (
        <p className="field-error" role="alert">
          Write key=value, for example http.response.status_code=500
        </p>
      )}
    </div>
  );
}
