import { useClient } from "@maru/react";
import { showToast } from "@maru/ui";
import { useMutation } from "@tanstack/react-query";
import { errorMessageOf } from "../../shell/error-messages.ts";
import { useWords } from "./i18n/index.ts";
import { settingsQueriesOf } from "./settings-queries.ts";

export type Change<T> = {
  readonly act: (value: T) => Promise<unknown>;
  /** Shows that it is done. */
  readonly said: (value: T) => string;
  /** Loads anew what has changed, or what is true after it failed. */
  readonly reload: () => void;
};

/** Changes something on the server and says how that went. */
export function useChange<T>({ act, said, reload }: Change<T>) {
  const client = useClient();
  const { locale } = useWords();
  const { mutateAsync, isPending } = useMutation(
    {
      mutationFn: act,
      onSuccess: (_, value) => showToast(said(value), "good"),
      onError: (thrown) => showToast(errorMessageOf(thrown, locale), "bad"),
      onSettled: reload,
    },
    settingsQueriesOf(client),
  );
  // What went wrong has been said.
  const run = (value: T) => mutateAsync(value).catch(() => undefined);
  return { run, isBusy: isPending };
}
