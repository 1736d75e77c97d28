/** A search parameter of the address, as a state: null if it is absent. Other parameters stay. */
import { useCallback } from "preact/hooks";
import { useSearch } from "wouter-preact";
import { navigate } from "wouter-preact/use-browser-location";

export function useParameter(name: string): [string | null, (value: string | null) => void] {
  const value = new URLSearchParams(useSearch()).get(name);
  const set = useCallback(
    (next: string | null) => {
      const all = new URLSearchParams(window.location.search);
      if (next === null) all.delete(name);
      else all.set(name, next);
      const search = all.toString();
      navigate(`${window.location.pathname}${search && `?${search}`}`, { replace: true });
    },
    [name],
  );
  return [value, set];
}
