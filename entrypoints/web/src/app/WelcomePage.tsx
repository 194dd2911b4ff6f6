import { Link } from "wouter";
import { Avatar } from "@/shared/ui/Avatar";
import { Brand } from "@/shared/ui/Brand";
import { ButtonLink } from "@/shared/ui/Button";
import { Icon, type IconName } from "@/shared/ui/Icon";
import styles from "./WelcomePage.module.css";

const promises: { icon: IconName; title: string; text: string }[] = [
  {
    icon: "check",
    title: "Nothing gets lost",
    text: "What you send is kept until it has arrived, once and in order, however shaky the network.",
  },
  {
    icon: "lock",
    title: "On your own machine",
    text: "One program, one folder. No vendor, no other service, no caps.",
  },
  {
    icon: "people",
    title: "Rooms and direct messages",
    text: "Open rooms for everybody, private ones for a few, and quiet words between two.",
  },
];

const ada = { id: 12, username: "ada", name: "Ada" };
const grace = { id: 7, username: "grace", name: "Grace" };

export function WelcomePage() {
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <Brand />
        <nav aria-label="Account">
          <Link href="/login">Log in</Link>
        </nav>
      </header>
      <main className={styles.main} id="main">
        <div className={styles.words}>
          <h1>Conversations that stay yours.</h1>
          <p>Parley is a chat for your team, class or club, running where you decide.</p>
          <div className={styles.actions}>
            <ButtonLink href="/register" look="primary">
              Create an account
            </ButtonLink>
            <ButtonLink href="/login">Log in</ButtonLink>
          </div>
        </div>
        <Sketch />
      </main>
      <section aria-label="What Parley promises">
        <ul className={styles.promises}>
          {promises.map(({ icon, title, text }) => (
            <li key={title}>
              <Icon name={icon} size={20} />
              <h2>{title}</h2>
              <p>{text}</p>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** A picture of a conversation, drawn with the product's own parts. */
function Sketch() {
  return (
    <div className={styles.sketch} aria-hidden="true">
      <div className={styles.bar}>
        <Icon name="hash" size={16} /> garden party
      </div>
      <div className={styles.line}>
        <Avatar person={ada} />
        <div>
          <strong>Ada</strong> <small>14:02</small>
          <p>The lanterns are up. Who brings the music?</p>
        </div>
      </div>
      <div className={styles.line}>
        <Avatar person={grace} />
        <div>
          <strong>Grace</strong> <small>14:03</small>
          <p>Me! And a cake, if the oven plays along.</p>
          <p>See you at six.</p>
        </div>
      </div>
      <div className={styles.box}>
        Message garden party
        <span>
          <Icon name="send" size={16} />
        </span>
      </div>
    </div>
  );
}
