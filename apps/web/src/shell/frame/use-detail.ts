import { useLocation, useRouter } from "@tanstack/react-router";
import { useRef } from "react";

/** What is open beside the page, as the address has it; one at a time. */
export type Detail = {
  readonly key: string | null;
  /** Opened here by a press, not by the address. */
  readonly isAsked: boolean;
  readonly open: (key: string) => void;
  readonly close: () => void;
};

/** Reads which detail an address asks for: any name, which no entry may have. */
export function readDetail(search: Record<string, unknown>): { detail?: string } {
  return typeof search.detail === "string" && search.detail !== "" ? { detail: search.detail } : {};
}

/**
 * What stands beside the page. It is part of the address, so that a reload keeps it and, on a phone, the key that leads back
 * closes it.
 */
export function useDetail(): Detail {
  const router = useRouter();
  const key = useLocation({
    select: ({ search }) => ("detail" in search && typeof search.detail === "string" ? search.detail : null),
  });
  const opened = useRef(false);
  if (key === null) opened.current = false;
  const go = (detail: string | undefined, replace: boolean) =>
    void router.navigate({
      to: ".",
      search: ((was: Record<string, unknown>) => {
        const { detail: _, ...others } = was;
        return detail === undefined ? others : { ...others, detail };
      }) as never,
      replace,
    });
  return {
    key,
    isAsked: opened.current,
    open: (next) => {
      if (next === key) return;
      const isSecond = key !== null;
      opened.current = opened.current || !isSecond;
      go(next, isSecond);
    },
    close: () => {
      // Back to where one was before it was opened, so that the next step back does not lead to the same page again.
      if (opened.current) router.history.back();
      else go(undefined, true);
    },
  };
}
