import { useClient, useSession } from "@maru/react";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import type { EntryStepProps } from "../features/auth/entry-step.tsx";
import { LogInForm } from "../features/auth/log-in-form.tsx";
import { ProviderButtons } from "../features/auth/provider-buttons.tsx";
import { useDoor } from "../features/auth/use-door.ts";
import { describeDevice } from "../shell/device-name.ts";
import { describeFault, faultOf } from "../shell/faults.ts";
import { useAccountWords } from "../shell/i18n/account.ts";
import { useWords } from "../shell/i18n/index.ts";
import { createLate } from "../shell/late.ts";
import { PublicFrame } from "../shell/public-frame.tsx";
import { Reconnecting } from "../shell/reconnecting.tsx";
import { safePath } from "../shell/safe-path.ts";
import { usePageTitle } from "../shell/use-page-title.ts";
import { whenIdle } from "../shell/when-idle.ts";

/** The steps behind the first form: fetched while somebody types. */
const steps = createLate(() => import("../features/auth/entry-step.tsx").then(({ EntryStep }) => EntryStep));

function LateEntryStep(props: EntryStepProps) {
  const EntryStep = steps.useLoaded();
  return EntryStep && <EntryStep {...props} />;
}

/** The way back in, and every step that stands between a way in and the house. */
export function LogInScreen() {
  const t = useAccountWords();
  const { t: words, locale } = useWords();
  const client = useClient();
  const session = useSession();
  const router = useRouter();
  const { next, fault } = useSearch({ from: "/log-in" });
  const { door, setStep } = useDoor(client.account);
  const checkNickname = useCallback((nickname: string) => client.checkNickname(nickname), [client]);
  usePageTitle(door?.step ? t(door.step.next === "code" ? "code.page" : "step.page") : words("auth.logIn.page"));
  useEffect(() => whenIdle(steps.load), []);
  const wasEnded = session.state === "signed_out" && session.reason === "ended";
  const faultCode = fault === undefined ? null : faultOf({ code: fault });
  const follow = (result: Parameters<typeof setStep>[0] | { readonly next: "none" }) =>
    setStep(result?.next === "none" ? null : result);
  return (
    <PublicFrame onBack={door?.step ? undefined : () => void router.navigate({ to: "/" })}>
      {!door && <Reconnecting isPatient />}
      {door?.step && (
        <LateEntryStep
          key={door.step.next}
          step={door.step}
          options={door.options}
          client={client}
          checkNickname={checkNickname}
          deviceName={describeDevice(navigator.userAgent)}
          onStep={follow}
          onGivenUp={(wish) => {
            if (wish === "anew" && door.step?.next === "code") void router.navigate({ to: "/sign-up", replace: true });
            else setStep(null);
          }}
        />
      )}
      {door && !door.step && (
        <LogInForm
          notice={wasEnded ? words("auth.ended") : null}
          fault={faultCode && describeFault(faultCode, locale)}
          logIn={async (email, password) => {
            // Whoever was told to log in first and connect then is taken to where that is done.
            if (fault === "provider.link_required" && next === undefined) {
              await router.navigate({ to: "/log-in", search: { fault, next: "/settings/security" }, replace: true });
            }
            follow(await client.signIn({ email, password }));
          }}
          otherWays={
            <>
              {door.isPartial && <Reconnecting />}
              <ProviderButtons providers={door.options.providers} account={client.account} returnTo={safePath(next)} />
            </>
          }
        />
      )}
    </PublicFrame>
  );
}
