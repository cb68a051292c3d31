import { useClient, useSession } from "@maru/react";
import { showToast } from "@maru/ui";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { PublicFrame } from "../../../shell/public-frame.tsx";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { useWords } from "../i18n/index.ts";
import { NewPasswordForm } from "../new-password-form.tsx";
import { StepForm } from "../step-form.tsx";

/** The token after the `#`: it reaches no server but by our own request, and is taken out of the address at once. */
function useLinkToken(): string {
  const [token] = useState(() => window.location.hash.slice(1));
  useEffect(() => window.history.replaceState(window.history.state, "", window.location.pathname), []);
  return token;
}

/** The page of the link that came by mail. */
export function ResetPasswordScreen() {
  const { t } = useWords();
  const client = useClient();
  const router = useRouter();
  const token = useLinkToken();
  const [isBroken, setIsBroken] = useState(token === "");
  usePageTitle(t("reset.page"));
  return (
    <PublicFrame>
      {isBroken ? (
        <StepForm
          title={t("reset.broken.title")}
          text={t("reset.broken.text")}
          submit={t("reset.again")}
          onSubmit={() => void router.navigate({ to: "/forgot-password" })}
        />
      ) : (
        <NewPasswordForm
          title={t("reset.title")}
          text={t("reset.text")}
          onExpired={() => setIsBroken(true)}
          save={async (password) => {
            await client.account.finishPasswordReset(token, password);
            showToast(t("reset.done"), "good");
            await router.navigate({ to: "/log-in", replace: true });
          }}
        />
      )}
    </PublicFrame>
  );
}

/** The page of the link by which an operator comes in for the first time. */
export function FirstSignInScreen() {
  const { t } = useWords();
  const client = useClient();
  const session = useSession();
  const router = useRouter();
  const token = useLinkToken();
  const [isBroken, setIsBroken] = useState(token === "");
  usePageTitle(t("first.page"));
  return (
    <PublicFrame>
      {isBroken ? (
        <StepForm
          title={t("reset.broken.title")}
          text={t("first.broken")}
          submit={t("auth.logIn.page")}
          onSubmit={() => void router.navigate({ to: "/log-in" })}
        />
      ) : (
        <NewPasswordForm
          title={t("first.title")}
          text={t("first.text")}
          onExpired={() => setIsBroken(true)}
          save={async (password) => {
            // Whoever else is signed in here would be in the operator's way.
            if (session.state === "signed_in") await client.signOut();
            await client.account.enterByFirstLink(token, password);
            await router.navigate({ to: "/log-in", replace: true });
          }}
        />
      )}
    </PublicFrame>
  );
}
