import { ButtonLink } from "@/shared/ui/Button";
import { Empty } from "@/shared/ui/Empty";
import styles from "./RoomPage.module.css";

export function MissingRoom() {
  return (
    <main className={styles.blank} id="main" tabIndex={-1}>
      <Empty
        page
        icon="lock"
        title="Room not found"
        actions={
          <ButtonLink href="/chat" look="primary">
            Back to chat
          </ButtonLink>
        }
      >
        This room does not exist or is not for you.
      </Empty>
    </main>
  );
}
