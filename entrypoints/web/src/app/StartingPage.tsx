import { Brand } from "@/shared/ui/Brand";
import { Later } from "@/shared/ui/Later";
import styles from "./pages.module.css";

/** While the server has not said yet who is here. */
export function StartingPage() {
  return (
    <main className={styles.centre}>
      <h1 className="sr-only">Parley</h1>
      <Later after={400}>
        <Brand />
      </Later>
      <Later after={3_000}>
        <p role="status">Connecting to the server…</p>
      </Later>
    </main>
  );
}
