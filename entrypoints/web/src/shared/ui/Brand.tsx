import styles from "./Brand.module.css";

/** The product's mark and name. */
export function Brand() {
  return (
    <span className={styles.brand}>
      <svg aria-hidden="true" viewBox="0 0 32 32" width="28" height="28">
        <rect className={styles.tile} width="32" height="32" rx="9" />
        <path
          className={styles.bubble}
          d="M8 11.5A3.5 3.5 0 0 1 11.5 8h9a3.5 3.5 0 0 1 3.5 3.5v5a3.5 3.5 0 0 1-3.5 3.5H15l-4.2 3.6c-.5.4-1.3.1-1.3-.6V20A3.5 3.5 0 0 1 8 17z"
        />
        <circle className={styles.tile} cx="13" cy="14" r="1.5" />
        <circle className={styles.tile} cx="19" cy="14" r="1.5" />
      </svg>
      Parley
    </span>
  );
}
