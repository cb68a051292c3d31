import type { Locale } from "@maru/protocol";
import type { Mail } from "./mail.ts";

/** What a mail says, before it is put into either form. */
export type MailContent = {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** Shown large, to be typed elsewhere. */
  readonly code?: string;
  readonly action?: { readonly label: string; readonly url: string };
  /** Small words at the end, such as what to do if one did not ask for this. */
  readonly footnote?: string;
};

/** Puts a letter into text and HTML. Everything is escaped; nothing is loaded from anywhere when it is opened. */
export function layOutMail(to: string, locale: Locale, mail: MailContent): Mail {
  const { subject, paragraphs, code, action, footnote } = mail;
  const text = [
    ...paragraphs,
    ...(code ? [`    ${code}`] : []),
    ...(action ? [`${action.label}:\n${action.url}`] : []),
    ...(footnote ? [`--\n${footnote}`] : []),
  ].join("\n\n");
  const parts = [
    `<p style="font-size:18px;font-weight:700;margin:0 0 20px">${escapeHtml(subject)}</p>`,
    ...paragraphs.map((line) => `<p style="margin:0 0 14px">${escapeHtml(line)}</p>`),
    ...(code
      ? [`<p style="font-size:30px;font-weight:700;letter-spacing:8px;margin:24px 0">${escapeHtml(code)}</p>`]
      : []),
    ...(action ? [button(action)] : []),
    ...(footnote ? [`<p style="color:#77726a;font-size:13px;margin:28px 0 0">${escapeHtml(footnote)}</p>`] : []),
  ];
  const html = `<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;background:#f6f3ec;color:#22201c;font:16px/1.6 -apple-system,'Apple SD Gothic Neo','Malgun Gothic',sans-serif">
<div style="max-width:480px;margin:0 auto;padding:40px 24px">
<div style="background:#fffdf8;border:1px solid #e6e0d4;border-radius:12px;padding:32px 28px;word-break:keep-all;overflow-wrap:anywhere">
${parts.join("\n")}
</div>
</div>
</body>
</html>
`;
  return { to, subject, text: `${text}\n`, html };
}

function button({ label, url }: { label: string; url: string }): string {
  const style =
    "display:inline-block;background:#2f6f5e;color:#fff;text-decoration:none;font-weight:700;border-radius:8px;padding:12px 22px";
  const link = `<a href="${escapeHtml(url)}" style="${style}">${escapeHtml(label)}</a>`;
  return `<p style="margin:24px 0">${link}</p>\n<p style="color:#77726a;font-size:13px;margin:0 0 14px">${escapeHtml(url)}</p>`;
}

export function escapeHtml(text: string): string {
  const marks: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (mark) => marks[mark] ?? mark);
}
