import { type KeyboardEvent, useRef, useState } from "react";
import type { Id, User } from "@/shared/api/wire";
import { Avatar } from "@/shared/ui/Avatar";
import { FormError } from "@/shared/ui/Field";
import { Icon } from "@/shared/ui/Icon";
import { displayName } from "@/shared/ui/names";
import { Skeleton } from "@/shared/ui/Skeleton";
import styles from "./PeoplePicker.module.css";
import { usePeople } from "./usePeople";

interface PeoplePickerProps {
  chosen: User[];
  onChange: (chosen: User[]) => void;
  /** Whom not to offer. */
  except?: readonly Id[];
  /** What to say when the search finds nobody. */
  nobody: string;
}

/** Chooses one or several people by a part of their name. */
export function PeoplePicker({ chosen, onChange, except, nobody }: PeoplePickerProps) {
  const [query, setQuery] = useState("");
  const { people, settled, error } = usePeople(query, except);
  const input = useRef<HTMLInputElement>(null);
  const isChosen = (person: User) => chosen.some(({ id }) => id === person.id);

  function toggle(person: User) {
    onChange(isChosen(person) ? chosen.filter(({ id }) => id !== person.id) : [...chosen, person]);
    setQuery("");
    input.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    const first = people?.find((person) => !isChosen(person));
    if (event.key === "Enter" && query && first) {
      event.preventDefault();
      toggle(first);
    } else if (event.key === "Backspace" && !query && chosen.length) onChange(chosen.slice(0, -1));
  }

  return (
    <div className={styles.picker}>
      <label htmlFor="people-search">Search people</label>
      <div className={styles.box}>
        {chosen.map((person) => (
          <button
            key={person.id}
            type="button"
            className={styles.chip}
            aria-label={`Take out ${displayName(person)}`}
            onClick={() => toggle(person)}
          >
            <Avatar person={person} size={20} />
            {displayName(person)}
            <Icon name="close" size={14} />
          </button>
        ))}
        <input
          id="people-search"
          ref={input}
          placeholder={chosen.length ? "" : "Name or username"}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={80}
          value={query}
          onKeyDown={onKeyDown}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <FormError>{error}</FormError>
      <ul className={styles.people} aria-label="People">
        {!people && !error && <Skeleton lines={4} label="Looking for people" />}
        {people?.length === 0 && settled && <li className={styles.nobody}>{nobody}</li>}
        {people?.map((person) => (
          <li key={person.id}>
            <button
              type="button"
              className={styles.person}
              aria-pressed={isChosen(person)}
              onClick={() => toggle(person)}
            >
              <Avatar person={person} size={32} presence />
              <span dir="auto">{displayName(person)}</span>
              <small>@{person.username}</small>
              {isChosen(person) && <Icon name="check" />}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
