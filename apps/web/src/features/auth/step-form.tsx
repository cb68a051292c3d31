import { Button } from "@maru/ui";
import { type ReactNode, useEffect, useRef } from "react";
import { Reconnecting } from "../../shell/reconnecting.tsx";

export type StepFormProps = {
  title: string;
  text?: string;
  children?: ReactNode;
  /** Without one, the fields themselves lead on. */
  submit?: string;
  isBusy?: boolean;
  /** What went wrong as a whole. */
  error?: string | null;
  onSubmit?: () => void;
  footer?: ReactNode;
};

/** One thing at a time: a question, its fields, one button. The question has the focus where no field takes it. */
export function StepForm({ title, text, children, submit, isBusy = false, error, onSubmit, footer }: StepFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!form.current?.contains(document.activeElement)) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <form
      ref={form}
      noValidate
      className="mx-auto flex w-full max-w-110 flex-1 animate-rise flex-col px-6 pt-6 pb-6 md:flex-none md:pt-[8vh]"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onSubmit?.();
      }}
    >
      <h1 ref={heading} tabIndex={-1} className="whitespace-pre-line outline-none text-2xl font-bold tracking-tight">
        {title}
      </h1>
      {text && <p className="mt-2 text-md text-ink-muted">{text}</p>}
      <div className="mt-8 flex flex-col gap-3">
        {children}
        <p
          role="alert"
          className="forced-edge rounded-md bg-danger-soft px-4 py-3 text-sm font-medium text-danger empty:hidden"
        >
          {error}
        </p>
        {isBusy && <Reconnecting isPatient />}
      </div>
      <div className="mt-auto flex flex-col gap-4 pt-6 md:mt-2">
        {submit && (
          <Button type="submit" size="lg" isWide isBusy={isBusy}>
            {submit}
          </Button>
        )}
        {footer}
      </div>
    </form>
  );
}
