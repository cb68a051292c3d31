import { useClient, useSession } from "@maru/react";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { describeDevice } from "../../../shell/device-name.ts";
import { catalogueErrorOf, errorMessageOf } from "../../../shell/error-messages.ts";
import { createLazyModule } from "../../../shell/lazy-module.ts";
import { PublicFrame } from "../../../shell/public-frame.tsx";
import { Reconnecting } from "../../../shell/reconnecting.tsx";
import { safePath } from "../../../shell/safe-path.ts";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { whenIdle } from "../../../shell/when-idle.ts";
import type { EntryStepProps } from "../entry-step.tsx";
import { useWords } from "../i18n/index.ts";
import { keepNext } from "../keep-next.ts";
import { LogInForm } from "../log-in-form.tsx";
import { ProviderButtons } from "../provider-buttons.tsx";
import { useSignInFlow } from "../use-sign-in-flow.ts";

/** The steps behind the first form: fetched while somebody types. */
const steps = createLazyModule(() => import("../entry-step.tsx").then(({ EntryStep }) => EntryStep));

function LazyEntryStep(props: EntryStepProps) {
  const EntryStep = steps.useLoaded();
  return EntryStep && <EntryStep {...props} />;
}

/** The way back in, and every step that stands between a way in and the house. */
export function LogInScreen() {
  const { t, locale } = useWords();
  const client = useClient();
  const session = useSession();
  const router = useRouter();
  const { next, fault } = useSearch({ from: "/log-in" });
  const { flow, setStep } = useSignInFlow(client.account);
  const checkNickname = useCallback((nickname: string) => client.checkNickname(nickname), [client]);
  usePageTitle(flow?.step ? t(flow.step.next === "code" ? "code.page" : "step.page") : t("auth.logIn.page"));
  useEffect(() => whenIdle(steps.load), []);
  const wasEnded = session.state === "signed_out" && session.reason === "ended";
  const faultCode = fault === undefined ? null : catalogueErrorOf({ code: fault });
  const follow = (result: Parameters<typeof setStep>[0] | { readonly next: "none" }) =>
    setStep(result?.next === "none" ? null : result);
  return (
    <PublicFrame onBack={flow?.step ? undefined : () => void router.navigate({ to: "/" })}>
      {!flow && <Reconnecting isPatient />}
      {flow?.step && (
        <LazyEntryStep
          key={flow.step.next}
          step={flow.step}
          options={flow.options}
          client={client}
          checkNickname={checkNickname}
          deviceName={describeDevice(navigator.userAgent)}
          onStep={follow}
          onGivenUp={(wish) => {
            if (wish === "anew" && flow.step?.next === "code")
              void router.navigate({ to: "/sign-up", search: keepNext, replace: true });
            else setStep(null);
          }}
        />
      )}
      {flow && !flow.step && (
        <LogInForm
          notice={wasEnded ? t("auth.ended") : null}
          fault={faultCode && errorMessageOf(faultCode, locale)}
          logIn={async (email, password) => {
            // Whoever was told to log in first and connect then is taken to where that is done.
            if (fault === "provider.link_required" && next === undefined) {
              await router.navigate({ to: "/log-in", search: { fault, next: "/settings/security" }, replace: true });
            }
            follow(await client.signIn({ email, password }));
          }}
          otherWays={
            <>
              {flow.isPartial && <Reconnecting />}
              <ProviderButtons providers={flow.options.providers} account={client.account} returnTo={safePath(next)} />
            </>
          }
        />
      )}
    </PublicFrame>
  );
}
