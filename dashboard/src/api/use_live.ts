/** The subscription of a page: each change once, also those of the time in which the connection was lost. */
import { useClient } from "@urql/preact";
import { useEffect } from "preact/hooks";
import { LiveDocument } from "../generated/documents";
import { announce, readAgain } from "./changes";
import { noteChange, onConnection } from "./live";
import { serverTime } from "./request";

type Scope = { groupId: string } | { studentId: string };

/** The service's error if more has changed than it sends one by one. */
const TOO_MANY = "TOO_MANY_CHANGES";

/** Follow the masteries of a class or a student while the page is shown. */
export function useLive(scope: Scope): void {
  const client = useClient();
  const key = JSON.stringify(scope);
  useEffect(() => {
    let since = serverTime();
    let end = subscribe();

    // A subscription that is resumed has the variables of its first request. A new one says from when it continues.
    function subscribe(): () => void {
      const variables = { groupId: null, studentId: null, ...scope, since };
      const { unsubscribe } = client.subscription(LiveDocument, variables).subscribe(({ data, error }) => {
        if (error?.graphQLErrors.some(({ extensions }) => extensions.code === TOO_MANY)) {
          since = serverTime();
          readAgain();
          again();
        } else if (data) {
          const { masteryChanged } = data;
          if (masteryChanged.updatedAt && masteryChanged.updatedAt > (since ?? "")) since = masteryChanged.updatedAt;
          noteChange(new Date());
          announce(masteryChanged);
        }
      });
      return unsubscribe;
    }

    function again(): void {
      since ??= serverTime(); // the page was opened before the first reply came
      end();
      end = subscribe();
    }

    const forget = onConnection((connection) => {
      if (connection === "reconnecting") again();
    });
    return () => {
      forget();
      end();
    };
  }, [client, key]);
}
