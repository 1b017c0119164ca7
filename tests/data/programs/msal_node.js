// Signs in with @azure/msal-node, as told by one JSON object a line on standard input; answers one line each.
const readline = require("node:readline");
const msal = require("@azure/msal-node");

function client(told) {
  const auth = { clientId: told.client_id, authority: told.authority, knownAuthorities: [new URL(told.authority).host] };
  if (told.secret) auth.clientSecret = told.secret;
  if (told.certificate) auth.clientCertificate = told.certificate;
  return told.public
    ? new msal.PublicClientApplication({ auth })
    : new msal.ConfidentialClientApplication({ auth });
}

const steps = {
  credentials: (app, told) => app.acquireTokenByClientCredential({ scopes: told.scopes }),
  begin: async (app, told) => {
    const { verifier, challenge } = await new msal.CryptoProvider().generatePkceCodes();
    const url = await app.getAuthCodeUrl({
      scopes: told.scopes, redirectUri: told.redirect_uri, codeChallenge: challenge, codeChallengeMethod: "S256",
    });
    return { url, verifier };
  },
  redeem: (app, told) => app.acquireTokenByCode({
    scopes: told.scopes, redirectUri: told.redirect_uri, code: told.code, codeVerifier: told.verifier,
  }),
  silent: async (app, told) => {
    const [account] = await app.getTokenCache().getAllAccounts();
    return app.acquireTokenSilent({ scopes: told.scopes, account, forceRefresh: true });
  },
};

async function main() {
  let app;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const told = JSON.parse(line);
    app = app ?? client(told);
    let answer;
    try {
      answer = await steps[told.step](app, told);
    } catch (error) {
      answer = { error: error.errorCode, message: error.errorMessage, name: error.name, numbers: error.errorNo };
    }
    console.log(JSON.stringify(answer));
  }
}

main();
