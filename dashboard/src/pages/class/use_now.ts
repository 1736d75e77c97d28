/** The present moment as of the last render of this part, and its day. A page that stays open moves on to the next day. */
import { useEffect, useState } from "preact/hooks";
import { dayOf } from "./week";

const MINUTE = 60_000;

export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => {
      const next = new Date();
      setNow((previous) => (dayOf(previous) === dayOf(next) ? previous : next));
    }, MINUTE);
    return () => clearInterval(timer);
  }, []);
  return now;
}
