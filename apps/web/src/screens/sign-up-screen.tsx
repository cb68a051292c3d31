import { useClient } from "@maru/react";
import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { SignUpFlow } from "../features/auth/sign-up-flow.tsx";
import { useWords } from "../shell/i18n/index.ts";
import { usePageTitle } from "../shell/use-page-title.ts";

/** The way in for the first time. */
export function SignUpScreen() {
  const { t } = useWords();
  const client = useClient();
  const router = useRouter();
  usePageTitle(t("auth.signUp.page"));
  const checkNickname = useCallback((nickname: string) => client.checkNickname(nickname), [client]);
  return (
    <SignUpFlow
      checkNickname={checkNickname}
      getLegal={() => client.getLegal()}
      signUp={(input) => client.signUp(input)}
      onLeave={() => void router.navigate({ to: "/" })}
    />
  );
}
