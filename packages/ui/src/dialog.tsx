import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";

export type DialogProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  /** The answers: the last is the one that does it. */
  footer?: ReactNode;
  /** A question that is answered, not clicked away: Escape still means no. */
  isQuestion?: boolean;
};

/** One question over everything else: at the bottom under the thumb on a phone, in the middle elsewhere. */
export function Dialog({
  isOpen,
  onOpenChange,
  title,
  description,
  children,
  footer,
  isQuestion = false,
}: DialogProps) {
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(open) => onOpenChange(open)} disablePointerDismissal={isQuestion}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-200 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <BaseDialog.Viewport className="fixed inset-0 z-50 flex items-end justify-center p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:items-center">
          <BaseDialog.Popup
            {...(isQuestion && { role: "alertdialog" as const })}
            className="flex max-h-full w-full max-w-105 flex-col gap-5 overflow-y-auto rounded-2xl bg-raised p-6 shadow-high outline-none transition-[transform,opacity] duration-300 ease-settle data-[ending-style]:translate-y-4 data-[starting-style]:translate-y-6 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0 sm:p-7"
          >
            <div className="flex flex-col gap-2">
              <BaseDialog.Title className="text-lg font-bold tracking-tight">{title}</BaseDialog.Title>
              {description && (
                <BaseDialog.Description className="text-md text-ink-muted">{description}</BaseDialog.Description>
              )}
            </div>
            {children}
            {footer && <div className="flex gap-2 *:flex-1">{footer}</div>}
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
