import type { AuthOptions } from "@maru/protocol";
import { useClient } from "@maru/react";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { isTemporary, keepAsking } from "../../../shell/keep-asking.ts";
import { Reconnecting } from "../../../shell/reconnecting.tsx";
import { safePath } from "../../../shell/safe-path.ts";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { useWords } from "../i18n/index.ts";
import { keepNext } from "../keep-next.ts";
import { ProviderButtons } from "../provider-buttons.tsx";
import { SignUpFlow } from "../sign-up-flow.tsx";
import { plainOptions } from "../use-sign-in-flow.ts";

/** The way in for the first time. */
export function SignUpScreen() {
  const { t } = useWords();
  const client = useClient();
  const router = useRouter();
  const { invite = "", step = "age", next } = useSearch({ from: "/sign-up" });
  const [options, setOptions] = useState<AuthOptions | null>(null);
  const [isOfAge, setIsOfAge] = useState(false);
  const [isPartial, setIsPartial] = useState(false);
  usePageTitle(t("auth.signUp.page"));
  const checkNickname = useCallback((nickname: string) => client.checkNickname(nickname), [client]);
  useEffect(() => {
    if (!isOfAge) return;
    return keepAsking(() => client.account.getOptions(), {
      answer: (known) => {
        setOptions(known);
        setIsPartial(false);
      },
      failure: (error) => {
        setOptions((was) => was ?? plainOptions);
        setIsPartial(isTemporary(error));
      },
    });
  }, [client, isOfAge]);
  return (
    <SignUpFlow
      checkNickname={checkNickname}
      getLegal={() => client.getLegal()}
      options={options}
      onAge={() => setIsOfAge(true)}
      invite={invite}
      signUp={async (input) => {
        const { next } = await client.signUp(input);
        // The steps live at the log-in page, which finds them again after a reload.
        if (next !== "none") await router.navigate({ to: "/log-in", search: keepNext, replace: true });
      }}
      otherWays={
        options && (
          <>
            {isPartial && <Reconnecting />}
            <ProviderButtons providers={options.providers} account={client.account} returnTo={safePath(next)} />
          </>
        )
      }
      step={step}
      onStep={(next) => void router.navigate({ to: "/sign-up", search: (was) => ({ ...was, step: next }) })}
      onBack={() => {
        if (router.history.canGoBack()) router.history.back();
        else void router.navigate({ to: "/", replace: true });
      }}
    />
  );
}
