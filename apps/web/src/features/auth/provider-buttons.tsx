import type { Account } from "@maru/client";
import type { AuthOptions } from "@maru/protocol";
import { Spinner } from "@maru/ui";
import { clsx } from "clsx";
import { LogIn } from "lucide-react";
import { type ReactNode, useState } from "react";
import { errorMessageOf } from "../../shell/error-messages.ts";
import { useWords } from "./i18n/index.ts";

export type ProviderButtonsProps = {
  providers: AuthOptions["providers"];
  account: Pick<Account, "beginProvider">;
  /** Place inside the app to come back to. */
  returnTo: string;
};

/** A provider's name in the reader's language, where there is one. */
export function useProviderName(): (provider: { readonly id: string; readonly name: string }) => string {
  const { t } = useWords();
  return ({ id, name }) => (id === "kakao" ? t("providers.kakaoName") : name);
}

/** The other ways in, below a form. Nothing where there are none. */
export function ProviderButtons({ providers, account, returnTo }: ProviderButtonsProps) {
  const { t, locale } = useWords();
  const [busyId, setBusyId] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  if (providers.length === 0) return null;
  const go = async (providerId: string) => {
    setBusyId(providerId);
    setError(null);
    try {
      window.location.assign(await account.beginProvider(providerId, returnTo));
    } catch (thrown) {
      setError(errorMessageOf(thrown, locale));
      setBusyId(null);
    }
  };
  const describe = ({ id, name }: AuthOptions["providers"][number]) => {
    if (id === "google") return t("providers.google");
    return id === "kakao" ? t("providers.kakao") : t("providers.continueWith", { name });
  };
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-3 pb-2 text-sm text-ink-faint">
        <span className="h-px flex-1 bg-line" />
        {t("providers.or")}
        <span className="h-px flex-1 bg-line" />
      </div>
      {providers.map((provider) => (
        <ProviderButton
          key={provider.id}
          id={provider.id}
          isBusy={busyId === provider.id}
          onPress={() => busyId === null && void go(provider.id)}
        >
          {describe(provider)}
        </ProviderButton>
      ))}
      <p
        role="alert"
        className="forced-edge rounded-md bg-danger-soft px-4 py-3 text-sm font-medium text-danger empty:hidden"
      >
        {error}
      </p>
    </div>
  );
}

function ProviderButton(props: { id: string; isBusy: boolean; onPress: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-busy={props.isBusy || undefined}
      onClick={props.onPress}
      className={clsx(
        "flex h-14 w-full items-center justify-center gap-3 rounded-lg px-6 text-base font-semibold transition-[filter,background-color] duration-150",
        // Kakao's guide leaves no choice: this yellow, this black, in every theme.
        props.id === "kakao"
          ? "bg-[#fee500] text-[#191919] hover:brightness-95"
          : "bg-surface text-ink ring-1 ring-inset ring-line hover:bg-hover",
      )}
    >
      {props.isBusy ? <Spinner size={18} /> : <ProviderMark id={props.id} />}
      {props.children}
    </button>
  );
}

/** The provider's own mark, in the colours its guide asks for. */
export function ProviderMark({ id }: { id: string }) {
  if (id === "google") {
    return (
      <svg width="18" height="18" viewBox="0 0 48 48" aria-hidden="true">
        <path
          fill="#EA4335"
          d="M24 9.5c3.54 0 6.71 1.22 9.21 3.6l6.85-6.85C35.9 2.38 30.47 0 24 0 14.62 0 6.51 5.38 2.56 13.22l7.98 6.19C12.43 13.72 17.74 9.5 24 9.5z"
        />
        <path
          fill="#4285F4"
          d="M46.98 24.55c0-1.57-.15-3.09-.38-4.55H24v9.02h12.94c-.58 2.96-2.26 5.48-4.78 7.18l7.73 6c4.51-4.18 7.09-10.36 7.09-17.65z"
        />
        <path
          fill="#FBBC05"
          d="M10.53 28.59c-.48-1.45-.76-2.99-.76-4.59s.27-3.14.76-4.59l-7.98-6.19C.92 16.46 0 20.12 0 24c0 3.88.92 7.54 2.56 10.78l7.97-6.19z"
        />
        <path
          fill="#34A853"
          d="M24 48c6.48 0 11.93-2.13 15.89-5.81l-7.73-6c-2.15 1.45-4.92 2.3-8.16 2.3-6.26 0-11.57-4.22-13.47-9.91l-7.98 6.19C6.51 42.62 14.62 48 24 48z"
        />
      </svg>
    );
  }
  if (id === "kakao") {
    return (
      <svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true">
        <path
          fill="currentColor"
          d="M12 3C6.48 3 2 6.54 2 10.9c0 2.82 1.87 5.29 4.68 6.69l-1 3.66c-.09.32.28.58.56.4l4.36-2.9c.46.05.93.07 1.4.07 5.52 0 10-3.54 10-7.92C22 6.54 17.52 3 12 3z"
        />
      </svg>
    );
  }
  return <LogIn size={18} aria-hidden />;
}
