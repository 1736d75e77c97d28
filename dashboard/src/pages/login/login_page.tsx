import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { setToken } from "../../api/session";
import type { Settings } from "../../api/settings";

export function LoginPage({ settings: _ }: { settings: Settings }): JSX.Element {
  const [value, setValue] = useState("");
  return (
    <main class="wrap page">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setToken(value.trim());
        }}
      >
        <label>
          Token <input type="password" value={value} onInput={(event) => setValue(event.currentTarget.value)} />
        </label>
        <button type="submit" class="btn primary">
          Log in
        </button>
      </form>
    </main>
  );
}
