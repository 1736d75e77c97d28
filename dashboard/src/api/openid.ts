/**
 * Login by OpenID Connect: code flow with PKCE, as a public client.
 *
 * What is kept over the redirect, and the refresh token, are in the tab's session storage.
 */
import * as oauth from "oauth4webapi";
import { forgetRefreshToken, keepPending, keepRefreshToken, refreshToken, takePending, CALLBACK, type Pending } from "./login_store";
import type { OpenIdConnect } from "./settings";
import { isJwt } from "./token_claims";

/** The answer of the issuer does not belong to a login that this tab began. */
export class NoLoginPending extends Error {}

const redirectUri = () => `${window.location.origin}${CALLBACK}`;

function optionsFor({ issuer }: OpenIdConnect): { [oauth.allowInsecureRequests]?: boolean } {
  // The service accepts an issuer without https on localhost only.
  return issuer.startsWith("http:") ? { [oauth.allowInsecureRequests]: true } : {};
}

async function discover(login: OpenIdConnect): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(login.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, optionsFor(login)));
}

/** Send the browser to the issuer. It comes back to the callback, and then to `returnTo`. */
export async function beginLogin(login: OpenIdConnect, returnTo: string): Promise<void> {
  const server = await discover(login);
  if (server.authorization_endpoint === undefined) throw new Error("the issuer has no authorization endpoint");
  const pending: Pending = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    returnTo,
  };
  keepPending(pending);
  const address = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: login.clientId,
    redirect_uri: redirectUri(),
    response_type: "code",
    scope: login.scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
    state: pending.state,
    nonce: pending.nonce,
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  window.location.assign(address);
}

/** The token for an answer of the issuer: state and nonce are checked, and the code is used once. */
export async function finishLogin(login: OpenIdConnect, address: URL): Promise<string> {
  const pending = takePending();
  if (pending === null) throw new NoLoginPending("no login is pending in this tab");
  const { verifier, state, nonce } = pending;
  const server = await discover(login);
  const client = { client_id: login.clientId };
  const parameters = oauth.validateAuthResponse(server, client, address, state);
  const reply = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), parameters, redirectUri(), verifier, optionsFor(login));
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, reply, { expectedNonce: nonce, requireIdToken: true });
  keepRefreshToken(tokens.refresh_token);
  return tokenFor(tokens);
}

/** The token that follows, if the issuer gave a refresh token; null if it did not, or takes it no more. */
export async function refreshedToken(login: OpenIdConnect): Promise<string | null> {
  const refresh = refreshToken();
  if (refresh === null) return null;
  const server = await discover(login);
  const client = { client_id: login.clientId };
  const reply = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refresh, optionsFor(login));
  try {
    const tokens = await oauth.processRefreshTokenResponse(server, client, reply);
    if (tokens.refresh_token !== undefined) keepRefreshToken(tokens.refresh_token);
    return tokenFor(tokens);
  } catch (error) {
    if (!(error instanceof oauth.ResponseBodyError)) throw error;
    forgetRefreshToken();
    return null;
  }
}

/** The service reads JWTs: the access token if it is one, else the ID token, which always is. See docs/dashboard.md. */
export function tokenFor(tokens: { access_token: string; id_token?: string | undefined }): string {
  if (isJwt(tokens.access_token)) return tokens.access_token;
  if (tokens.id_token === undefined) throw new Error("the issuer gave no JWT");
  return tokens.id_token;
}
