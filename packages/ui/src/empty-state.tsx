import type { ReactNode } from "react";

export type EmptyStateProps = {
  picture?: ReactNode;
  title: string;
  text?: ReactNode;
  action?: ReactNode;
};

/** Explains why there is nothing here and what to do about it. */
export function EmptyState({ picture, title, text, action }: EmptyStateProps) {
  return (
    <div className="flex animate-fade flex-col items-center gap-2 px-6 py-12 text-center">
      {picture && <div className="mb-3 text-line-strong">{picture}</div>}
      <p className="text-base font-semibold">{title}</p>
      {text && <p className="max-w-80 text-md text-ink-muted">{text}</p>}
      {action && <div className="mt-4">{action}</div>}
    </div>
  );
}
