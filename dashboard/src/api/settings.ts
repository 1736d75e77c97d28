/** What the service says of itself before login: `/dashboard/config.json`. */
export interface OpenIdConnect {
  issuer: string;
  clientId: string;
  scope: string;
}

export interface Settings {
  version: string;
  authentication: "none" | "token";
  openIdConnect: OpenIdConnect | null;
}

export async function readSettings(): Promise<Settings> {
  const reply = await fetch(`${import.meta.env.BASE_URL}config.json`);
  if (!reply.ok) throw new Error(`config.json: HTTP ${reply.status}`);
  return (await reply.json()) as Settings;
}
