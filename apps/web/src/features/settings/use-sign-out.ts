import { useClient } from "@maru/react";
import { showToast } from "@maru/ui";
import { useRouter } from "@tanstack/react-router";
import { errorMessageOf } from "../../shell/error-messages.ts";
import { useWords } from "./i18n/index.ts";

/** The ways out: on this device, and on all of them. */
export function useSignOut() {
  const client = useClient();
  const router = useRouter();
  const { locale } = useWords();
  const leave = async (out: () => Promise<unknown>) => {
    // Home first: whoever comes next to this device is asked in there, not sent back to these settings.
    await router.navigate({ to: "/" });
    await out().catch((thrown: unknown) => showToast(errorMessageOf(thrown, locale), "bad"));
  };
  return {
    signOut: () => leave(() => client.signOut()),
    signOutEverywhere: () => leave(() => client.signOutEverywhere()),
  };
}
