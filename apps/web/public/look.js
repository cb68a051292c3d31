// Sets the chosen theme and language before anything is drawn, so that nothing flashes. A file of its own, because the
// page's policy allows no inline script.
(() => {
  try {
    const theme = localStorage.getItem("maru.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    const locale = localStorage.getItem("maru.locale");
    if (locale === "ko" || locale === "en") document.documentElement.lang = locale;
  } catch {
    // Storage is withheld: the system's theme and Korean.
  }
})();
