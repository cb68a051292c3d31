import type { Clock } from "@maru/protocol";
import type { Context } from "hono";
import type { HttpApp } from "../http/app.ts";
import type { HttpEnv } from "../http/http-env.ts";
import { escapeHtml } from "./layout.ts";
import type { Mail, MailTransport } from "./mail.ts";

/** Mails kept at most; the oldest goes first. */
const maxKept = 50;
const path = "/dev/mail";

/** Keeps mails in memory and shows them on a page instead of sending them. For development on loopback alone. */
export function createDevMailbox(clock: Clock) {
  const kept: (Mail & { readonly at: string })[] = [];
  const transport: MailTransport = {
    async send(mail) {
      kept.unshift({ ...mail, at: new Date(clock.now()).toISOString() });
      kept.length = Math.min(kept.length, maxKept);
    },
    close: () => {},
  };

  return {
    transport,
    /** Registers the page; `isOwnMachine` says whether a request comes from this machine. */
    addPage(app: HttpApp, isOwnMachine: (context: Context<HttpEnv>) => boolean): void {
      app.use(`${path}/*`, async (context, next) => {
        if (!isOwnMachine(context)) return context.notFound();
        await next();
        context.res.headers.set("cache-control", "no-store");
      });
      app.under("app", () => {
        app.get(path, (context) => context.html(renderPage(kept)));
        app.get(`${path}/all.json`, (context) => context.json({ mails: kept }));
      });
    },
  };
}

function renderPage(mails: readonly (Mail & { readonly at: string })[]): string {
  const items = mails.map(({ to, subject, text, at }) => {
    const linked = escapeHtml(text).replace(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`);
    return `<article><h2>${escapeHtml(subject)}</h2><p>${escapeHtml(to)} · ${at}</p><pre>${linked}</pre></article>`;
  });
  return `<!doctype html>
<html lang="ko">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mail · Maru dev</title>
<style>body{font:16px/1.6 sans-serif;max-width:720px;margin:40px auto;padding:0 16px}article{border-top:1px solid #ccc}pre{white-space:pre-wrap}</style></head>
<body><h1>Mails</h1>${items.join("\n") || "<p>No mail has been sent yet.</p>"}</body>
</html>`;
}
