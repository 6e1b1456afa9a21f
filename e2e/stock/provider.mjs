// An OpenID Connect provider as it comes from npm, for the tests of the single sign-on. Whoever's name is typed at its
// door is let in. It says its address and serves until its standard input ends.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const people = {
  zhou: { email: "Zhou@qinghe.example", email_verified: true },
  lin: { email: "lin@qinghe.example", email_verified: false },
  admin: { email: "admin@qinghe.example", email_verified: true },
  another: { email: "another@qinghe.example", email_verified: true },
  stranger: { email: "stranger@elsewhere.example", email_verified: true },
};

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: "gongbei", client_secret: "told-to-gongbei-alone", redirect_uris: process.argv.slice(2) }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
  pkce: { required: () => true },
  cookies: { keys: ["for tests"] },
});
server.on("request", provider.callback());
process.stdout.on("error", () => {});
process.stdin.on("end", () => process.exit(0)).resume();
process.stdout.write(`issuer ${issuer}\n`);
