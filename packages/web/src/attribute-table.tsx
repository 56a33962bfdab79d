import type { Attribute } from "@culprit/api";
import { Fragment, type ReactNode } from "react";
import { Link } from "react-router";
import { attributeText } from "./attribute-text.ts";
import { CopyButton } from "./copy-button.tsx";
import { EMPTY_SEARCH, searchParams } from "./search-state.ts";

/** Without a title: a part of something titled. */
export function AttributeTable(props: {
  readonly title?: string;
  readonly attributes: readonly Attribute[];
  readonly service: string;
}): ReactNode {
  const { title, attributes, service } = props;
  if (attributes.length === 0) return null;
  const table = (
    <table className="attributes">
      <tbody>
        {attributes.map((attribute) => (
          <tr key={`${attribute.key} ${attribute.value}`}>
            <th scope="row">{breakable(attribute.key)}</th>
            <td>
              <Value attribute={attribute} />
              <span className="attribute-actions">
                <Link
                  className="icon-button"
                  to={`/?${searchParams({ ...EMPTY_SEARCH, service, attributes: [`${attribute.key}=${attribute.value}`] })}`}
                  aria-label={`Find traces of ${service} with this ${attribute.key}`}
                  title="Find traces like this"
                >
                  <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
                    <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" />
                    <path d="M7.6 7.6 11 11" stroke="currentColor" />
                  </svg>
                </Link>
                <CopyButton
                  className="icon-button"
                  label={`Copy the value of ${attribute.key}`}
                  text={() => attribute.value}
                >
                  <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
                    <path
                      d="M4 3.5V1.5h6.5V8H8.5M1.5 4H8v6.5H1.5z"
                      fill="none"
                      stroke="currentColor"
                    />
                  </svg>
                </CopyButton>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  if (title === undefined) return table;
  return (
    <section>
      <h3>
        {title} <small>{attributes.length}</small>
      </h3>
      {table}
    </section>
  );
}

/** Keys break after their dots and underscores rather than inside a word. */
function breakable(key: string): ReactNode {
  return key.split(/(?<=[._])/).map((part, index) => (
    <Fragment key={`${index} ${part}`}>
      {part}
      <wbr />
    </Fragment>
  ));
}

function Value(props: { readonly attribute: Attribute }): ReactNode {
  const text = attributeText(props.attribute);
  // A stack trace or a document gets a box of its own that scrolls.
  return text.includes("\n") ? (
    <pre className="value-block">{text}</pre>
  ) : (
    <code className="value" data-type={props.attribute.type}>
      {text}
    </code>
  );
}
