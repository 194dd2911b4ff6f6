/** Times in words, in the reader's own zone. English words need an English calendar around them. */
const locale = navigator.language.startsWith("en") ? navigator.language : "en-GB";

const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const thisYear = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const otherYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const complete = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" });

/** "14:05" */
export function timeLabel(at: string): string {
  return clock.format(new Date(at));
}

/** "Wednesday, 4 March 2026 at 14:05:09" */
export function fullLabel(at: string): string {
  return complete.format(new Date(at));
}

/** "4 March 2026" */
export function dateLabel(at: string): string {
  return otherYear.format(new Date(at));
}

/** "Today", "Yesterday", "Wednesday, 4 March", or with the year where it is another one. */
export function dayLabel(at: string, now: Date = new Date()): string {
  const day = new Date(at);
  const days = daysBetween(day, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return (day.getFullYear() === now.getFullYear() ? thisYear : otherYear).format(day);
}

/** "Today, 14:05" */
export function momentLabel(at: string, now: Date = new Date()): string {
  return `${dayLabel(at, now)}, ${timeLabel(at)}`;
}

export function isSameDay(one: string, other: string): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** By the calendar and not by hours: a day with a change of clocks has 23 or 25 of them. */
function daysBetween(day: Date, now: Date): number {
  return Math.round((midnight(now) - midnight(day)) / 86_400_000);
}

function midnight(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}
