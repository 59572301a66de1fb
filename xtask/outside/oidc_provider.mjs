// A provider of OpenID Connect that nobody here wrote, with one client: the site under test. Anybody signs in
// there with any name. OIDC_PROVIDER says where the package lies.
import { generateKeyPairSync } from "node:crypto";
import { pathToFileURL } from "node:url";

const { OIDC_PROVIDER, PORT, SITE, ALG } = process.env;
const { default: Provider } = await import(pathToFileURL(OIDC_PROVIDER).href);

const [kind, options] = ALG === "ES256" ? ["ec", { namedCurve: "P-256" }] : ["rsa", { modulusLength: 2048 }];
const { privateKey } = generateKeyPairSync(kind, options);
const key = { ...privateKey.export({ format: "jwk" }), alg: ALG, use: "sig", kid: `${ALG}-1` };

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: [
    {
      client_id: "lianxin",
      client_secret: "only for the test",
      redirect_uris: [`${SITE}/sign-in/callback/${ALG.toLowerCase()}`],
      post_logout_redirect_uris: [`${SITE}/sign-in`],
      id_token_signed_response_alg: ALG,
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ["only for the test"] },
  pkce: { required: () => true },
  claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
  conformIdTokenClaims: false,
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: `subject of ${id}`, name: id, preferred_username: id }),
  }),
});
provider.listen(Number(PORT), "127.0.0.1", () => console.log("ready"));
