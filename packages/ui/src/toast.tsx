import { lazy, type ReactNode, Suspense, useSyncExternalStore } from "react";
import { type Said, sayings } from "./sayings.ts";

export type ToastTone = Said["tone"];

export const loadToasts = () => import("./toast-viewport.tsx");

/** Comes with the first toast. */
const ToastViewport = lazy(() => loadToasts().then((module) => ({ default: module.ToastViewport })));

/** Says something in passing from anywhere; never the only place where it is said. */
export function showToast(text: string, tone: ToastTone = "plain"): void {
  sayings.say({ text, tone });
}

/** Shows toasts at the top. Stands once, around everything; `label` names the region. */
export function ToastProvider({ label, children }: { label: string; children: ReactNode }) {
  const hasSaid = useSyncExternalStore(sayings.subscribe, sayings.hasAny);
  return (
    <>
      {children}
      {hasSaid && (
        <Suspense>
          <ToastViewport label={label} />
        </Suspense>
      )}
    </>
  );
}
