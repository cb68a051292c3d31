import { type ReactNode, useId } from "react";

/** A group of settings under its name. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2">
      <h2 id={id} className="px-1 text-sm font-semibold text-ink-muted">
        {title}
      </h2>
      <div className="divide-y divide-line overflow-hidden rounded-xl bg-surface ring-1 ring-inset ring-line">
        {children}
      </div>
    </section>
  );
}

/** One line of a section: what it is, and what can be done with it. */
export function Row({ label, children }: { label: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex min-h-15 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-24 flex-1 text-md">{label}</div>
      {children}
    </div>
  );
}

/** One line of a section that is a press as a whole. */
export function ActionRow({
  icon,
  label,
  isDangerous = false,
  onPress,
}: {
  icon?: ReactNode;
  label: string;
  isDangerous?: boolean;
  onPress: () => void;
}) {
  return (
    <button
      type="button"
      onClick={onPress}
      className={`flex min-h-14 w-full items-center gap-3 px-4 text-left text-md transition-colors -outline-offset-2 hover:bg-hover ${isDangerous ? "text-danger" : ""}`}
    >
      {icon}
      {label}
    </button>
  );
}
