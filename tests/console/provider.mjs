/**
 * An OpenID Connect provider for tests: oidc-provider with its own forms, on a free port of this machine.
 *
 * Argument: JSON with `tokenTtlS`, how long an access token is valid; `refresh`, whether refresh tokens are given; `port`,
 * 0 for a free one. Whoever signs in has the role that their name begins with: `supervisor-kim`.
 * Writes one line with the issuer once it takes requests.
 */

import { createServer } from "node:http";
import Provider from "oidc-provider";

const { tokenTtlS, refresh, port } = JSON.parse(process.argv[2]);
const LOOPBACK = /^https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/;
const isConsole = (uri) => LOOPBACK.test(new URL(uri).origin) && new URL(uri).pathname === "/console/";

const server = createServer();
server.listen(port, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "console",
        client_name: "onduty",
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        redirect_uris: ["http://127.0.0.1/console/"],
        post_logout_redirect_uris: ["http://127.0.0.1/console/"],
      },
    ],
    cookies: { keys: ["of-the-tests"] },
    pkce: { required: () => true },
    clientBasedCORS: (_, origin) => LOOPBACK.test(origin),
    issueRefreshToken: () => refresh,
    rotateRefreshToken: true,
    ttl: { AccessToken: tokenTtlS, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Grant: 600, Session: 600, RefreshToken: 600 },
    extraTokenClaims: (_, token) => ({ onduty_roles: [token.accountId.split("-")[0]], onduty_accounts: ["acme"] }),
    features: {
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, audience) => ({ scope: "", audience, accessTokenFormat: "jwt", accessTokenTTL: tokenTtlS }),
      },
    },
  });
  // The console's port is not known before the provider's is.
  provider.Client.prototype.redirectUriAllowed = isConsole;
  provider.Client.prototype.postLogoutRedirectUriAllowed = isConsole;
  server.on("request", provider.callback());
  process.stdout.write(`${issuer}\n`);
});
