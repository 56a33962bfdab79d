import { useEffect, useState } from "react";
import { getJson } from "./http.ts";

export type Resource<T> =
  | { readonly state: "loading"; readonly stale: T | undefined }
  | { readonly state: "ready"; readonly data: T }
  | { readonly state: "failed"; readonly error: Error };

interface Answer<T> {
  readonly key: string;
  readonly resource: Resource<T>;
}

/**
 * What a path answers, anew whenever path or `version` changes. While it loads, `stale` is the last answer, so that the page
 * need not blink. undefined asks nothing.
 */
export function useResource<T>(path: string | undefined, version = 0): Resource<T> {
  const [answer, setAnswer] = useState<Answer<T>>();
  const key = `${version} ${path ?? ""}`;

  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    getJson<T>(path, abort.signal).then(
      (data) => setAnswer({ key, resource: { state: "ready", data } }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const failure = error instanceof Error ? error : new Error(String(error));
        setAnswer({ key, resource: { state: "failed", error: failure } });
      },
    );
    return () => abort.abort();
  }, [path, key]);

  if (answer?.key === key) return answer.resource;
  return {
    state: "loading",
    stale: answer?.resource.state === "ready" ? answer.resource.data : undefined,
  };
}
