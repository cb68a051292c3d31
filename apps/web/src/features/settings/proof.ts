/** Something that is done only for who shows once more that it is them. */
export type ProofRequest = {
  readonly title: string;
  readonly text?: string;
  /** What the button that does it says. */
  readonly yes: string;
  readonly isDangerous?: boolean;
  /** Asks for a name as well, with this to begin with. */
  readonly name?: { readonly label: string; readonly initial: string };
  /** Does it; the dialog closes when that is done and says what went wrong when it fails. */
  readonly act: (given: { readonly password?: string; readonly name: string }) => Promise<unknown>;
};
