/** Decimal digits of any script as 0 to 9; full-width ones and others with a compatibility form come through NFKC. */
function toDigits(text: string): string {
  return text.normalize("NFKC").replace(/\p{Nd}/gu, (digit) => String(digitValueOf(digit)));
}

/** Unicode keeps the ten digits of a script together and in order: how far the run goes back is the value. */
function digitValueOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  if (code <= 0x39) return code - 0x30;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return value;
}

/** The digits of a code as it was typed or pasted: whatever stands between them is left out. */
export function readDigits(typed: string): string {
  return toDigits(typed).replace(/[^0-9]/g, "");
}

/** A code of letters and digits without what people and mails put between them: spaces, dashes, invisible characters. */
export function readCodeLetters(typed: string): string {
  return toDigits(typed).replace(/[\s\p{Pd}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2212]/gu, "");
}
