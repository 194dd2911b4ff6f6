import { ButtonLink } from "@/shared/ui/Button";
import { Empty } from "@/shared/ui/Empty";
import styles from "./pages.module.css";

export function NotFoundPage() {
  return (
    <main className={styles.centre} id="main">
      <Empty
        page
        icon="compass"
        title="There is no such page"
        actions={
          <ButtonLink href="/" look="primary">
            To the start
          </ButtonLink>
        }
      >
        The address may be old or mistyped.
      </Empty>
    </main>
  );
}
