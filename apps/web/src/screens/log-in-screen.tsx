import { useClient, useSession } from "@maru/react";
import { useRouter } from "@tanstack/react-router";
import { LogInForm } from "../features/auth/log-in-form.tsx";
import { useWords } from "../shell/i18n/index.ts";
import { PublicFrame } from "../shell/public-frame.tsx";
import { usePageTitle } from "../shell/use-page-title.ts";

/** The way back in. */
export function LogInScreen() {
  const { t } = useWords();
  const client = useClient();
  const session = useSession();
  const router = useRouter();
  usePageTitle(t("auth.logIn.page"));
  const wasEnded = session.state === "signed_out" && session.reason === "ended";
  return (
    <PublicFrame onBack={() => void router.navigate({ to: "/" })}>
      <LogInForm
        notice={wasEnded ? t("auth.ended") : null}
        logIn={(email, password) => client.signIn({ email, password })}
      />
    </PublicFrame>
  );
}
