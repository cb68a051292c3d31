import { openProvider } from "../../apps/server/src/testing/open-provider.ts";
import { openSmtpServer } from "../../apps/server/src/testing/open-smtp-server.ts";

export type Neighbours = Awaited<ReturnType<typeof openNeighbours>>;

/**
 * A mail server and a sign-in provider on loopback. Without them a server sends no mail and asks no provider, and a flood
 * of what costs one or the other would cost nothing.
 */
export async function openNeighbours() {
  const mail = await openSmtpServer();
  const provider = openProvider("bench");
  return {
    mail,
    provider,
    /** What the server is to be told. */
    env: {
      MARU_SMTP_URL: mail.url,
      MARU_MAIL_FROM: "Maru <maru@maru.test>",
      MARU_OIDC_PROVIDERS: JSON.stringify([provider.settings]),
    },
    async close() {
      await mail.close();
      await provider.close();
    },
  };
}
