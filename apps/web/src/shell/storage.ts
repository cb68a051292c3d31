/** The browser's storage, or null where it is withheld (private windows, strict settings). */
export function openStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export type SettingName = "theme" | "locale";

/** Reads a setting of this device. The names are known to public/look.js too. */
export function readSetting(name: SettingName): string | null {
  return openStorage()?.getItem(`maru.${name}`) ?? null;
}

/** Keeps a setting on this device; null forgets it. */
export function writeSetting(name: SettingName, value: string | null): void {
  try {
    if (value === null) openStorage()?.removeItem(`maru.${name}`);
    else openStorage()?.setItem(`maru.${name}`, value);
  } catch {
    // The storage is full: the setting holds until the tab closes.
  }
}
