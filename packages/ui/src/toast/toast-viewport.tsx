import { Toast as BaseToast } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect } from "react";
import { type QueuedToast, toastQueue } from "./toast-queue.ts";

type Action = NonNullable<QueuedToast["action"]>;

const manager = BaseToast.createToastManager<{ readonly action: Action }>();

function showWaiting(): void {
  for (const { text, tone, action, signal } of toastQueue.take()) {
    if (signal?.aborted) continue;
    const id = manager.add({
      title: text,
      type: tone,
      // What can be done about it must not go away before it is done.
      timeout: action ? 0 : tone === "bad" ? 6_000 : 3_000,
      priority: tone === "bad" ? "high" : "low",
      ...(action && { data: { action } }),
    });
    signal?.addEventListener("abort", () => manager.close(id), { once: true });
  }
}

/** The place where toasts stand. */
export function ToastViewport({ label }: { label: string }) {
  useEffect(() => {
    const stop = toastQueue.subscribe(showWaiting);
    showWaiting();
    return stop;
  }, []);
  return (
    <BaseToast.Provider toastManager={manager} limit={3}>
      <BaseToast.Portal>
        <BaseToast.Viewport
          aria-label={label}
          className="pointer-events-none fixed inset-x-0 top-[calc(env(safe-area-inset-top)+var(--banner-height,0px)+4.5rem)] z-60 mx-auto flex w-full max-w-100 flex-col items-center gap-2 px-4"
        >
          <Toasts />
        </BaseToast.Viewport>
      </BaseToast.Portal>
    </BaseToast.Provider>
  );
}

function Toasts() {
  const { toasts } = BaseToast.useToastManager<{ readonly action: Action }>();
  return toasts.map((toast) => (
    <BaseToast.Root
      key={toast.id}
      toast={toast}
      swipeDirection={["up", "right", "left"]}
      className="pointer-events-auto w-fit max-w-full rounded-full bg-ink px-4 py-2.5 text-sm font-medium text-paper shadow-high transition-[transform,opacity] duration-300 ease-settle data-[ending-style]:-translate-y-3 data-[starting-style]:-translate-y-3 data-[limited]:hidden data-[ending-style]:opacity-0 data-[starting-style]:opacity-0"
    >
      <BaseToast.Content className="flex items-center gap-2">
        {toast.type === "good" && <CircleCheck size={18} aria-hidden className="shrink-0" />}
        {toast.type === "bad" && <CircleAlert size={18} aria-hidden className="shrink-0" />}
        <BaseToast.Title render={<p />} />
        {toast.data && <ToastAction {...toast.data.action} onDone={() => manager.close(toast.id)} />}
      </BaseToast.Content>
    </BaseToast.Root>
  ));
}

/** What can be done about it, and the way to put it away. */
function ToastAction({ label, closeLabel, onPress, onDone }: Action & { onDone: () => void }) {
  const button = "flex h-9 items-center rounded-full transition-colors touch-target hover:bg-paper/15";
  return (
    <span className="-my-1.5 -mr-2.5 ml-1 flex shrink-0 items-center">
      <button
        type="button"
        className={`${button} px-3 font-bold`}
        onClick={() => {
          onDone();
          onPress();
        }}
      >
        {label}
      </button>
      <button type="button" aria-label={closeLabel} className={`${button} w-9 justify-center`} onClick={onDone}>
        <X size={17} aria-hidden />
      </button>
    </span>
  );
}
