// Works on a mailbox with @azure/identity and the Microsoft Graph client as told by a JSON object on standard input;
// answers one. Steps that need a person print `{"url": …}` and read the address that the browser was sent to.
const readline = require("node:readline");
const identity = require("@azure/identity");
const graph = require("@microsoft/microsoft-graph-client");
const { TokenCredentialAuthenticationProvider } = require(
  "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials"
);

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const line = async () => JSON.parse((await lines.next()).value);
const say = (answer) => console.log(JSON.stringify(answer));

function credential(told) {
  const options = { authorityHost: told.authority_host };
  if (told.certificate) {
    const content = { certificate: told.certificate };
    return new identity.ClientCertificateCredential(told.tenant_id, told.client_id, content, options);
  }
  return new identity.ClientSecretCredential(told.tenant_id, told.client_id, told.client_secret, options);
}

function client(told) {
  const authProvider = new TokenCredentialAuthenticationProvider(credential(told), {
    scopes: [`${told.graph_root}/.default`],
  });
  return graph.Client.initWithMiddleware({ authProvider, baseUrl: `${told.graph_root}/` });
}

async function mailbox(told) {
  const app = client(told);
  const user = `/users/${told.account}`;
  const subjects = [];
  const first = await app.api(`${user}/messages`).select("subject").top(5).header("Prefer", 'IdType="ImmutableId"').get();
  await new graph.PageIterator(app, first, (message) => subjects.push(message.subject) > 0).iterate();
  const begun = await app.api(`${user}/mailFolders/inbox/messages/delta`).header("Prefer", "odata.maxpagesize=5").get();
  const changes = new graph.PageIterator(app, begun, () => true);
  await changes.iterate();

  const draft = await app.api(`${user}/messages`).post({ subject: "Plans" });
  const content = Buffer.alloc(4000000, 7);
  const session = await graph.LargeFileUploadTask.createUploadSession(
    app, `${told.graph_root}/v1.0${user}/messages/${draft.id}/attachments/createUploadSession`,
    { AttachmentItem: { attachmentType: "file", name: "plans.bin", size: content.length } }
  );
  const file = new graph.FileUpload(content, "plans.bin", content.length);
  const uploaded = await new graph.LargeFileUploadTask(app, file, session, { rangeSize: 1310720 }).upload();
  const [attachment] = (await app.api(`${user}/messages/${draft.id}/attachments`).get()).value;

  const root = `${told.graph_root}${user}`;
  const batch = new graph.BatchRequestContent([
    { id: "1", request: new Request(root) },
    {
      id: "2",
      dependsOn: ["1"],
      request: new Request(`${root}/messages`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ subject: "In a batch" }),
      }),
    },
  ]);
  const answers = new graph.BatchResponseContent(await app.api("/$batch").post(await batch.getContent()));
  const error = await app.api("/me").get().catch((error) => error);
  return {
    subjects,
    left: (await app.api(changes.getDeltaLink()).get()).value.length,
    uploaded: Boolean(uploaded.location),
    size: attachment.size,
    batch: [answers.getResponseById("1").status, (await answers.getResponseById("2").json()).subject],
    error: [error.statusCode, error.code, Boolean(error.requestId)],
  };
}

async function read(told) {
  const found = await client(told).api(`/users/${told.account}`).select("userPrincipalName").get();
  return found.userPrincipalName;
}

async function oidc(told) {
  const openid = await import("openid-client");
  const issuer = new URL(`${told.authority_host}/${told.tenant_id}/v2.0`);
  const config = await openid.discovery(issuer, told.client_id, told.client_secret);
  const [verifier, nonce, state] = [openid.randomPKCECodeVerifier(), openid.randomNonce(), openid.randomState()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: told.redirect_uri, scope: "openid profile offline_access User.Read", nonce, state,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  });
  say({ url: url.href });
  const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state, idTokenExpected: true };
  const tokens = await openid.authorizationCodeGrant(config, new URL((await line()).url), checks);
  const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token);
  await openid.fetchUserInfo(config, renewed.access_token, tokens.claims().sub);
  return tokens.claims().preferred_username;
}

const steps = { mailbox, read, oidc };

line()
  .then(async (told) => say(await steps[told.step](told)))
  .catch((error) => say({ name: error.name, message: error.message, code: error.code }))
  .finally(() => process.exit());
