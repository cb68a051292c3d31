import { useEffect } from "react";

const occupations = new Set<symbol>();
/** What lies over the page, unless it is going away. */
const overlays = ["dialog", "alertdialog", "menu"].map((role) => `[role=${role}]:not([data-closed])`).join();
const written = "textarea, input:not([type=checkbox], [type=radio], [type=button], [type=submit])";

/** Shows that somebody is in the middle of something as long as `isBusy`: in a call, or changing what they have said. */
export function useOccupation(isBusy: boolean): void {
  useEffect(() => {
    if (!isBusy) return;
    const own = Symbol("occupation");
    occupations.add(own);
    return () => void occupations.delete(own);
  }, [isBusy]);
}

/**
 * Whether another page would take somebody out of what they are doing: writing, a dialog, a call. Whatever leads them elsewhere
 * without a press of theirs asks first, and offers a way there instead.
 */
export function isOccupied(): boolean {
  return occupations.size > 0 || document.querySelector(overlays) !== null || isWriting(document.activeElement);
}

function isWriting(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (element.matches(written)) return (element as HTMLInputElement | HTMLTextAreaElement).value !== "";
  return element.isContentEditable && element.textContent !== "";
}
