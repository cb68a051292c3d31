/** Something asked once more before it is done. */
export type Question = {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly isDangerous: boolean;
  readonly act: () => Promise<unknown>;
};
