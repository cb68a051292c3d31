// Says what is going on while the program has not come, and loads the page again once the server answers. A file of its
// own and older than the program, because a part of the program that did not arrive cannot say so.
(() => {
  const words = {
    ko: { slow: "불러오는 중이에요…", failed: "마루를 불러오지 못했어요. 연결되면 저절로 다시 불러올게요." },
    en: { slow: "Loading…", failed: "Maru could not be loaded. It loads again by itself once there is a connection." },
  };
  /** How long nothing may stand on the page before words do, in ms. */
  const slowMs = 8_000;
  const longestWaitMs = 30_000;
  const triesKey = "maru.startTries";
  let isFailed = false;
  let isStarted = false;
  /** Without its styles a program that has started is of no use either. */
  let lacksStyles = false;

  const notice = document.createElement("p");
  notice.setAttribute("role", "status");
  Object.assign(notice.style, { margin: "40vh auto 0", padding: "0 1.5rem", maxWidth: "24rem", textAlign: "center" });
  Object.assign(notice.style, { font: "1rem/1.6 system-ui, sans-serif", wordBreak: "keep-all" });
  const show = (kind) => {
    if (!document.body) return addEventListener("DOMContentLoaded", () => show(kind), { once: true });
    notice.textContent = words[document.documentElement.lang === "en" ? "en" : "ko"][kind];
    document.body.prepend(notice);
  };

  const readTries = () => {
    try {
      return Number(sessionStorage.getItem(triesKey)) || 0;
    } catch {
      // Storage is withheld: as if it had been tried a few times, so that the page does not load again and again.
      return 3;
    }
  };
  const storeTries = (count) => {
    try {
      if (count === 0) sessionStorage.removeItem(triesKey);
      else sessionStorage.setItem(triesKey, String(count));
    } catch {
      // Storage is withheld: nothing is counted.
    }
  };

  /** Whether the server itself answers, with a page whose program is one. */
  const isServerThere = async () => {
    const page = await fetch(location.href, { cache: "no-store" });
    const found = new DOMParser().parseFromString(await page.text(), "text/html");
    const program = found.querySelector("script[type=module][src]");
    if (!page.ok || !program) return false;
    const answer = await fetch(program.getAttribute("src"), { cache: "no-store" });
    await answer.text();
    return answer.ok && /javascript/.test(answer.headers.get("content-type") ?? "");
  };

  const waitThenReload = async () => {
    for (let tries = readTries(); ; tries++) {
      const waitMs = Math.min(500 * 2 ** tries, longestWaitMs);
      await new Promise((resolve) => {
        setTimeout(resolve, waitMs);
        addEventListener("online", resolve, { once: true });
      });
      if (isStarted && !lacksStyles) return;
      if (!(await isServerThere().catch(() => false))) continue;
      storeTries(tries + 1);
      location.reload();
      return;
    }
  };

  const fail = () => {
    if (isFailed) return;
    isFailed = true;
    clearTimeout(slow);
    show("failed");
    void waitThenReload();
  };
  const noticePart = ({ target }) => {
    if (target instanceof HTMLScriptElement) fail();
  };
  const slow = setTimeout(() => show("slow"), slowMs);
  addEventListener("error", noticePart, true);
  addEventListener("maru:start-failed", fail);
  addEventListener("maru:started", () => {
    isStarted = true;
    clearTimeout(slow);
    notice.remove();
    removeEventListener("error", noticePart, true);
    // Browsers take another page for a style sheet without a word, so it is looked at what came of it.
    lacksStyles = getComputedStyle(document.documentElement).getPropertyValue("--color-paper") === "";
    if (lacksStyles) fail();
    else storeTries(0);
  });
})();
