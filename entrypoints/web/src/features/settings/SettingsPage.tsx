import { Link } from "wouter";
import type { OwnUser } from "@/shared/api/wire";
import { Icon } from "@/shared/ui/Icon";
import { usePageTitle } from "@/shared/ui/usePageTitle";
import { AppearanceSection } from "./AppearanceSection";
import { DevicesSection } from "./DevicesSection";
import { PasswordSection } from "./PasswordSection";
import { ProfileSection } from "./ProfileSection";
import styles from "./SettingsPage.module.css";

export function SettingsPage({ me, onLogout }: { me: OwnUser; onLogout: () => void }) {
  usePageTitle("Settings");
  return (
    <div className={styles.page}>
      <main className={styles.column} id="main" tabIndex={-1}>
        <header className={styles.header}>
          <Link href="/chat" className={styles.back}>
            <Icon name="back" /> Back to chat
          </Link>
          <h1>Settings</h1>
        </header>
        <ProfileSection me={me} />
        <AppearanceSection />
        <PasswordSection me={me} />
        <DevicesSection me={me} onLogout={onLogout} />
      </main>
    </div>
  );
}
