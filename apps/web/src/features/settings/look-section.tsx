import { SegmentedControl } from "@maru/ui";
import { Monitor, Moon, Sun } from "lucide-react";
import { chooseTheme, useTheme } from "../../shell/theme.ts";
import { useWords } from "./i18n/index.ts";
import { Row, Section } from "./section.tsx";

/** How everything looks, and in which language it speaks. */
export function LookSection({ onLocale }: { onLocale: (locale: "ko" | "en") => void }) {
  const { t, locale } = useWords();
  const theme = useTheme();
  return (
    <Section title={t("settings.look")}>
      <Row label={t("settings.theme.label")}>
        <SegmentedControl
          label={t("settings.theme.label")}
          value={theme}
          onValueChange={chooseTheme}
          options={[
            { value: "system", label: t("settings.theme.system"), icon: <Monitor size={16} aria-hidden /> },
            { value: "light", label: t("settings.theme.light"), icon: <Sun size={16} aria-hidden /> },
            { value: "dark", label: t("settings.theme.dark"), icon: <Moon size={16} aria-hidden /> },
          ]}
        />
      </Row>
      <Row label={t("settings.language")}>
        <SegmentedControl
          label={t("settings.language")}
          value={locale}
          onValueChange={onLocale}
          options={[
            { value: "ko", label: t("language.ko") },
            { value: "en", label: t("language.en") },
          ]}
        />
      </Row>
    </Section>
  );
}
