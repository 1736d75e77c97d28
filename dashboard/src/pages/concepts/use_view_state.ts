/** What is worth a link: the student, the target and how the map is shown. */
import { useCallback } from "preact/hooks";
import { useSearchParams } from "wouter-preact";

export interface ViewState {
  student: string | null;
  target: string | null;
  list: boolean;
  clusters: boolean;
  implied: boolean;
}

export type SetViewState = (changes: Partial<Record<"student" | "target" | "view" | "clusters" | "links", string | null>>) => void;

export function useViewState(): [ViewState, SetViewState] {
  const [parameters, setParameters] = useSearchParams();
  const set = useCallback<SetViewState>(
    (changes) => {
      const chosen = "student" in changes || "target" in changes;
      setParameters(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value === null || value === undefined || value === "") after.delete(name);
            else after.set(name, value);
          }
          return after;
        },
        { replace: !chosen },
      );
    },
    [setParameters],
  );
  const state = {
    student: parameters.get("student"),
    target: parameters.get("target"),
    list: parameters.get("view") === "list",
    clusters: parameters.get("clusters") === "1",
    implied: parameters.get("links") === "all",
  };
  return [state, set];
}
