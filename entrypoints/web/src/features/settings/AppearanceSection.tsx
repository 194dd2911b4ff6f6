import { useState } from "react";
import { useClient } from "@/shared/chat/client-context";
import { Choice, Choices } from "@/shared/ui/Form";
import type { IconName } from "@/shared/ui/Icon";
import styles from "./SettingsPage.module.css";
import { applyTheme, currentTheme, type Theme, themes } from "./theme";

const looks: Record<Theme, { label: string; icon: IconName }> = {
  system: { label: "System", icon: "device" },
  light: { label: "Light", icon: "sun" },
  dark: { label: "Dark", icon: "moon" },
};

export function AppearanceSection() {
  const { values } = useClient();
  const [theme, setTheme] = useState(() => currentTheme(values));
  function choose(next: Theme) {
    applyTheme(values, next);
    setTheme(next);
  }
  return (
    <section className={`${styles.section} ${styles.themes}`} aria-labelledby="appearance">
      <h2 id="appearance">Appearance</h2>
      <Choices legend="Theme">
        {themes.map((each) => (
          <Choice
            key={each}
            name="theme"
            icon={looks[each].icon}
            label={looks[each].label}
            checked={theme === each}
            onChange={() => choose(each)}
          />
        ))}
      </Choices>
    </section>
  );
}
