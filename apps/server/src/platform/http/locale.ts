import type { Locale } from "@maru/protocol";

/** The language a request asks for: Korean unless English is wanted more (RFC 9110, 12.5.4). */
export function localeOf(request: Request): Locale {
  const wishes = (request.headers.get("accept-language") ?? "").split(",").map((part) => {
    const [tag = "", ...params] = part.trim().split(";");
    const quality = Number(
      params
        .find((param) => param.trim().startsWith("q="))
        ?.trim()
        .slice(2) ?? 1,
    );
    return { language: tag.slice(0, 2).toLowerCase(), quality: Number.isFinite(quality) ? quality : 0 };
  });
  const best = (language: Locale) =>
    Math.max(0, ...wishes.filter((w) => w.language === language).map((w) => w.quality));
  return best("en") > best("ko") ? "en" : "ko";
}
