'use strict';
// Lists the newest messages of a mailbox, and sends one. The code is what it would be against Microsoft itself:
// only its environment (names, certificates) says where it runs.
const { ConfidentialClientApplication } = require('@azure/msal-node');
const { Client } = require('@microsoft/microsoft-graph-client');

const { TENANT_ID, CLIENT_ID, CLIENT_SECRET, MAILBOX } = process.env;

const application = new ConfidentialClientApplication({
  auth: {
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    authority: `https://login.microsoftonline.com/${TENANT_ID}`,
  },
});

const graph = Client.initWithMiddleware({
  authProvider: {
    getAccessToken: async () => {
      const scopes = ['https://graph.microsoft.com/.default'];
      return (await application.acquireTokenByClientCredential({ scopes })).accessToken;
    },
  },
});

async function main() {
  const mailbox = `/users/${MAILBOX}`;
  const page = await graph.api(`${mailbox}/messages`).select('subject,from').top(3).get();
  for (const message of page.value) {
    console.log(`${message.from?.emailAddress?.address ?? '-'}\t${message.subject}`);
  }
  await graph.api(`${mailbox}/sendMail`).post({
    message: {
      subject: 'Hello from Node',
      body: { contentType: 'Text', content: 'Sent by examples/node/mail.js.' },
      toRecipients: [{ emailAddress: { address: MAILBOX } }],
    },
  });
  console.log('sent');
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
