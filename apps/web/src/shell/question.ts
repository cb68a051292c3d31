/** Something asked once more before it is done. */
export type Question = {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly isDangerous: boolean;
  /** The label of something more that may be done along with it. */
  readonly option?: string;
  readonly act: (hasOption: boolean) => Promise<unknown>;
};
