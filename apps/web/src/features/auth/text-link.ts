/** The classes of a press that looks like a link in a line of text. */
export const textLinkClass =
  "rounded-sm text-sm font-semibold text-jade underline-offset-4 touch-target hover:underline";
