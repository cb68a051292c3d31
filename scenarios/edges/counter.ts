/** What came of the calls of a sweep: how each door answered, and everything that was not right. */
export class Counter {
  readonly faults: string[] = [];
  readonly #codes = new Map<string, Map<string, number>>();

  count(door: string, code: string): void {
    const codes = this.#codes.get(door) ?? new Map<string, number>();
    codes.set(code, (codes.get(code) ?? 0) + 1);
    this.#codes.set(door, codes);
  }

  fault(words: string): void {
    this.faults.push(words);
  }

  get doors(): string[] {
    return [...this.#codes.keys()];
  }

  /** How often a door answered so; of all doors where none is named. */
  countOf(code: string, door?: string): number {
    const chosen = [...this.#codes].filter(([name]) => door === undefined || name === door);
    return chosen.reduce((sum, [, codes]) => sum + (codes.get(code) ?? 0), 0);
  }

  get total(): number {
    return [...this.#codes.values()].reduce((sum, codes) => sum + [...codes.values()].reduce((a, b) => a + b, 0), 0);
  }

  /** For people who look at a run: every door with its answers. */
  describe(): string {
    return [...this.#codes]
      .map(([door, codes]) => `${door}: ${[...codes].map(([code, n]) => `${code} ${n}`).join(", ")}`)
      .join("\n");
  }
}
