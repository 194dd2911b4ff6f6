import { type KeyboardEvent, useCallback, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useChat, useClient } from "@/shared/chat/client-context";
import { Avatar } from "@/shared/ui/Avatar";
import { Dialog } from "@/shared/ui/Dialog";
import { FormError } from "@/shared/ui/Field";
import { displayName } from "@/shared/ui/names";
import { useAsk } from "@/shared/ui/useAsk";
import { useSearch } from "@/shared/ui/useSearch";
import { destinations, type Destination } from "./destinations";
import styles from "./QuickSwitcher.module.css";
import { RoomIcon } from "./RoomIcon";

/** Ctrl+K: a few letters of a room or a person, and Enter. */
export function QuickSwitcher({ onClose }: { onClose: () => void }) {
  const { api, store } = useClient();
  const [, navigate] = useLocation();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const rooms = useChat((state) => state.rooms);
  const me = useChat((state) => state.me);
  const find = useCallback((wanted: string) => (wanted ? api.people(wanted) : Promise.resolve([])), [api]);
  const { results: people } = useSearch(query.trim(), find);
  const found = useMemo(() => destinations(query, rooms, people ?? [], me?.id ?? 0), [query, rooms, people, me]);
  const { error, ask } = useAsk();
  const active = Math.min(chosen, found.length - 1);

  const go = (to: Destination) =>
    ask(async () => {
      const room = to.room ?? (await api.direct([to.person.id]));
      if (!to.room) store.addRoom(room);
      onClose();
      navigate(`/chat/${room.id}`);
    });

  function steer(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const destination = found[active];
    if (step && found.length) setChosen((active + step + found.length) % found.length);
    else if (event.key === "Enter" && destination) void go(destination);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title="Jump to" onClose={onClose}>
      <input
        className={styles.input}
        role="combobox"
        aria-label="Room or person"
        aria-expanded="true"
        aria-controls="destinations"
        aria-activedescendant={found.length ? `destination-${active}` : undefined}
        placeholder="Room or person"
        autoComplete="off"
        spellCheck={false}
        maxLength={80}
        value={query}
        onKeyDown={steer}
        onChange={(event) => {
          setQuery(event.target.value);
          setChosen(0);
        }}
      />
      <FormError>{error}</FormError>
      <div className={styles.results}>
        <div id="destinations" role="listbox" aria-label="Rooms and people" className={styles.list}>
          {found.map((destination, index) => (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the input above steers by keyboard
            <div
              key={destination.room ? `room-${destination.room.id}` : `person-${destination.person.id}`}
              id={`destination-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              className={styles.option}
              onMouseMove={() => setChosen(index)}
              onClick={() => void go(destination)}
            >
              {destination.room ? (
                <RoomIcon room={destination.room} />
              ) : (
                <Avatar person={destination.person} size={24} presence />
              )}
              <span dir="auto">{destination.room ? destination.room.name : displayName(destination.person)}</span>
              {destination.person && <small>@{destination.person.username}</small>}
            </div>
          ))}
        </div>
        {!found.length && <p className={styles.none}>{query ? "Nothing like that." : "Type a name."}</p>}
      </div>
    </Dialog>
  );
}
