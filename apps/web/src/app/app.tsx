import type { MaruClient } from "@maru/client";
import { ClientProvider } from "@maru/react";
import { followEnterKey, ToastProvider, TooltipProvider } from "@maru/ui";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { useWords } from "../shell/i18n/index.ts";
import { router } from "./router.tsx";

/** The app around the client it speaks through. */
export function App({ client }: { client: MaruClient }) {
  const { t, locale } = useWords();
  // What the server says and mails comes in the language of the page.
  useEffect(() => client.setLocale(locale), [client, locale]);
  useEffect(() => followEnterKey(document), []);
  return (
    <ClientProvider client={client}>
      <TooltipProvider>
        <ToastProvider label={t("app.toasts")}>
          <RouterProvider router={router} />
        </ToastProvider>
      </TooltipProvider>
    </ClientProvider>
  );
}
